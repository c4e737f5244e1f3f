"""Taking closures from caches: archives are unpacked by processes, and registered here."""

from __future__ import annotations

import heapq
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from builder.store.cache.binary_cache import BinaryCache
from builder.store.cache.compression import load_zstd
from builder.store.cache.errors import CacheError
from builder.store.cache.narinfo import NarInfo
from builder.store.cache.offer import Offer, Watcher
from builder.store.cache.pace import Pace
from builder.store.cache.questions import Answer, Questions
from builder.store.canonical import remove_tree
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.workers import Report, Workers

_AT_A_TIME = 6  # archives
_PAUSE = 0.1  # seconds between two reports of a transfer, and between two transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """An archive of the cache at `url`, and where its tree is made."""

    url: str
    found: NarInfo
    tree: Path

    @property
    def path(self) -> StorePath:
        return self.found.info.path


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """How a transfer ended: after `passed` seconds, in which a processor `worked` for it."""

    error: Exception | None
    worked: float = 0.0
    passed: float = 0.0


class Transfers:
    """Makes paths valid in `store` while it still asks what they refer to, references first.

    Unpacking many small files is Python's work as much as that of the hash and the
    decompressor, so each archive is taken by a process of its own. `ask` gives the offers
    of a path, the best first, and is called by threads; `failed` is told of one that did
    not keep its promise, and gives those that are left. Use by `contextlib.closing`.
    """

    def __init__(
        self,
        store: LocalStore,
        caches: Iterable[BinaryCache],
        ask: Callable[[StorePath], tuple[Offer, ...]],
        failed: Callable[[Offer, CacheError], tuple[Offer, ...]],
        watcher: Watcher,
    ) -> None:
        self._store = store
        self._caches: Mapping[str, BinaryCache] = {cache.url: cache for cache in caches}
        self._ask = ask
        self._failed = failed
        self._watcher = watcher
        self._workers = Workers(self._fetch, self._died)
        self._pace = Pace(_AT_A_TIME)
        self._asked: set[StorePath] = set()
        self._offers: dict[StorePath, Offer] = {}
        self._missing: dict[StorePath, set[StorePath]] = {}
        self._users: dict[StorePath, list[StorePath]] = {}
        self._ready: list[tuple[int, StorePath]] = []
        self._running: dict[StorePath, Callable[[], int]] = {}
        self._come: list[StorePath] = []  # unpacked, not valid yet
        self._due = 0.0  # when the next transaction may be

    def close(self) -> None:
        """End the processes."""
        self._workers.close()

    def take(self, paths: Iterable[StorePath]) -> set[StorePath]:
        """Make `paths` valid with all that they refer to, as far as caches have them; what is
        valid now that was not. A path of which some reference cannot be had is not taken.

        Raises OSError when this machine's disk is full or fails.
        """
        wanted = set(paths)
        wanted -= self._store.kept(wanted)
        if not wanted or not self._caches:
            return set()
        done: set[StorePath] = set()
        load_zstd()
        # Forked now, while no thread of ours holds a lock.
        self._workers.prepare(_AT_A_TIME)
        with (
            self._store.adding(),
            self._store.scratch() as folder,
            closing(Questions(self._ask)) as questions,
        ):
            self._put(wanted, questions)
            while self._start(questions, folder) or questions.waiting or self._come:
                interval = _PAUSE if self._come else self._watcher.interval
                results = self._workers.results(interval, questions.fileno())
                for job, end in results:
                    self._pace.add(end.worked, end.passed)
                    self._finish(job, end.error, questions)
                self._consider(questions.answers(), questions)
                if self._come and (time.monotonic() >= self._due or not self._running):
                    done.update(self._register(folder))
                elif not results:
                    self._watcher.tick()
        return done

    # What is wanted

    def _put(self, paths: Iterable[StorePath], questions: Questions) -> None:
        new = sorted(set(paths) - self._asked)
        self._asked.update(new)
        questions.put(new)

    def _consider(self, answers: Iterable[Answer], questions: Questions) -> None:
        """Take the best of each path's offers, once its references are there."""
        best = {path: offers[0] for path, offers in answers if offers}
        if not best:
            return
        self._store.roots.add_temporary(best)
        references = {ref for offer in best.values() for ref in offer.found.info.references}
        there = self._store.database.valid(references).union(self._come)
        for path, offer in best.items():
            missing = set(offer.found.info.references) - there - {path}
            self._offers[path] = offer
            self._missing[path] = missing
            for reference in missing:
                self._users.setdefault(reference, []).append(path)
            if not missing:
                self._make_ready(path)
        self._put(references - there, questions)

    def _make_ready(self, path: StorePath) -> None:
        offer = self._offers[path]
        size = offer.found.info.nar_size
        # The largest first: they take longest.
        heapq.heappush(self._ready, (-size, path))
        self._watcher.fetching(path, offer.cache.url, size, lambda: self._so_far(path))

    def _so_far(self, path: StorePath) -> int:
        so_far = self._running.get(path)
        return so_far() if so_far else 0

    # What comes

    def _start(self, questions: Questions, folder: Path) -> bool:
        """Begin what there is room for; whether anything runs."""
        while self._ready and len(self._running) < self._pace.room:
            if not self._workers.idle and questions.waiting:
                break  # one has died; another is not forked beside threads at work
            _, path = heapq.heappop(self._ready)
            offer = self._offers[path]
            job = _Job(url=offer.cache.url, found=offer.found, tree=folder / path.base)
            self._running[path] = self._workers.submit(job)
        return bool(self._running)

    def _finish(self, job: _Job, error: Exception | None, questions: Questions) -> None:
        path = job.path
        del self._running[path]
        if error is None:
            self._come.append(path)
            for user in self._users.pop(path, ()):
                self._missing[user].discard(path)
                if not self._missing[user]:
                    self._make_ready(user)
        elif isinstance(error, CacheError):
            self._watcher.lost(path)
            remove_tree(job.tree)
            left = self._failed(self._offers[path], error)
            self._consider([(path, left)], questions)
        else:
            raise error

    def _register(self, folder: Path) -> list[StorePath]:
        """Put what has come in its place and make it valid, all in one transaction."""
        paths, self._come = self._come, []
        with ExitStack() as locks:
            for path in sorted(paths):  # in an order that all processes keep
                locks.enter_context(self._store.lock(path))
            new = sorted(set(paths) - self._store.database.valid(paths))
            for path in new:
                self._store.install(folder / path.base, path)
            if new:
                self._store.register([self._offers[path].found.info for path in new])
        self._due = time.monotonic() + _PAUSE
        for path in paths:
            self._watcher.fetched(path)
        return paths

    # In another process

    def _fetch(self, job: _Job, report: Report) -> _End:
        start, worked = time.monotonic(), time.process_time()
        come, due = 0, start + _PAUSE

        def seen(size: int) -> None:
            nonlocal come, due
            come += size
            if time.monotonic() >= due:
                report(come)
                due = time.monotonic() + _PAUSE

        problem: Exception | None = None
        try:
            self._caches[job.url].fetch(job.found, job.tree, seen)
        except CacheError as error:
            problem = error
        except Exception as error:
            error.add_note("".join(traceback.format_exception(error)))
            problem = error
        return _End(
            error=problem,
            worked=time.process_time() - worked,
            passed=time.monotonic() - start,
        )

    def _died(self, job: _Job, how: str) -> _End:
        return _End(
            error=CacheError(f"cache '{job.url}': the process that took '{job.path}' {how}")
        )
