"""What a store knows of a valid path."""

from __future__ import annotations

from dataclasses import dataclass

from builder.store.hashes import Hash
from builder.store.paths import StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class PathInfo:
    """A valid path; `references` are sorted and may include the path itself."""

    path: StorePath
    nar_hash: Hash
    nar_size: int  # bytes
    references: tuple[StorePath, ...] = ()
    deriver: StorePath | None = None
    ca: str | None = None  # "text:sha256:<base 32>", "fixed:[r:]<algo>:<base 32>"
    signatures: tuple[str, ...] = ()
    ultimate: bool = False  # built here
    registration_time: int = 0  # seconds since 1970; 0: now, when it is registered


def fixed_ca(content: Hash, *, recursive: bool) -> str:
    """How `ca` tells that the path was made from content of this hash."""
    return f"fixed:{'r:' if recursive else ''}{content.algo}:{content.base32}"
