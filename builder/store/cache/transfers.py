"""Taking a closure from caches: archives are unpacked by processes, and registered here."""

from __future__ import annotations

import heapq
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from builder.store.cache.compression import load
from builder.store.cache.errors import CacheError
from builder.store.cache.offer import Offer, Watcher
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.workers import Report, Workers

_AT_A_TIME = 6  # archives
_PAUSE = 0.1  # seconds between two reports of a transfer


class Transfers:
    """Makes the paths of `offers` valid in `store`, references first.

    Unpacking many small files is Python's work as much as that of the hash and the
    decompressor, so each archive is taken by a process of its own. `failed` is told of
    an offer that did not keep its promise.
    """

    def __init__(
        self,
        store: LocalStore,
        offers: Mapping[StorePath, Offer],
        watcher: Watcher,
        failed: Callable[[Offer, CacheError], None],
    ) -> None:
        self._store = store
        self._offers = offers
        self._watcher = watcher
        self._failed = failed
        self._missing = {
            path: {ref for ref in offer.found.info.references if ref in offers and ref != path}
            for path, offer in offers.items()
        }
        self._users: dict[StorePath, list[StorePath]] = {path: [] for path in offers}
        for path, references in self._missing.items():
            for reference in references:
                self._users[reference].append(path)
        self._ready: list[tuple[int, StorePath]] = []
        self._running: dict[StorePath, Callable[[], int]] = {}

    def run(self) -> set[StorePath]:
        """Take all that can be had; which paths are valid now.

        Raises OSError when this machine's disk is full or fails.
        """
        done: set[StorePath] = set()
        for method in {offer.found.compression for offer in self._offers.values()}:
            load(method)
        with self._store.adding(), self._store.scratch() as folder:
            workers = Workers(lambda path, report: self._take(path, folder, report), self._died)
            try:
                for path in sorted(path for path, missing in self._missing.items() if not missing):
                    self._make_ready(path)
                while self._start(workers):
                    results = workers.results(self._watcher.interval)
                    done.update(self._finish(results, folder))
                    if not results:
                        self._watcher.tick()
            finally:
                workers.close()
        return done

    def _make_ready(self, path: StorePath) -> None:
        offer = self._offers[path]
        size = offer.found.info.nar_size
        # The largest first: they take longest.
        heapq.heappush(self._ready, (-size, path))
        self._watcher.fetching(path, offer.cache.url, size, lambda: self._come(path))

    def _come(self, path: StorePath) -> int:
        so_far = self._running.get(path)
        return so_far() if so_far else 0

    def _start(self, workers: Workers[StorePath, Exception | None]) -> bool:
        """Begin what there is room for; whether anything runs."""
        while self._ready and len(self._running) < _AT_A_TIME:
            _, path = heapq.heappop(self._ready)
            self._running[path] = workers.submit(path)
        return bool(self._running)

    def _finish(
        self, results: Sequence[tuple[StorePath, Exception | None]], folder: Path
    ) -> list[StorePath]:
        come = []
        for path, error in results:
            del self._running[path]
            if error is None:
                come.append(path)
            elif isinstance(error, CacheError):
                self._failed(self._offers[path], error)
                self._watcher.lost(path)
            else:
                raise error
        self._register(come, folder)
        for path in come:
            self._watcher.fetched(path)
            for user in self._users[path]:
                self._missing[user].discard(path)
                if not self._missing[user]:
                    self._make_ready(user)
        return come

    def _register(self, paths: Sequence[StorePath], folder: Path) -> None:
        """Put trees in their places and make them valid, all in one transaction."""
        with ExitStack() as locks:
            for path in sorted(paths):  # in an order that all processes keep
                locks.enter_context(self._store.lock(path))
            new = sorted(set(paths) - self._store.database.valid(paths))
            for path in new:
                self._store.install(folder / path.base, path)
            if new:
                self._store.register([self._offers[path].found.info for path in new])

    # In another process

    def _take(self, path: StorePath, folder: Path, report: Report) -> Exception | None:
        offer = self._offers[path]
        come, due = 0, time.monotonic() + _PAUSE

        def seen(size: int) -> None:
            nonlocal come, due
            come += size
            if time.monotonic() >= due:
                report(come)
                due = time.monotonic() + _PAUSE

        try:
            offer.cache.fetch(offer.found, folder / path.base, seen)
        except CacheError as error:
            return error
        except Exception as error:
            error.add_note("".join(traceback.format_exception(error)))
            return error
        return None

    def _died(self, path: StorePath, how: str) -> Exception:
        url = self._offers[path].cache.url
        return CacheError(f"cache '{url}': the process that took '{path}' {how}")
