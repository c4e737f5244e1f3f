"""Commits of git repositories as trees of files."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from dulwich.config import ConfigFile, parse_submodules
from dulwich.errors import NotTreeError
from dulwich.ignore import Pattern
from dulwich.index import build_file_from_blob
from dulwich.object_store import tree_lookup_path
from dulwich.objects import S_ISGITLINK, Blob, Commit, ShaFile, Tag, Tree
from dulwich.repo import BaseRepo

from builder.flake.errors import FlakeError

# Writes the files of a submodule: its URL, its commit, and the folder that they belong in.
Submodule = Callable[[str, str, Path], None]
_Kind = TypeVar("_Kind", bound=ShaFile)


def commit_at(repository: BaseRepo, sha: bytes) -> Commit:
    """The commit of this name, or that the tag of this name is of. Raises KeyError."""
    found: ShaFile = repository[sha]
    while isinstance(found, Tag):
        found = repository[found.object[1]]
    if not isinstance(found, Commit):
        raise FlakeError(f"{sha.decode()} is not a commit")
    return found


def export(
    repository: BaseRepo,
    commit: Commit,
    target: Path,
    *,
    skip_ignored: bool = False,
    submodule: Submodule | None = None,
) -> None:
    """Write a commit's files below the folder `target`.

    With `skip_ignored` what the repository's ``.gitattributes`` mark
    ``export-ignore`` is left out. Without `submodule` a submodule is an empty folder.
    """
    attributes = _file(repository, commit, b".gitattributes") if skip_ignored else None
    patterns = ignored(attributes or b"")
    links = _submodules(repository, commit) if submodule else {}

    def write(tree: bytes, folder: str) -> None:
        for entry in _object(repository, tree, Tree).iteritems():
            assert entry.path is not None and entry.mode is not None and entry.sha is not None
            name = f"{folder}{os.fsdecode(entry.path)}"
            path = target / name
            if any(pattern.match(os.fsencode(name)) for pattern in patterns):
                continue
            if S_ISGITLINK(entry.mode):
                path.mkdir()
                if submodule and name in links:
                    submodule(links[name], entry.sha.decode(), path)
            elif stat.S_ISDIR(entry.mode):
                path.mkdir()
                write(entry.sha, f"{name}/")
            else:
                blob = _object(repository, entry.sha, Blob)
                build_file_from_blob(blob, entry.mode, os.fsencode(path))

    write(commit.tree, "")


def _object(repository: BaseRepo, sha: bytes, kind: type[_Kind]) -> _Kind:
    found = repository[sha]
    assert isinstance(found, kind)
    return found


def _file(repository: BaseRepo, commit: Commit, name: bytes) -> bytes | None:
    """The content of a file at the top; None without one."""
    try:
        _, sha = tree_lookup_path(repository.__getitem__, commit.tree, name)
    except (KeyError, NotTreeError):
        return None
    return bytes(_object(repository, sha, Blob).data)


def ignored(text: bytes) -> list[Pattern]:
    """What a ``.gitattributes`` file marks ``export-ignore``."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if words and not line.startswith(b"#") and b"export-ignore" in words[1:]:
            found.append(Pattern(words[0]))
    return found


def _submodules(repository: BaseRepo, commit: Commit) -> dict[str, str]:
    """URLs of submodules by where they belong."""
    text = _file(repository, commit, b".gitmodules")
    if text is None:
        return {}
    config = ConfigFile.from_file(io.BytesIO(text))
    return {os.fsdecode(path): url.decode() for path, url, _ in parse_submodules(config)}
