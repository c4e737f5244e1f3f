"""Archives of registered paths, for other stores and caches."""

from __future__ import annotations

from contextlib import closing

from builder.store import nar
from builder.store.errors import StoreError
from builder.store.hasher import Hasher
from builder.store.info import PathInfo
from builder.store.local import LocalStore


def send(store: LocalStore, info: PathInfo, write: nar.Write) -> None:
    """Write the archive of a path of `store`.

    Raises StoreError at its end when it is not what is registered: what was damaged here must
    not spread.
    """
    with closing(Hasher("sha256")) as hasher:

        def both(data: bytes) -> None:
            hasher.feed(data)
            write(data)

        nar.dump(store.real_path(info.path), both)
        got, size = hasher.result(), hasher.size
    if (got, size) != (info.nar_hash, info.nar_size):
        raise StoreError(
            f"path '{info.path}' is modified in the store '{store.root}': it is not passed on\n"
            f"  wanted: {info.nar_hash.sri}, {info.nar_size} bytes\n"
            f"  got:    {got.sri}, {size} bytes",
            hint="'neve store verify --repair' puts it back as it was, if a cache has it",
        )
