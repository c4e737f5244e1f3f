"""``builtin:python-bytecode``: the byte code of Python modules, compiled once for all.

On Debian a maintainer script compiles what a package brings; here the result
is a tree of its own that is merged beside the modules. The files are marked as
never to be checked against their source (PEP 552, "unchecked hash"), since the
store does not change.

Environment: ``sources``, JSON list of logical folders that are read as one, as far as they exist;
``target``, the folder's path below /usr, which is also what tracebacks name;
``skip``, JSON list of names of folders that are left out; ``tools``, a tree
with ``python3`` of the version that will run the modules.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from builder.realise.builtin import BuildContext


def build(context: BuildContext) -> None:
    """Make the output ``out`` of a ``builtin:python-bytecode`` derivation."""
    target = context.env["target"]
    skipped = frozenset(json.loads(context.env.get("skip", "[]")))
    gathered = context.scratch / "modules"
    gathered.mkdir()
    for source in json.loads(context.env["sources"]):
        if context.real(source).is_dir():
            _gather(context.real(source), gathered, skipped)
    context.run(
        [
            *("python3", "-m", "compileall", "-q", "-f"),
            *("--invalidation-mode", "unchecked-hash"),
            *("-s", "/modules", "-p", f"/usr/{target}", "/modules"),
        ],
        tools=context.env["tools"],
        binds={"/modules": gathered},
        env={"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    out = context.outputs["out"]
    out.mkdir()
    for path in sorted(gathered.rglob("*.pyc")):
        place = out / target / path.relative_to(gathered)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)


def _gather(source: Path, target: Path, skipped: frozenset[str]) -> None:
    """Copy the modules below `source` into `target`, which may have some already."""
    for path in sorted(source.iterdir()):
        if path.is_symlink() or path.name in skipped:
            continue
        if path.is_dir():
            (target / path.name).mkdir(exist_ok=True)
            _gather(path, target / path.name, skipped)
        elif path.suffix == ".py":
            shutil.copyfile(path, target / path.name)
