"""What a server has told of stays while clients may come for it."""

from __future__ import annotations

import time
from threading import Lock

from builder.store.paths import StorePath
from builder.store.roots import Roots

_LASTS = 24 * 3600.0  # seconds: a large closure over a slow line
_LOOKS = 3600.0  # seconds between two looks for what is old


class Told:
    """Temporary roots for `lasts` seconds after each path was last asked for; from any thread.

    Without `roots`, where the store may only be read, nothing can be kept.
    """

    def __init__(
        self, roots: Roots | None, *, lasts: float = _LASTS, looks: float = _LOOKS
    ) -> None:
        self._roots = roots
        self._lasts = lasts
        self._looks = looks
        self._next = time.monotonic() + looks
        self._times: dict[StorePath, float] = {}
        self._known = Lock()
        self._adding = Lock()  # held while a collection is waited for

    def keep(self, path: StorePath) -> None:
        """Once this returns, `path` stays if it is valid."""
        if self._roots is None or self._renew(path):
            return
        with self._adding:
            if time.monotonic() >= self._next:
                self._let_go(self._roots)
            self._roots.add_temporary([path])
            with self._known:
                self._times[path] = time.monotonic()

    def _renew(self, path: StorePath) -> bool:
        with self._known:
            if path not in self._times:
                return False
            self._times[path] = time.monotonic()
            return True

    def _let_go(self, roots: Roots) -> None:
        now = time.monotonic()
        with self._known:
            self._times = {
                p: asked for p, asked in self._times.items() if asked > now - self._lasts
            }
            left = sorted(self._times)
        roots.replace_temporary(left)
        self._next = now + self._looks
