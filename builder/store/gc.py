"""Collecting what no root reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from builder.store.canonical import remove_tree
from builder.store.errors import FormatError
from builder.store.local import LocalStore
from builder.store.locks import hold
from builder.store.paths import StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What was, or with a dry run would be, removed."""

    paths: tuple[StorePath, ...]
    nar_bytes: int  # the sum of the archives' sizes


def collect(
    store: LocalStore, *, dry_run: bool = False, say: Callable[[str], None] = lambda _: None
) -> Collected:
    """Remove every path that no root reaches; waits until nobody adds to the store.

    Outputs do not keep their derivations, nor derivations their outputs.
    """
    with hold(store.state / "gc.lock", exclusive=True):
        valid = set(store.database.all_paths())
        roots = [path for path in store.roots.find() if path in valid]
        live = {info.path for info in store.closure(roots)}
        dead = sorted(valid - live)
        size = sum(store.query(path).nar_size for path in dead)
        if not dry_run:
            store.database.forget(dead)
            for path in dead:
                say(f"deleting '{path}'")
                remove_tree(store.real_path(path))
            for leftover in _invalid(store, live):
                say(f"deleting the leftover '{leftover}'")
                remove_tree(leftover)
            store.remove_leftovers()
            _remove_dangling(store.state / "gcroots/auto")
    return Collected(paths=tuple(dead), nar_bytes=size)


def _invalid(store: LocalStore, live: set[StorePath]) -> list[Path]:
    """What lies in the store without being valid: nobody is adding, so nobody wants it."""
    found = []
    for file in sorted(store.folder.iterdir()):
        if file.name == ".links":
            continue
        try:
            if StorePath(file.name) in live:
                continue
        except FormatError:
            pass
        found.append(file)
    return found


def _remove_dangling(folder: Path) -> None:
    for link in sorted(folder.iterdir()) if folder.is_dir() else ():
        if link.is_symlink() and not link.readlink().is_symlink():
            link.unlink()


def delete(store: LocalStore, path: StorePath) -> None:
    """Remove one path; raises sqlite3.IntegrityError when another refers to it."""
    with hold(store.state / "gc.lock", exclusive=True):
        store.database.forget([path])
        remove_tree(store.real_path(path))
