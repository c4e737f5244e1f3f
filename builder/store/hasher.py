"""Hashing a long stream beside the work that makes it."""

from __future__ import annotations

import hashlib
from queue import Queue
from threading import Thread

from builder.store.hashes import Hash

_LONG = 16 << 20  # bytes; shorter streams are not worth a thread
_LOT = 1 << 20  # bytes; pieces are gathered up to this size before the thread is woken
_AHEAD = 6  # lots that may wait for the thread


class Hasher:
    """The hash and the size, in bytes, of what is fed, piece after piece.

    Hashing leaves the interpreter free, so a long stream is hashed by a thread
    while its reader reads on and looks at it. Use by `contextlib.closing`: the
    thread ends with it, also when the reader fails.
    """

    def __init__(self, algo: str) -> None:
        self._algo = algo
        self._state = hashlib.new(algo, usedforsecurity=False)
        self._queue: Queue[list[bytes] | None] = Queue(_AHEAD)
        self._thread: Thread | None = None
        self._lot: list[bytes] = []
        self._lot_size = 0
        self.size = 0

    def feed(self, data: bytes) -> None:
        """Hash the next piece; it must not change afterwards."""
        self.size += len(data)
        if self._thread is not None:
            self._lot.append(data)
            self._lot_size += len(data)
            if self._lot_size >= _LOT:
                self._pass_on()
            return
        self._state.update(data)
        if self.size >= _LONG:
            self._thread = Thread(target=self._work, daemon=True)
            self._thread.start()

    def result(self) -> Hash:
        """The hash of all that was fed; nothing can be fed afterwards."""
        if self._lot:
            self._pass_on()
        self.close()
        return Hash(algo=self._algo, digest=self._state.digest())

    def close(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _pass_on(self) -> None:
        self._queue.put(self._lot)
        self._lot, self._lot_size = [], 0

    def _work(self) -> None:
        while (lot := self._queue.get()) is not None:
            for data in lot:
                self._state.update(data)
