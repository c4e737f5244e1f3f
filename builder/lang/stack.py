"""Running what recurses deeply.

Evaluation runs in a thread of its own with a big stack, because the main
thread's cannot grow, and under a limit of nested Python calls that is reached
before that stack is full.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

# Nix allows 10,000 nested calls; one of them takes up to four of Python's.
CALLS = 60_000
_STACK_BYTES = 512 * 1024 * 1024
_state = threading.local()


def is_deep() -> bool:
    """Whether this thread is one that `run_deep` made."""
    return bool(getattr(_state, "deep", False))


def run_deep(function: Callable[[], T]) -> T:
    """Call `function` where it may recurse; its result or its exception."""
    if is_deep():
        return function()
    outcome: list[Any] = []

    def work() -> None:
        _state.deep = True
        try:
            outcome.extend((True, function()))
        except BaseException as error:  # handed over to the caller
            outcome.extend((False, error))

    limit = sys.getrecursionlimit()
    size = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=work, name="evaluation", daemon=True)
        sys.setrecursionlimit(max(limit, CALLS))
        thread.start()
    finally:
        threading.stack_size(size)
    thread.join()
    sys.setrecursionlimit(limit)
    succeeded, result = outcome
    if not succeeded:
        raise result
    made: T = result
    return made
