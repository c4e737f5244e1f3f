"""Conditions that must hold all the while: checked before every command."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

from vmtest.errors import RequestedAssertionFailed
from vmtest.log import Log
from vmtest.waiting import Duration, retry, seconds


class PollingCondition(AbstractContextManager["PollingCondition"]):
    """As a context manager it must hold within the block; as a decorated function it can be
    waited for."""

    def __init__(
        self,
        condition: Callable[[], Any],
        active: list[PollingCondition],
        log: Log,
        *,
        seconds_interval: Duration = 2.0,
        description: str | None = None,
    ) -> None:
        self._condition = condition
        self._active = active
        self._log = log
        self._interval = seconds(seconds_interval)
        self.description = description or condition.__doc__ or condition.__name__
        self._checked = 0.0
        self._busy = False

    def check(self, *, force: bool = False) -> bool:
        """Whether the condition holds; asked again only after its interval."""
        if self._busy or (not force and time.monotonic() < self._checked + self._interval):
            return True
        self._busy = True  # the condition may run commands itself
        try:
            result = self._condition()
            return result is None or bool(result)
        except Exception as error:
            self._log.log(f"polling condition '{self.description}' raised: {error}")
            return False
        finally:
            self._busy = False
            self._checked = time.monotonic()

    def maybe_raise(self) -> None:
        """Raises `RequestedAssertionFailed` when the condition does not hold."""
        if not self.check():
            raise RequestedAssertionFailed(f"polling condition failed: {self.description}")

    def wait(self, timeout: Duration = 900) -> None:
        """Wait until the condition holds."""
        with self._log.nested(f"waiting for {self.description}"):
            retry(lambda last: self.check(force=True), timeout)

    def __enter__(self) -> PollingCondition:
        self._active.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._active.remove(self)
