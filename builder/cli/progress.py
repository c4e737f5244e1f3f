"""What a person sees while things are built: on a terminal, or in a log."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from builder.cli.overview import Activity, Overview
from builder.realise.progress import Bytes, Progress
from builder.store.paths import StorePath

_FRAME = 0.25  # seconds between two pictures on a terminal
_SILENCE = 30.0  # seconds after which a log is told that work goes on
_LONG = 1.0  # seconds of a build that a log is told of
_MIB = 1 << 20


class BuildProgress(Progress):
    """Keeps the overview of a realisation; subclasses show it on `out`."""

    interval = _SILENCE

    def __init__(
        self, out: TextIO, jobs: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.out = out
        self.clock = clock
        self.overview = Overview(jobs=jobs)

    def changed(self) -> None:
        """Something in the overview is another: many small builds leave no silence in which
        `tick` is called."""
        self.tick()

    def line(self, text: str) -> None:
        """A line that stays."""
        self.out.write(text + "\n")
        self.out.flush()

    def planned(self, builds: int, downloads: int, size: int) -> None:
        """So many will be built and downloaded."""
        view = self.overview
        view.builds += builds
        view.downloads += downloads
        view.size += size
        parts = []
        if downloads:
            parts.append(f"downloading {downloads} files ({size / _MIB:.1f} MiB)")
        if builds:
            parts.append(f"building {builds} derivations")
        if parts:
            self.line(", ".join(parts))

    def _begin(
        self, path: StorePath, verb: str, size: int = 0, so_far: Bytes | None = None
    ) -> None:
        self.overview.activities.pop(path, None)
        self.overview.activities[path] = Activity(
            verb=verb, title=title(path), since=self.clock(), size=size, so_far=so_far
        )
        self.changed()

    def started(self, drv: StorePath) -> None:
        """A build begins."""
        self._begin(drv, "building")

    def downloading(self, drv: StorePath, size: int, so_far: Bytes) -> None:
        """A download begins."""
        self._begin(drv, "downloading", size, so_far)

    def waiting(self, drv: StorePath) -> None:
        """Another process builds it."""
        self.line(f"waiting for another process that builds {title(drv)}")
        self._begin(drv, "waiting for")

    def finished(self, drv: StorePath, seconds: float) -> None:
        """A build or a download succeeded."""
        view = self.overview
        activity = view.activities.pop(drv, None)
        if activity is not None and activity.so_far is not None:
            self._come(activity.size)
        else:
            view.built += 1
            view.seconds += seconds
            if activity is not None and seconds >= _LONG:
                self.built(title(drv), seconds)
        self.changed()

    def found(self, drv: StorePath, download: int | None) -> None:
        """A build or a download is not needed."""
        view = self.overview
        view.activities.pop(drv, None)
        if download is None:
            view.built += 1
        else:
            self._come(download)
        self.changed()

    def built(self, name: str, seconds: float) -> None:
        """A build that took long is done."""

    def failed(self, drv: StorePath, message: str) -> None:
        """A build failed."""
        self.overview.activities.pop(drv, None)
        self.changed()

    def fetching(self, path: StorePath, cache: str, size: int, so_far: Bytes) -> None:
        """A transfer from a cache begins."""
        self.overview.downloads += 1
        self.overview.size += size
        self._begin(path, "fetching", size, so_far)

    def fetched(self, path: StorePath) -> None:
        """A transfer has ended."""
        activity = self.overview.activities.pop(path, None)
        if activity is not None:
            self._come(activity.size)
        self.changed()

    def lost(self, path: StorePath) -> None:
        """A transfer has failed: it counts no more."""
        activity = self.overview.activities.pop(path, None)
        if activity is not None:
            self.overview.downloads -= 1
            self.overview.size -= activity.size
        self.changed()

    def _come(self, size: int) -> None:
        self.overview.downloaded += 1
        self.overview.come += size

    def warn(self, message: str) -> None:
        """A warning."""
        self.line(f"warning: {message}")


class TerminalProgress(BuildProgress):
    """A picture at the end of a terminal: the summary, and a line for each activity."""

    interval = _FRAME

    def __init__(
        self, out: TextIO, jobs: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(out, jobs, clock)
        self._drawn = 0  # lines
        self._last = -1.0

    def tick(self) -> None:
        """Draw anew."""
        self._erase()
        view, now = self.overview, self.clock()
        if view.is_done:
            return
        size = shutil.get_terminal_size()
        shown = [f"[{view.summary(now)}]", *(f"  {a.shown(now)}" for a in view.activities.values())]
        most = max(1, min(size.lines - 2, 12))
        if len(shown) > most:
            shown[most - 1 :] = [f"  and {len(shown) - most + 1} more"]
        for text in shown:
            self.out.write(f"{text[: size.columns - 1]}\n")
        self._drawn = len(shown)
        self.out.flush()
        self._last = now

    def changed(self) -> None:
        """Draw, but not too often."""
        if self.overview.is_done or self.clock() - self._last >= _FRAME:
            self.tick()

    def line(self, text: str) -> None:
        """A line above the picture."""
        self._erase()
        super().line(text)

    def failed(self, drv: StorePath, message: str) -> None:
        """A build failed: what follows is told below the last line that stays."""
        super().failed(drv, message)
        self._erase()

    def _erase(self) -> None:
        if self._drawn:
            self.out.write(f"\x1b[{self._drawn}F\x1b[J")
            self.out.flush()
            self._drawn = 0


class LogProgress(BuildProgress):
    """Lines for a file or a CI job: what took long, and now and then that work goes on."""

    def __init__(
        self, out: TextIO, jobs: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(out, jobs, clock)
        self._told = clock()

    def line(self, text: str) -> None:
        """A line."""
        super().line(text)
        self._told = self.clock()

    def tick(self) -> None:
        """Say what is under way, unless something was said lately."""
        now = self.clock()
        if now - self._told < _SILENCE or self.overview.is_done:
            return
        shown = [a.shown(now) for a in self.overview.activities.values()]
        rest = f": {', '.join(shown[:4])}" if shown else ""
        more = f" and {len(shown) - 4} more" if len(shown) > 4 else ""
        self.line(f"{self.overview.summary(now)}{rest}{more}")

    def built(self, name: str, seconds: float) -> None:
        """A build that took long is done."""
        view = self.overview
        self.line(f"built {name} in {seconds:.1f} s ({view.built}/{view.builds})")

    def fetching(self, path: StorePath, cache: str, size: int, so_far: Bytes) -> None:
        """A transfer begins."""
        super().fetching(path, cache, size, so_far)
        self.line(f"fetching {path.name} ({size / _MIB:.1f} MiB) from {cache}")


def progress_on(
    out: TextIO,
    jobs: int,
    environment: Mapping[str, str] = os.environ,
    *,
    with_logs: bool = False,
) -> BuildProgress:
    """The way to show progress that fits: a terminal's needs one that can move its cursor, and
    what CI keeps is a log. `with_logs` the builders write there too."""
    is_log = (
        with_logs
        or not out.isatty()
        or environment.get("TERM", "dumb") == "dumb"
        or "CI" in environment
    )
    return LogProgress(out, jobs) if is_log else TerminalProgress(out, jobs)


def title(path: StorePath) -> str:
    """A derivation's or a path's name."""
    return path.name.removesuffix(".drv")
