"""From a name to a file of a store, through symbolic links as they are where the store belongs.

Links in a store are written for ``/nix/store``, wherever the store lies on this machine;
so the system, which follows them to places of the machine's own, cannot be asked to.
"""

from __future__ import annotations

import os
from pathlib import Path

from builder.store.errors import StoreError
from builder.store.local import LocalStore
from builder.store.paths import STORE_DIR, StorePath

_HOPS = 40  # links followed before giving up, as Linux does
_STORE = STORE_DIR.split("/")[1:]


def enter(store: LocalStore, place: Path) -> str | None:
    """The logical name of what lies at `place` on this machine, which may lead into the store
    by links; None when it does not."""
    done, pending, hops = Path("/"), _names(str(place)), 0
    while pending:
        name = pending.pop()
        if name == "..":
            done = done.parent
            continue
        if done in (store.folder, Path(STORE_DIR)):
            return "/".join([STORE_DIR, name, *reversed(pending)])
        done /= name
        if done.is_symlink() and hops < _HOPS:
            hops += 1
            target = done.readlink()
            done = Path("/") if target.is_absolute() else done.parent
            pending += _names(str(target))
    return None


def follow(store: LocalStore, logical: str, *, last: bool = True) -> Path:
    """Where the file that `logical` names lies on this machine, once links are followed.

    Without `last` it may be a link itself. Raises StoreError when there is no such
    file in the store, and InvalidPath when it is in no valid path.
    """
    done: list[str] = []
    pending, hops = _names(logical), 0
    while pending:
        name = pending.pop()
        if name == "..":
            del done[-1:]
            continue
        done.append(name)
        if done[:2] != _STORE[: len(done)]:
            raise StoreError(f"'{logical}' leads out of the store, to '/{'/'.join(done)}'")
        if len(done) < len(_STORE) + 1:
            continue
        if len(done) == len(_STORE) + 1:
            store.query(StorePath(name))
        place = store.folder.joinpath(*done[2:])
        if not os.path.lexists(place):
            raise StoreError(f"there is no '{logical}'")
        if place.is_symlink() and (pending or last):
            hops += 1
            if hops > _HOPS:
                raise StoreError(f"'{logical}' leads through more than {_HOPS} links")
            target = place.readlink()
            if target.is_absolute():
                done.clear()
            else:
                done.pop()
            pending += _names(str(target))
    if len(done) <= len(_STORE):
        raise StoreError(f"'{logical}' is in no store path")
    return store.folder.joinpath(*done[2:])


def _names(path: str) -> list[str]:
    """The names in a path, the first one last."""
    return [name for name in reversed(path.split("/")) if name not in ("", ".")]
