"""Following symbolic links as the machine will, while the store lies elsewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path

from builder.image.errors import ImageError

_STORE = "/nix/store"
_LIMIT = 40  # links, as the kernel allows


def following(real: Callable[[str], Path]) -> Callable[[str], Path]:
    """`real`, but with every link on the way followed inside the store.

    The result raises `ImageError` for a link that leads out of the store.
    """

    def resolve(path: str) -> Path:
        wanted, seen = path, 0
        done = _STORE
        todo = _inside(path, wanted)
        while todo:
            done, todo = f"{done}/{todo[0]}", todo[1:]
            place = real(done)
            if not place.is_symlink():
                continue
            seen += 1
            if seen > _LIMIT:
                raise ImageError(f"too many symbolic links on the way to {wanted}")
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(done), str(place.readlink()))
            )
            done, todo = _STORE, [*_inside(target, wanted), *todo]
        return real(done)

    return resolve


def _inside(path: str, wanted: str) -> list[str]:
    """The names below the store in `path`."""
    if not path.startswith(f"{_STORE}/"):
        raise ImageError(f"{wanted} leads to {path}, which is not in the store")
    return path.removeprefix(f"{_STORE}/").split("/")
