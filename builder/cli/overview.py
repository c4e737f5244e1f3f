"""What is being built, downloaded and waited for, and how long it may take."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

_WINDOW = 10.0  # seconds over which a rate is measured
_ENOUGH = 2  # finished builds before a guess is made from them
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One thing under way. `since` is its beginning; `size` in bytes, 0 where unknown."""

    verb: str  # building, downloading, fetching, waiting for
    title: str
    since: float
    size: int = 0
    so_far: Callable[[], int] | None = None

    def shown(self, now: float) -> str:
        """A line without its end."""
        line = f"{self.verb} {self.title}"
        if self.so_far is not None:
            come = self.so_far() / _MIB
            line += f" {come:.1f}/{self.size / _MIB:.1f} MiB" if self.size else f" {come:.1f} MiB"
        return f"{line} {duration(now - self.since)}"


def duration(seconds: float) -> str:
    """``0:07``, ``12:03``, ``1:02:03``"""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@dataclass(slots=True)
class Overview:
    """The counts of one realisation, and its activities in the order of their beginning.

    All times are seconds on one clock, sizes bytes. `jobs` builds run at a time.
    """

    jobs: int = 1
    builds: int = 0
    built: int = 0
    seconds: float = 0.0  # of the builds that are done, all together
    downloads: int = 0
    downloaded: int = 0
    size: int = 0
    come: int = 0  # bytes of the downloads that are done
    activities: dict[object, Activity] = field(default_factory=dict)
    _samples: deque[tuple[float, int]] = field(default_factory=deque)

    def bytes_so_far(self) -> int:
        """All that has come."""
        running = (a.so_far() for a in self.activities.values() if a.so_far is not None)
        return self.come + sum(running)

    def rate(self, now: float) -> float:
        """Bytes a second, lately; looks are what it is measured by."""
        self._samples.append((now, self.bytes_so_far()))
        while len(self._samples) > 2 and self._samples[1][0] < now - _WINDOW:
            self._samples.popleft()
        (start, before), (end, after) = self._samples[0], self._samples[-1]
        return max(0.0, (after - before) / (end - start)) if end > start else 0.0

    def left(self, now: float, rate: float) -> float | None:
        """Seconds that what is left may take, None while there is nothing to tell from."""
        guesses = []
        missing = self.size - self.bytes_so_far()
        if missing > 0 and self.downloads > self.downloaded:
            if not rate:
                return None
            guesses.append(missing / rate)
        builds = self.builds - self.built
        if builds:
            if self.built < _ENOUGH:
                return None
            running = [a for a in self.activities.values() if a.verb == "building"]
            each = self.seconds / self.built
            begun = sum(min(now - a.since, each) for a in running)
            guesses.append(max(0.0, builds * each - begun) / self.jobs)
        return max(guesses, default=None)

    def summary(self, now: float) -> str:
        """One line: counts, rate, time left."""
        parts = []
        if self.builds:
            parts.append(f"{self.built}/{self.builds} built")
        rate = self.rate(now)
        if self.downloads:
            part = f"{self.downloaded}/{self.downloads} downloaded, "
            part += f"{self.bytes_so_far() / _MIB:.1f}/{self.size / _MIB:.1f} MiB"
            parts.append(part)
            if self.downloaded < self.downloads and rate:
                parts.append(f"{rate / _MIB:.1f} MiB/s")
        waiting = sum(a.verb == "waiting for" for a in self.activities.values())
        if waiting:
            parts.append(f"{waiting} built by others")
        left = self.left(now, rate)
        if left is not None and left >= 1:
            parts.append(f"about {duration(left)} left")
        return ", ".join(parts)

    @property
    def is_done(self) -> bool:
        """Whether all that was planned has happened."""
        return (
            not self.activities and self.built >= self.builds and self.downloaded >= self.downloads
        )
