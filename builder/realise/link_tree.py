"""``builtin:link-tree``: many packages' trees as one tree of symbolic links.

The tree stands at /usr on a machine and in the sandbox (``sw/``). A folder
that only one package provides becomes one link to it; a folder that several
provide is made for real and its entries are linked one by one.

Environment of the derivation:

``paths``
    JSON list of logical paths, each the root of a tree to merge (for a Debian
    package its ``usr`` folder). A path that does not exist adds nothing.
``copy``
    JSON list of globs over paths inside the tree: these files are copied, not
    linked. For programs that find their own data through /proc/self/exe.
``exclude``
    JSON list of globs over paths inside the tree that are left out.
``links``
    JSON object, path inside the tree to link target: added last; a link given
    here stands instead of whatever the packages have.
``priority``
    JSON list of logical paths out of ``paths``, whose files win a collision.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from builder.realise.builtin import BuildContext


class TreeCollision(Exception):
    """Two trees hold different files at one path."""

    def __init__(self, where: str, first: str, second: str) -> None:
        super().__init__(
            f"two packages provide '{where}' with different content:\n"
            f"  {first}\n  {second}\n"
            "leave one of the packages out, or exclude the path from one of them"
        )


@dataclass(slots=True)
class Folder:
    """A folder of the merged tree; `sources` are the logical folders merged into it.

    `is_changed` says that it differs from its only source, so that no link
    to that can stand for it.
    """

    sources: list[str] = field(default_factory=list)
    entries: dict[str, Folder | str] = field(default_factory=dict)
    is_changed: bool = False

    def is_one(self) -> bool:
        """Whether one link to its only source can stand for it and all below."""
        return (
            len(self.sources) == 1
            and not self.is_changed
            and all(entry.is_one() for entry in self.entries.values() if isinstance(entry, Folder))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is copied, left out, and wins a collision."""

    copy: tuple[str, ...]
    exclude: tuple[str, ...]
    priority: tuple[str, ...]

    def excluded(self, where: str) -> bool:
        """Whether the path `where` of the tree is left out."""
        return any(fnmatchcase(where, glob) for glob in self.exclude)

    def copied(self, where: str) -> bool:
        """Whether the file `where` of the tree is copied."""
        return any(fnmatchcase(where, glob) for glob in self.copy)

    def wins(self, logical: str) -> bool:
        """Whether a file of this tree takes a collision."""
        return logical.startswith(tuple(f"{path}/" for path in self.priority))


def build(context: BuildContext) -> None:
    """Make the output ``out`` of a ``builtin:link-tree`` derivation."""
    paths: list[str] = json.loads(context.env["paths"])
    links: dict[str, str] = json.loads(context.env.get("links", "{}"))
    rules = Rules(
        copy=tuple(json.loads(context.env.get("copy", "[]"))),
        exclude=tuple(json.loads(context.env.get("exclude", "[]"))),
        priority=tuple(json.loads(context.env.get("priority", "[]"))),
    )
    merger = Merger(context=context, rules=rules)
    root = Folder()
    for path in dict.fromkeys(paths):
        if context.real(path).is_dir():
            merger.merge(root, path, "")
    _write(context, rules, root, context.outputs["out"], "", links)


@dataclass(slots=True, kw_only=True)
class Merger:
    """Merges logical folders into a `Folder`."""

    context: BuildContext
    rules: Rules

    def merge(self, folder: Folder, logical: str, where: str) -> None:
        """Add the entries of the logical folder to `folder`, which stands at `where`."""
        folder.sources.append(logical)
        with os.scandir(self.context.real(logical)) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            inside = f"{where}/{entry.name}" if where else entry.name
            if self.rules.excluded(inside):
                folder.is_changed = True
                continue
            folder.is_changed |= self._needs_the_merged_tree(entry, inside)
            self._add(folder, entry, f"{logical}/{entry.name}", inside)

    def _needs_the_merged_tree(self, entry: os.DirEntry[str], inside: str) -> bool:
        """Whether the entry must not be seen through a link to its own package's folder: it is
        copied, or a relative link to what another package provides."""
        if entry.is_symlink():
            link = Path(entry.path)
            target = link.readlink()
            if target.is_absolute():
                return False
            leaves = _climb(str(target)) > inside.count("/")
            return leaves or not os.path.lexists(link.parent / target)
        return entry.is_file() and self.rules.copied(inside)

    def _add(self, folder: Folder, entry: os.DirEntry[str], logical: str, inside: str) -> None:
        present = folder.entries.get(entry.name)
        if entry.is_dir(follow_symlinks=False):
            if present is None:
                present = folder.entries[entry.name] = Folder()
            if isinstance(present, str):
                linked = self._folder_behind(present)
                if linked is None:
                    raise TreeCollision(inside, present, logical)
                present = folder.entries[entry.name] = Folder()
                self.merge(present, linked, inside)
            self.merge(present, logical, inside)
        elif isinstance(present, Folder):
            behind = self._folder_behind(logical)
            if behind is None:
                raise TreeCollision(inside, present.sources[0], logical)
            self.merge(present, behind, inside)
        elif present is None or self.rules.wins(logical):
            folder.entries[entry.name] = logical
        elif not self.rules.wins(present) and not self._same(present, logical):
            raise TreeCollision(inside, present, logical)

    def _folder_behind(self, logical: str) -> str | None:
        """The logical folder that the absolute link `logical` leads to, if it does."""
        real = self.context.real(logical)
        if not real.is_symlink():
            return None
        target = str(real.readlink())
        if target.startswith("/nix/store/") and self.context.real(target).is_dir():
            return target
        return None

    def _same(self, first: str, second: str) -> bool:
        one, other = self.context.real(first), self.context.real(second)
        if one.is_symlink() or other.is_symlink():
            return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
        return one.read_bytes() == other.read_bytes()


def _write(
    context: BuildContext,
    rules: Rules,
    folder: Folder,
    out: Path,
    where: str,
    links: Mapping[str, str],
) -> None:
    """Write `folder`, which stands at `where`, to `out`; `links` are relative to it."""
    out.mkdir()
    here = {name: target for name, target in links.items() if "/" not in name}
    below: dict[str, dict[str, str]] = {}
    for path, target in links.items():
        head, _, rest = path.partition("/")
        if rest:
            below.setdefault(head, {})[rest] = target
    for name in sorted({*folder.entries, *here, *below}):
        inside = f"{where}/{name}" if where else name
        entry = folder.entries.get(name)
        place = out / name
        if name in here:
            place.symlink_to(here[name])
        elif isinstance(entry, Folder) or name in below:
            if isinstance(entry, str):
                raise TreeCollision(inside, entry, f"the link declared at {min(below[name])} in it")
            inner = entry or Folder()
            if name not in below and inner.is_one():
                place.symlink_to(inner.sources[0])
            else:
                _write(context, rules, inner, place, inside, below.get(name, {}))
        elif entry is not None:
            _place(context, rules, entry, place, inside)


def _place(context: BuildContext, rules: Rules, logical: str, out: Path, inside: str) -> None:
    real = context.real(logical)
    if real.is_symlink():
        out.symlink_to(_relocated(str(real.readlink()), logical, inside))
    elif rules.copied(inside):
        shutil.copyfile(real, out)
        out.chmod(real.stat().st_mode & 0o777)
    else:
        out.symlink_to(logical)


def _relocated(target: str, logical: str, inside: str) -> str:
    """A package's own relative link holds inside the merged tree just as it is,
    as long as it stays below /usr; one that leaves it is made absolute."""
    if target.startswith("/"):
        return target
    climb = _climb(target)
    if climb <= inside.count("/"):
        return target
    return "/" + "/".join(target.split("/")[climb:])


def _climb(target: str) -> int:
    """How many folders a relative link goes up before it goes down."""
    parts = target.split("/")
    return next((n for n, part in enumerate(parts) if part != ".."), len(parts))
