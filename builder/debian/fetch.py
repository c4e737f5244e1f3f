"""``builtin:fetch-deb``: one file of an archive's pool, a flat fixed output.

Environment: ``path`` (below the mirror), ``sha256`` (base 16), ``size``
(bytes), and perhaps ``mirror`` (a base URL that is tried first).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from builder.debian.archive import NOT_SERVED_HINT
from builder.debian.errors import DebianError, NotServed
from builder.fetch import http
from builder.fetch.cache import cache_folder
from builder.fetch.errors import FetchError, NotFound
from builder.fetch.expected import Expected
from builder.realise.builtin import BuildContext


def build(context: BuildContext) -> None:
    """Fetch the file into the output; raises DebianError, NotServed or FetchError."""
    env = context.env
    path = env["path"]
    if path.startswith("/") or ".." in path.split("/"):
        raise DebianError(f"'{path}' is not a path below a mirror")
    expected = Expected(sha256=env["sha256"], size=int(env["size"]))
    mirrors = [env["mirror"]] if env.get("mirror") else []
    mirrors += [mirror for mirror in context.mirrors if mirror not in mirrors]
    cached = cache_folder(os.environ) / "files" / expected.sha256[:2] / expected.sha256
    output = context.outputs["out"]
    if not is_right(cached, expected):
        if not mirrors:
            raise DebianError(
                f"cannot fetch '{path}': no mirror is known",
                hint="set NEVE_DEBIAN_MIRROR to a mirror's base URL",
            )
        cached.unlink(missing_ok=True)
        fetch_file(mirrors, path, expected, cached, context.report)
    shutil.copyfile(cached, output)


def is_right(file: Path, expected: Expected) -> bool:
    """Whether `file` is there and holds the expected bytes."""
    try:
        if file.stat().st_size != expected.size:
            return False
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest() == expected.sha256
    except FileNotFoundError:
        return False


def fetch_file(
    mirrors: Sequence[str],
    path: str,
    expected: Expected,
    target: Path,
    report: Callable[[int], None] = lambda size: None,
) -> None:
    """Fetch `path` from the first mirror that has the right file.

    Raises NotServed when none has it any more, FetchError for other trouble.
    """
    failures: list[FetchError] = []
    for mirror in mirrors:
        try:
            url = f"{mirror.rstrip('/')}/{quote(path)}"
            return http.download(url, target, expected, report)
        except FetchError as error:
            failures.append(error)
    told = "\n".join(f"  {error}" for error in failures)
    if all(isinstance(error, NotFound) for error in failures):
        raise NotServed(
            f"no mirror serves '{path}', which the lock pins, any more:\n{told}",
            hint=NOT_SERVED_HINT,
        )
    if len(failures) == 1:
        raise failures[0]
    raise FetchError(f"cannot get '{path}' from any mirror:\n{told}")
