"""Asking caches about many paths at a time: the more of them, the longer an answer takes."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread

from builder.store.cache.offer import Offer
from builder.store.paths import StorePath

_AT_A_TIME = 16
_FEW = 2
_WORTH = 0.003  # seconds that an answer takes longer, for which another thread is worth its work

Answer = tuple[StorePath, tuple[Offer, ...]]
_Said = tuple[StorePath, tuple[Offer, ...] | Exception, float]  # and in how many seconds


class Questions:
    """Threads that ask; `fileno` can be waited for, and is readable when answers are there.

    Use by `contextlib.closing`. When it is left before all is answered, by an error, nobody
    waits for a cache that is slow.
    """

    def __init__(self, ask: Callable[[StorePath], tuple[Offer, ...]]) -> None:
        self._ask = ask
        self._asked: SimpleQueue[StorePath | None] = SimpleQueue()
        self._said: SimpleQueue[_Said] = SimpleQueue()
        self._bell, self._heard = socket.socketpair()
        self._bell.setblocking(False)
        self._heard.setblocking(False)
        self._threads: list[Thread] = []
        self._most = _FEW  # threads
        self.waiting = 0
        """How many answers are still to be taken."""

    def close(self) -> None:
        """End the threads; those that still wait for a cache end by themselves."""
        for _ in self._threads:
            self._asked.put(None)
        if not self.waiting:
            for thread in self._threads:
                thread.join()
        self._bell.close()
        self._heard.close()

    def fileno(self) -> int:
        """What is readable when there are answers."""
        return self._heard.fileno()

    def put(self, paths: Iterable[StorePath]) -> None:
        """Ask about `paths`."""
        for path in paths:
            self.waiting += 1
            self._asked.put(path)
        self._start()

    def answers(self) -> list[Answer]:
        """What has been answered since; raises what asking has raised."""
        with suppress(BlockingIOError):
            self._heard.recv(1 << 16)
        found = []
        while not self._said.empty():
            path, said, took = self._said.get()
            self.waiting -= 1
            self._most = min(max(self._most, _FEW + int(took / _WORTH)), _AT_A_TIME)
            if isinstance(said, Exception):
                raise said
            found.append((path, said))
        self._start()
        return found

    def _start(self) -> None:
        while len(self._threads) < min(self.waiting, self._most):
            # They do not keep the interpreter from ending.
            self._threads.append(Thread(target=self._work, name="question", daemon=True))
            self._threads[-1].start()

    def _work(self) -> None:
        while (path := self._asked.get()) is not None:
            said: tuple[Offer, ...] | Exception
            start = time.monotonic()
            try:
                said = self._ask(path)
            except Exception as error:
                said = error
            self._said.put((path, said, time.monotonic() - start))
            with suppress(OSError):  # it rings already, or nobody hears it any more
                self._bell.send(b"!")
