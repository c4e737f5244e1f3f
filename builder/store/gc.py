"""Collecting what no root reaches."""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from builder.store.canonical import remove_tree
from builder.store.errors import FormatError
from builder.store.export import in_order
from builder.store.local import LocalStore
from builder.store.locks import hold
from builder.store.optimise import remove_unused
from builder.store.paths import StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What was, or with a dry run would be, removed."""

    paths: tuple[StorePath, ...]
    nar_bytes: int  # the sum of the archives' sizes


def collect(
    store: LocalStore,
    *,
    dry_run: bool = False,
    limit: int | None = None,
    before: float | None = None,
    forgotten: Collection[str] = (),
    say: Callable[[str], None] = lambda _: None,
) -> Collected:
    """Remove every path that no root reaches; waits until nobody adds to the store, or builds.

    With a `limit` it stops once so many bytes are freed. What came at `before`, in seconds
    since 1970, or later stays with all that it refers to. Outputs do not keep
    their derivations, nor derivations their outputs. Roots at the places `forgotten`, which
    are as `Roots.find` tells them, do not count. A dry run over a store that may only
    be read does not know what builds of others need.
    """
    mine = store.database.writable
    patience = "waiting for others that build, or add to the store"
    with (
        hold(store.state / "gc.lock", exclusive=not dry_run, waiting=lambda: say(patience))
        if mine or not dry_run
        else nullcontext()
    ):
        found = store.roots.find(all_of_them=mine)
        roots = store.database.valid(
            path for path, places in found.items() if not set(places) <= set(forgotten)
        )
        if before is not None:
            roots |= store.database.registered_since(before)
        dead, size = _up_to(store, store.database.unreached(roots), limit)
        if not dry_run:
            store.reserve.release()
            _remove(store, dead)
            for leftover in _invalid(store, set(store.database.all_paths())):
                remove_tree(leftover)
            store.remove_leftovers()
            remove_unused(store.folder)
            _remove_dangling(store.state / "gcroots/auto")
            store.reserve.take()
    return Collected(paths=tuple(dead), nar_bytes=size)


def _remove(store: LocalStore, dead: Sequence[StorePath]) -> None:
    """Forget and delete `dead`: at once, or on a full disk as few at a time as there is room
    for noting it."""
    try:
        _remove_some(store, dead)
    except OSError as error:
        if error.errno != errno.ENOSPC or len(dead) < 2:
            raise
        wanted = set(dead)
        # Whatever refers to a path goes before it.
        order = [info.path for info in reversed(in_order(store.closure(dead)))]
        left = [path for path in order if path in wanted]
        some = 1
        while left:
            store.database.checkpoint()
            _remove_some(store, left[:some])
            left = left[some:]
            some *= 2


def _remove_some(store: LocalStore, paths: Sequence[StorePath]) -> None:
    store.database.forget(paths)
    for path in paths:
        remove_tree(store.real_path(path))


def _up_to(
    store: LocalStore, dead: Mapping[StorePath, int], limit: int | None
) -> tuple[list[StorePath], int]:
    """What to remove of `dead`, and its size: whatever refers to a path goes before it."""
    if limit is None:
        return list(dead), sum(dead.values())
    chosen: list[StorePath] = []
    size = 0
    for info in reversed(in_order(store.closure(dead))):
        if size >= limit:
            break
        if info.path in dead:
            chosen.append(info.path)
            size += info.nar_size
    return sorted(chosen), size


def _invalid(store: LocalStore, valid: set[StorePath]) -> list[Path]:
    """What lies in the store without being valid: nobody is adding, so nobody wants it."""
    found = []
    for file in sorted(store.folder.iterdir()):
        if file.name == ".links":
            continue
        try:
            if StorePath(file.name) in valid:
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
