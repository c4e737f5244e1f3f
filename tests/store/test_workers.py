"""Worker processes: results, reports, deaths, and that none is left."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from builder.store.workers import Report, Workers


def work(job: tuple[str, int], report: Report) -> str:
    """A job of each kind that matters."""
    kind, number = job
    if kind == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "leave":
        os._exit(number)
    if kind == "sleep":
        report(os.getpid())
        time.sleep(600)
    for come in range(number + 1):
        report(come)
    return f"{number} in {os.getpid()}"


@pytest.fixture
def workers() -> Iterator[Workers[tuple[str, int], str]]:
    made: Workers[tuple[str, int], str] = Workers(work, lambda job, how: f"{job[0]} {how}")
    yield made
    made.close()


def results_of(workers: Workers[tuple[str, int], str], count: int) -> list[str]:
    """So many results, whatever is reported between them."""
    found: list[str] = []
    while len(found) < count:
        found += [result for _, result in workers.results(60)]
    return sorted(found)


def test_jobs_run_beside_each_other_and_processes_are_used_again(
    workers: Workers[tuple[str, int], str],
) -> None:
    used: set[str] = set()
    for _ in range(2):
        so_far = [workers.submit(("count", number)) for number in range(3)]
        told = [result.split(" in ") for result in results_of(workers, 3)]
        assert [number for number, _ in told] == ["0", "1", "2"]
        assert [come() for come in so_far] == [0, 1, 2]
        used.update(process for _, process in told)
    assert len(used) == 3 and str(os.getpid()) not in used


def test_a_process_that_dies_costs_only_its_own_job(
    workers: Workers[tuple[str, int], str],
) -> None:
    for job in (("die", 0), ("leave", 3), ("count", 1)):
        workers.submit(job)
    found = results_of(workers, 3)
    assert found[0].startswith("1 in ")
    assert found[1:] == ["die was killed by signal 9 (Killed)", "leave ended with 3"]
    workers.submit(("count", 2))
    assert results_of(workers, 1)[0].startswith("2 in ")


def test_a_process_that_dies_with_nothing_to_do_costs_nothing(
    workers: Workers[tuple[str, int], str],
) -> None:
    workers.prepare(1)
    assert workers.idle
    workers.submit(("count", 0))
    process = int(results_of(workers, 1)[0].removeprefix("0 in "))
    os.kill(process, signal.SIGKILL)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    workers.submit(("count", 1))
    assert results_of(workers, 1)[0].startswith("1 in ")


def test_other_news_end_the_wait_for_results(workers: Workers[tuple[str, int], str]) -> None:
    workers.submit(("sleep", 0))
    reading, writing = os.pipe()
    os.write(writing, b"!")
    assert workers.results(60, reading) == []
    os.close(reading)
    os.close(writing)


def test_closing_ends_what_is_at_work(workers: Workers[tuple[str, int], str]) -> None:
    process = workers.submit(("sleep", 0))
    while not process():
        assert workers.results(60) == []
    os.kill(process(), 0)
    workers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process(), 0)
