"""Hashing a long stream beside the work that makes it."""

from __future__ import annotations

import hashlib
from queue import Queue
from threading import Thread

from builder.store.hashes import Hash

_LONG = 8 << 20  # bytes; shorter streams are not worth a thread
_AHEAD = 8  # pieces that may wait for the thread


class Hasher:
    """The hash and the size, in bytes, of what is fed, piece after piece.

    Hashing leaves the interpreter free, so a long stream is hashed by a thread
    while its reader reads on and looks at it. Use by `contextlib.closing`: the
    thread ends with it, also when the reader fails.
    """

    def __init__(self, algo: str) -> None:
        self._algo = algo
        self._state = hashlib.new(algo, usedforsecurity=False)
        self._queue: Queue[bytes | None] = Queue(_AHEAD)
        self._thread: Thread | None = None
        self.size = 0

    def feed(self, data: bytes) -> None:
        """Hash the next piece; it must not change afterwards."""
        self.size += len(data)
        if self._thread is not None:
            self._queue.put(data)
            return
        self._state.update(data)
        if self.size >= _LONG:
            self._thread = Thread(target=self._work, daemon=True)
            self._thread.start()

    def result(self) -> Hash:
        """The hash of all that was fed; nothing can be fed afterwards."""
        self.close()
        return Hash(algo=self._algo, digest=self._state.digest())

    def _work(self) -> None:
        while (data := self._queue.get()) is not None:
            self._state.update(data)

    def close(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
