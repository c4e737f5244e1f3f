"""What a cache has, and who is told how it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from builder.store.cache.binary_cache import BinaryCache
from builder.store.cache.narinfo import NarInfo
from builder.store.paths import StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A path that a cache has."""

    cache: BinaryCache
    found: NarInfo


class Watcher(Protocol):
    """Is told how the transfers get on, one call at a time."""

    @property
    def interval(self) -> float | None:
        """Seconds after which `tick` is due when nothing else happens; None: never."""
        ...

    def tick(self) -> None:
        """Time has passed."""

    def fetching(self, path: StorePath, cache: str, size: int, so_far: Callable[[], int]) -> None:
        """A transfer begins; the archive has `size` bytes, of which `so_far` have come."""

    def fetched(self, path: StorePath) -> None:
        """The path is valid."""

    def lost(self, path: StorePath) -> None:
        """The transfer failed."""

    def warn(self, message: str) -> None:
        """Something went wrong that will be made good."""
