"""Worker processes, forked when needed and used again."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Generic, TypeVar

_FORK = multiprocessing.get_context("fork")
_PR_SET_PDEATHSIG = 1

J = TypeVar("J")
R = TypeVar("R")
Report = Callable[[int], None]
"""Is told how many bytes a job has transferred until now."""


@dataclass(slots=True)
class _Task(Generic[J]):
    job: J
    come: int = 0  # bytes

    def so_far(self) -> int:
        return self.come


@dataclass(slots=True)
class _Worker(Generic[J]):
    process: ForkProcess
    connection: Connection
    task: _Task[J] | None = None


class Workers(Generic[J, R]):
    """Runs jobs, each in one process at a time; leaves nothing behind when closed.

    `run` works in a process that has all that this one had when it was forked; jobs and
    results travel pickled. `died` makes the result of a job whose process died, from how
    it did.
    """

    def __init__(self, run: Callable[[J, Report], R], died: Callable[[J, str], R]) -> None:
        self._run = run
        self._died = died
        self._workers: list[_Worker[J]] = []

    def submit(self, job: J) -> Callable[[], int]:
        """Begin `job`, in an idle process or a new one; what tells the bytes that it reports."""
        task = _Task(job=job)
        while True:
            idle = next((worker for worker in self._workers if worker.task is None), None)
            worker = idle or self._start()
            try:
                worker.connection.send(job)
            except BrokenPipeError:  # it died while it had nothing to do
                self._forget(worker)
                continue
            worker.task = task
            return task.so_far

    def prepare(self, count: int) -> None:
        """Fork now so that `count` jobs can run at a time without forking for them."""
        while len(self._workers) < count:
            self._start()

    @property
    def idle(self) -> bool:
        """Whether a process waits for a job."""
        return any(worker.task is None for worker in self._workers)

    def results(self, timeout: float | None, other: int | None = None) -> list[tuple[J, R]]:
        """Wait for at least one result or what a job tells, or `timeout` seconds, or until
        the descriptor `other` is readable."""
        busy = {worker.connection: worker for worker in self._workers if worker.task}
        found: list[tuple[J, R]] = []
        for connection in wait([*busy, *([other] if other is not None else [])], timeout):
            if connection == other:
                continue
            worker = busy[connection]  # type: ignore[index]
            task = worker.task
            assert task is not None
            try:
                is_result, told = worker.connection.recv()
            except (EOFError, ConnectionResetError):
                self._forget(worker)
                is_result, told = True, self._died(task.job, _how(worker.process.exitcode))
            if is_result:
                worker.task = None
                found.append((task.job, told))
            else:
                task.come = told
        return found

    def close(self) -> None:
        """End all processes, also those at work."""
        for worker in self._workers:
            worker.connection.close()
            if worker.task is not None:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()
        self._workers.clear()

    def _forget(self, worker: _Worker[J]) -> None:
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join()

    def _start(self) -> _Worker[J]:
        ours, theirs = _FORK.Pipe()
        others = [worker.connection for worker in self._workers]
        process = _FORK.Process(
            target=_serve, args=(self._run, theirs, [ours, *others]), daemon=True
        )
        process.start()
        theirs.close()
        worker: _Worker[J] = _Worker(process=process, connection=ours)
        self._workers.append(worker)
        return worker


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed by signal {-code} ({signal.strsignal(-code)})"
    return f"ended with {code}"


def _serve(run: Callable[[J, Report], R], connection: Connection, others: list[Connection]) -> None:
    """The life of a worker: it ends when its parent closes the connection, or dies."""
    for other in others:
        other.close()
    # The parent decides about Ctrl-C, and whoever started it may have had signals ignored, as
    # nohup does. Not by SIG_IGN, which every program started from here would inherit.
    for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:
        if number == signal.SIGINT or signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)

    def report(come: int) -> None:
        connection.send((False, come))

    while True:
        try:
            job = connection.recv()
        except EOFError:
            break
        connection.send((True, run(job, report)))
    os._exit(0)
