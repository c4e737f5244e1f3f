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

from builder.realise.job import Done, Failed, Job
from builder.store.paths import StorePath

_FORK = multiprocessing.get_context("fork")
_PR_SET_PDEATHSIG = 1


Run = Callable[[Job, Callable[[int], None]], Done | Failed]


@dataclass(slots=True)
class _Worker:
    process: ForkProcess
    connection: Connection
    job: Job | None = None


class Pool:
    """Runs jobs, each in one process at a time; leaves nothing behind when closed.

    `run` is given a function too that it may tell how many bytes it has transferred.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._workers: list[_Worker] = []
        self._bytes: dict[StorePath, int] = {}

    def submit(self, job: Job) -> None:
        """Begin `job`, in an idle process or a new one."""
        idle = next((worker for worker in self._workers if worker.job is None), None)
        worker = idle or self._start()
        worker.job = job
        worker.connection.send(job)

    def so_far(self, drv: StorePath) -> int:
        """How many bytes the job for `drv` has told of."""
        return self._bytes.get(drv, 0)

    def results(self, timeout: float | None) -> list[tuple[Job, Done | Failed]]:
        """Wait for at least one result or what a job tells, or `timeout` seconds."""
        busy = {worker.connection: worker for worker in self._workers if worker.job}
        found: list[tuple[Job, Done | Failed]] = []
        for connection in wait(list(busy), timeout):
            worker = busy[connection]  # type: ignore[index]
            job = worker.job
            assert job is not None
            try:
                told = worker.connection.recv()
            except EOFError:
                self._workers.remove(worker)
                worker.process.join()
                told = _died(job, worker.process.exitcode)
            if isinstance(told, int):
                self._bytes[job.drv] = told
                continue
            worker.job = None
            found.append((job, told))
        return found

    def close(self) -> None:
        """End all processes, also those at work."""
        for worker in self._workers:
            worker.connection.close()
            if worker.job is not None:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()
        self._workers.clear()

    def _start(self) -> _Worker:
        ours, theirs = _FORK.Pipe()
        others = [worker.connection for worker in self._workers]
        process = _FORK.Process(
            target=_serve, args=(self._run, theirs, [ours, *others]), daemon=True
        )
        process.start()
        theirs.close()
        worker = _Worker(process=process, connection=ours)
        self._workers.append(worker)
        return worker


def _died(job: Job, code: int | None) -> Failed:
    if code is not None and code < 0:
        how = f"was killed by signal {-code} ({signal.strsignal(-code)})"
    else:
        how = f"ended with {code}"
    return Failed(
        message=f"the process that built '{job.drv}' {how}",
        hint="if memory ran out, build fewer at a time (-j 1)",
    )


def _serve(run: Run, connection: Connection, others: list[Connection]) -> None:
    """The life of a worker: it ends when its parent closes the connection, or dies."""
    for other in others:
        other.close()
    # The parent decides. Not SIG_IGN, which every program started from here would inherit.
    signal.signal(signal.SIGINT, lambda *_: None)
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    while True:
        try:
            job = connection.recv()
        except EOFError:
            break
        connection.send(run(job, connection.send))
    os._exit(0)
