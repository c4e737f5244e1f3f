"""What a person sees while things are built."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TextIO

from builder.store.paths import StorePath


@dataclass(slots=True)
class TerminalProgress:
    """On a terminal one line that changes, in a file one line for each slow build."""

    out: TextIO
    total: int = 0
    done: int = 0
    running: dict[StorePath, float] = field(default_factory=dict)

    def planned(self, drvs: int) -> None:
        """So many derivations will be built."""
        self.total, self.done = drvs, 0
        if not self.out.isatty():
            self.out.write(f"building {drvs} derivations\n")

    def started(self, drv: StorePath) -> None:
        """A build begins."""
        self.running[drv] = time.monotonic()
        self._draw()

    def waiting(self, drv: StorePath) -> None:
        """Another process builds it."""
        self._line(f"waiting for another process that builds {drv.name}")

    def finished(self, drv: StorePath, seconds: float) -> None:
        """A build succeeded."""
        self.running.pop(drv, None)
        self.done += 1
        if not self.out.isatty() and seconds >= 1:
            self._line(f"built {_title(drv)} in {seconds:.1f} s")
        self._draw()
        if self.done == self.total:
            self._clear()

    def failed(self, drv: StorePath, message: str) -> None:
        """A build failed."""
        self.running.pop(drv, None)
        self._clear()

    def fetching(self, path: StorePath, cache: str, nar_size: int) -> None:
        """A transfer from a cache begins."""
        self.running[path] = time.monotonic()
        self.total += 1
        if not self.out.isatty():
            self._line(f"fetching {path.name} ({nar_size / 2**20:.1f} MiB) from {cache}")
        self._draw()

    def fetched(self, path: StorePath) -> None:
        """A transfer has ended."""
        self.running.pop(path, None)
        self.done += 1
        self._draw()

    def warn(self, message: str) -> None:
        """A warning."""
        self._line(f"warning: {message}")

    def _line(self, text: str) -> None:
        self._clear()
        self.out.write(text + "\n")
        self.out.flush()

    def _draw(self) -> None:
        if not self.out.isatty():
            return
        names = ", ".join(_title(drv) for drv in sorted(self.running, key=self.running.__getitem__))
        text = f"[{self.done}/{self.total}] {names}"
        self.out.write(f"\r\x1b[K{text[:100]}")
        self.out.flush()

    def _clear(self) -> None:
        if self.out.isatty():
            self.out.write("\r\x1b[K")
            self.out.flush()


def _title(drv: StorePath) -> str:
    return drv.name.removesuffix(".drv")
