"""Running what recurses deeply.

Evaluation runs in a thread of its own with a big stack, because the main
thread's cannot grow, and under a limit of nested Python calls that is reached
before that stack is full.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

# Nix allows 10,000 nested calls; one of them takes up to four of Python's.
CALLS = 120_000
# Nearly all that an evaluation makes lives as long as it does: looking for
# garbage as often as Python does by default costs a third of its time.
_COLLECT_AFTER = 500_000
THREAD_NAME = "evaluation"
_STACK_BYTES = 512 * 1024 * 1024
_PATIENCE = 0.5  # seconds
_state = threading.local()


def is_deep() -> bool:
    """Whether this thread is one that `run_deep` made."""
    return bool(getattr(_state, "deep", False))


def _stop(thread: threading.Thread) -> None:
    """End an evaluation: who waits for it was interrupted, the thread itself was not."""
    import ctypes

    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(KeyboardInterrupt)
        )
        # What waits for the outside sees it only afterwards; the process can go on meanwhile.
        thread.join(_PATIENCE)


class _Task:
    """Work that an evaluation hands to the thread that waits for it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.outcome: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

    def run(self) -> None:
        """Do it. Raises `KeyboardInterrupt`."""
        try:
            self.outcome.put((True, self.work()))
        except BaseException as error:
            self.outcome.put((False, error))
            if isinstance(error, KeyboardInterrupt):
                raise


def interruptible(work: Callable[[], T]) -> T:
    """Call `work`, which may stay long in C code, where Ctrl-C reaches it: in the main
    thread, when that is the one which waits for this evaluation."""
    tasks: SimpleQueue[_Task | None] | None = getattr(_state, "tasks", None)
    if tasks is None:
        return work()
    task = _Task(work)
    tasks.put(task)
    succeeded, result = task.outcome.get()
    if not succeeded:
        raise result
    made: T = result
    return made


def run_deep(function: Callable[[], T]) -> T:
    """Call `function` where it may recurse; its result or its exception."""
    if is_deep():
        return function()
    outcome: list[Any] = []
    tasks: SimpleQueue[_Task | None] = SimpleQueue()

    def work() -> None:
        _state.deep = True
        _state.tasks = tasks
        try:
            outcome.extend((True, function()))
        except BaseException as error:  # handed over to the caller
            outcome.extend((False, error))
        finally:
            tasks.put(None)

    limit = sys.getrecursionlimit()
    thresholds = gc.get_threshold()
    size = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=work, name=THREAD_NAME, daemon=True)
        sys.setrecursionlimit(max(limit, CALLS))
        gc.set_threshold(max(_COLLECT_AFTER, thresholds[0]), 20, 100)
        thread.start()
    finally:
        threading.stack_size(size)
    try:
        while (task := tasks.get()) is not None:
            task.run()
        thread.join()
    except KeyboardInterrupt:
        _stop(thread)
        raise
    finally:
        sys.setrecursionlimit(limit)
        gc.set_threshold(*thresholds)
    succeeded, result = outcome
    if not succeeded:
        raise result
    made: T = result
    return made
