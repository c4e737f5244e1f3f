"""Who is told how a realisation gets on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.store.paths import StorePath

Bytes = Callable[[], int]
"""How many bytes of a transfer have come, whenever it is called."""


class Progress:
    """Is told what happens, and does nothing about it: whoever wants to know overrides what
    concerns it. Called from the process that realises, one call at a time.

    `interval` is in seconds: after it `tick` is due when nothing else happens; None: never.
    """

    interval: float | None = None

    def tick(self) -> None:
        """Time has passed."""

    def planned(self, builds: int, downloads: int, size: int) -> None:
        """So many derivations will be built, and files of so many bytes in all be downloaded."""

    def started(self, drv: StorePath) -> None:
        """A build begins."""

    def downloading(self, drv: StorePath, size: int, so_far: Bytes) -> None:
        """The download of a file of `size` bytes (0: not known) begins."""

    def waiting(self, drv: StorePath) -> None:
        """Another process is building this; its result will be used."""

    def finished(self, drv: StorePath, seconds: float) -> None:
        """A build or a download succeeded."""

    def found(self, drv: StorePath, download: int | None) -> None:
        """What was to be made is there: by another process, or by another derivation of the
        same output. `download` is the size of a download, None for a build."""

    def failed(self, drv: StorePath, message: str) -> None:
        """A build failed; an error follows."""

    def fetching(self, path: StorePath, cache: str, size: int, so_far: Bytes) -> None:
        """A path of `size` bytes is taken from a binary cache."""

    def fetched(self, path: StorePath) -> None:
        """It has come."""

    def lost(self, path: StorePath) -> None:
        """It could not be taken from there."""

    def warn(self, message: str) -> None:
        """Something went wrong that will be made good."""
