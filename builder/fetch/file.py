"""``builtin:fetch-file``: a file by its URL, or the tree in an archive, with a hash known before.

Environment: ``urls``, a JSON list that is tried in order; ``executable``, "1"
for a program; ``unpack``, "1" for the tree in an archive, of which ``stripRoot``,
"1", takes the only folder; and what `builder.fetch.after` reads.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from builder.fetch import http
from builder.fetch.after import finish
from builder.fetch.archive import unpack
from builder.fetch.errors import FetchError
from builder.realise.builtin import BuildContext
from builder.store.hashes import hash_file

_LARGEST = 1 << 36  # bytes


def build(context: BuildContext) -> None:
    """Fetch into the output ``out``; raises FetchError with every URL's trouble."""
    env = context.env
    folder = context.scratch / "fetched"
    folder.mkdir()
    file = folder / "file"
    _fetch(context, json.loads(env["urls"]), file)
    out = folder / "out"
    if env.get("unpack"):
        tree = unpack(file, folder / "tree")
        root = folder / "tree"
        if env.get("stripRoot"):
            if tree.root == root:
                raise FetchError(
                    f"the archive {_shown(env['urls'])} has not exactly one folder at its top: "
                    f"{', '.join(sorted(path.name for path in root.iterdir()))}",
                    hint="set stripRoot = false to keep all of them",
                )
            root = tree.root
        root.rename(out)
    elif env.get("postFetch"):
        shutil.copyfile(file, out)
    else:
        file.rename(out)
    if env.get("executable"):
        out.chmod(0o755)
    finish(context, folder)


def _shown(urls: str) -> str:
    return " or ".join(f"'{url}'" for url in json.loads(urls))


def _fetch(context: BuildContext, urls: list[str], file: Path) -> None:
    told = []
    for url in urls:
        try:
            context.log(f"fetching {url}")
            http.save(url, file, limit=_LARGEST, report=context.report)
        except FetchError as error:
            told.append(f"  {error}")
            continue
        if url == urls[-1] or _is_right(context, file):
            return
        told.append(f"  '{url}' gave another file than the one that was asked for")
    raise FetchError("\n".join(["cannot fetch the file from any of its URLs:", *told]))


def _is_right(context: BuildContext, file: Path) -> bool:
    """Whether the next URL need not be tried: only a plain file's hash is that of its bytes."""
    output = context.derivation.outputs["out"]
    if output.content is None or output.recursive:
        return True
    return hash_file(output.content.algo, file) == output.content
