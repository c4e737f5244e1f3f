"""``builtin:tree``: a folder of texts, links and copies, written down as JSON.

Environment of the derivation: ``spec``, a JSON object that maps each path
inside the output to one of

- ``{"text": str, "executable": bool}``: a file with this text
- ``{"link": str}``: a symbolic link to this target
- ``{"copy": str}``: a copy of this logical store path (file or folder)
- ``{"merge": str}``: a folder of links to every entry of this logical folder
- ``{"folder": true}``: an empty folder

The empty path ``""`` may be given alone: the output is then that one entry.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.realise.builtin import BuildContext


class BadTree(Exception):
    """The tree's specification contradicts itself."""


def build(context: BuildContext) -> None:
    """Make the output ``out`` of a ``builtin:tree`` derivation."""
    spec: dict[str, dict[str, Any]] = json.loads(context.env["spec"])
    out = context.outputs["out"]
    if set(spec) == {""}:
        _place(context, out, spec[""], "")
        return
    out.mkdir()
    for path in sorted(spec):
        _check(path)
        target = out / path
        _make_parents(out, path)
        if target.is_symlink() or (target.exists() and "merge" not in spec[path]):
            raise BadTree(f"'{path}' is given twice, as a file and as a folder")
        _place(context, target, spec[path], path)


def _make_parents(out: Path, path: str) -> None:
    """Make the folders above `path`; none may be a link, which could lead out of the tree."""
    folder = out
    for part in path.split("/")[:-1]:
        folder /= part
        if folder.is_symlink() or folder.is_file():
            raise BadTree(f"'{path}' lies below '{folder.relative_to(out)}', a file or a link")
        folder.mkdir(exist_ok=True)


def _check(path: str) -> None:
    parts = path.split("/")
    if not path or ".." in parts or "." in parts or "" in parts:
        raise BadTree(f"'{path}' is not a plain relative path")


def _place(context: BuildContext, out: Path, entry: Mapping[str, Any], path: str) -> None:
    match entry:
        case {"text": str(text)}:
            out.write_bytes(text.encode())
            out.chmod(0o555 if entry.get("executable") else 0o444)
        case {"link": str(target)}:
            out.symlink_to(target)
        case {"copy": str(source)}:
            _copy(context.real(source), out)
        case {"merge": str(source)}:
            out.mkdir(exist_ok=True)
            for name in sorted(child.name for child in context.real(source).iterdir()):
                (out / name).symlink_to(f"{source}/{name}")
        case {"folder": True}:
            out.mkdir()
        case _:
            raise BadTree(f"'{path}' has no text, link, copy, merge or folder: {dict(entry)!r}")


def _copy(source: Path, out: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, out, symlinks=True)
        # Folders of the store cannot be written to, and the tree may have more to put there.
        for folder, _, _ in os.walk(out):
            Path(folder).chmod(0o755)
    else:
        shutil.copyfile(source, out, follow_symlinks=False)
        if not source.is_symlink():
            out.chmod(source.stat().st_mode & 0o777)
