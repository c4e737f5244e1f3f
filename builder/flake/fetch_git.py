"""``builtin:fetch-git``: the files of a commit, with a hash known before.

Environment: ``url``; ``rev``, a commit's full name, or the name of a tag or
branch; ``fetchSubmodules``, "1" for those too; ``sparseCheckout``, JSON list
of folders that are kept, all when empty; ``rootDir``, the folder that becomes
the output; and what `builder.fetch.after` reads.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from builder.fetch.after import finish
from builder.fetch.errors import FetchError
from builder.flake.errors import FlakeError
from builder.flake.git_remote import RemoteRepository, Wanted
from builder.realise.builtin import BuildContext

_COMMIT = re.compile(r"[0-9a-f]{40}\Z")


def build(context: BuildContext) -> None:
    """Fetch into the output ``out``; raises FetchError."""
    env = context.env
    folder = context.scratch / "fetched"
    out = folder / "out"
    out.mkdir(parents=True)
    rev = env["rev"]
    wanted = Wanted(
        rev=rev if _COMMIT.match(rev) else None,
        ref=None if _COMMIT.match(rev) else rev,
        submodules=bool(env.get("fetchSubmodules")),
    )
    repository = RemoteRepository(
        url=env["url"],
        cache=context.scratch / "copies",
        authorities=os.environ.get("NIX_SSL_CERT_FILE", ""),
    )
    try:
        repository.export(wanted, out)
    except FlakeError as error:
        raise FetchError(str(error)) from None
    _keep(out, json.loads(env.get("sparseCheckout", "[]")))
    if env.get("rootDir"):
        _take(folder, env["rootDir"])
    finish(context, folder)


def _keep(out: Path, folders: list[str]) -> None:
    """Leave the files at the top, at the top of the folders above those named, and all in these."""
    if not folders:
        return
    roots = [Path(name.strip("/")) for name in folders]
    above = {parent for root in roots for parent in root.parents}
    for path in sorted(out.rglob("*"), reverse=True):
        inside = path.relative_to(out)
        if any(inside.is_relative_to(root) for root in roots) or inside in above:
            continue
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif inside.parent not in above:
            path.unlink()


def _take(folder: Path, name: str) -> None:
    """The folder `name` of what was fetched becomes all of it."""
    out = folder / "out"
    inner = out / name.strip("/")
    if not inner.resolve().is_relative_to(out.resolve()) or not inner.is_dir():
        raise FetchError(f"the repository has no folder '{name}' for rootDir")
    inner.rename(folder / "inner")
    shutil.rmtree(out)
    (folder / "inner").rename(out)
