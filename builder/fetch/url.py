"""``builtin:fetchurl``: what ``<nix/fetchurl.nix>`` makes, a file or what a NAR archive holds.

Environment: ``url``; ``unpack``, "1" for the tree in a NAR archive, which is compressed by
xz where the URL ends in ".xz"; ``executable``, "1" for a program. All of it is the
reference's, so it has no ``version``: the output is known by its hash.
"""

from __future__ import annotations

from pathlib import Path

from builder.fetch import http
from builder.fetch.errors import FetchError
from builder.realise.builtin import BuildContext
from builder.store.cache.compression import decompressed, is_damage
from builder.store.errors import FormatError
from builder.store.nar_restore import restore

_LARGEST = 1 << 36  # bytes
_RUNNABLE = 0o755


def build(context: BuildContext) -> None:
    """Fetch into the output ``out``; raises FetchError when it cannot be had, is no archive, or
    is not known beforehand by its hash."""
    if not context.derivation.is_fixed:
        raise FetchError(
            f"'builtin:fetchurl' makes '{context.env.get('name', '')}', whose hash is not known",
            hint="give outputHash; fetching what may change is not supported",
        )
    url = context.env.get("url")
    if url is None:
        raise FetchError("attribute 'url' missing in a derivation of 'builtin:fetchurl'")
    out, file = context.outputs["out"], context.scratch / "fetched"
    context.log(f"fetching {url}")
    http.save(url, file, limit=_LARGEST, report=context.report)
    if context.env.get("unpack") == "1":
        _unpack(file, out, url)
    else:
        file.rename(out)
    if context.env.get("executable") == "1":
        if not out.is_file() or out.is_symlink():
            raise FetchError(f"'{url}' gave no file, so it cannot be made executable")
        out.chmod(_RUNNABLE)


def _unpack(file: Path, out: Path, url: str) -> None:
    method = "xz" if url.endswith(".xz") else "none"
    try:
        with file.open("rb") as packed, decompressed(packed, method) as plain:
            restore(plain, out)
    except FormatError as error:
        raise FetchError(f"'{url}' is no NAR archive: {error}") from None
    except Exception as error:
        if not is_damage(error):
            raise
        raise FetchError(f"'{url}' is not compressed by {method}: {error}") from None
