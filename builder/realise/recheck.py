"""Building again what is there, in another environment: the bytes must be the same.

The second build runs with one core, in another time zone, locale, umask and
home, at another time, and finds every folder's entries in the opposite order.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.realise.errors import BuildError
from builder.realise.job import Done, Failed, Job
from builder.realise.settings import Settings
from builder.realise.tree_difference import Difference, tree_differences
from builder.realise.worker import died, run
from builder.store.canonical import remove_tree
from builder.store.derivation import Derivation
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.workers import Workers

_ENVIRONMENT = {"TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "HOME": "/nowhere"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A derivation that was built again; without `differences` it gave the same bytes."""

    drv: StorePath
    differences: Mapping[str, tuple[Difference, ...]]  # by output


def recheck(
    store: LocalStore,
    drvs: Iterable[StorePath],
    settings: Settings,
    lookup: Callable[[StorePath], Derivation],
) -> Iterator[Checked]:
    """Build each of `drvs`, whose outputs and inputs must be valid, again, and compare.

    Raises BuildError when one does not build any more, InvalidPath when an
    output or an input is missing. Nothing in the store changes.
    """
    waiting = list(dict.fromkeys(drvs))
    waiting.reverse()
    workers = Workers(_run_elsewhere, died)
    settings = replace(settings, cores=1)
    running = 0
    try:
        with store.adding(), store.scratch() as folder:
            while waiting or running:
                while waiting and running < settings.jobs:
                    workers.submit(_job(store, waiting.pop(), folder, settings, lookup))
                    running += 1
                for job, result in workers.results(None):
                    running -= 1
                    if isinstance(result, Failed):
                        raise BuildError(result.message, hint=result.hint)
                    yield _compared(store, job, result)
                    remove_tree(job.folder)
    finally:
        workers.close()


def with_inputs(
    drvs: Iterable[StorePath], lookup: Callable[[StorePath], Derivation]
) -> list[StorePath]:
    """`drvs` and all that they are made from, without what is fetched by its hash."""
    found: dict[StorePath, None] = {}
    waiting = list(drvs)
    while waiting:
        drv = waiting.pop()
        if drv not in found and not lookup(drv).is_fixed:
            found[drv] = None
            waiting += sorted(lookup(drv).input_drvs)
    return sorted(found)


def direct_inputs(
    drvs: Iterable[StorePath], lookup: Callable[[StorePath], Derivation]
) -> dict[StorePath, frozenset[str]]:
    """The derivations that `drvs` are made from at once, and which of their outputs."""
    found: dict[StorePath, set[str]] = {}
    for drv in drvs:
        for other, names in lookup(drv).input_drvs.items():
            found.setdefault(other, set()).update(names)
    return {drv: frozenset(names) for drv, names in sorted(found.items())}


def _job(
    store: LocalStore,
    drv: StorePath,
    folder: Path,
    settings: Settings,
    lookup: Callable[[StorePath], Derivation],
) -> Job:
    derivation = lookup(drv)
    for path in derivation.output_paths().values():
        store.query(path)
    inputs = set(derivation.input_srcs)
    for other, names in derivation.input_drvs.items():
        outputs = lookup(other).output_paths()
        inputs.update(outputs[name] for name in names)
    place = folder / drv.digest
    place.mkdir()
    return Job(
        root=store.root,
        drv=drv,
        derivation=derivation,
        inputs=tuple(info.path for info in store.closure(inputs)),
        folder=place,
        settings=settings,
    )


def _compared(store: LocalStore, job: Job, result: Done) -> Checked:
    differences = {}
    for output, path in sorted(job.derivation.output_paths().items()):
        if result.outputs[output].nar_hash != store.query(path).nar_hash:
            differences[output] = tuple(
                tree_differences(store.real_path(path), job.product(output))
            )
    return Checked(drv=job.drv, differences=differences)


def _run_elsewhere(job: Job, report: Callable[[int], None]) -> Done | Failed:
    """In a process of its own, which is not used for anything else."""
    os.environ.update(_ENVIRONMENT)
    time.tzset()
    os.umask(0o077)
    _turn_folders_round()
    return run(job, report)


def _turn_folders_round() -> None:
    """A file system promises no order: here is another one."""
    if getattr(os.listdir, "turned", False):
        return
    listdir, scandir = os.listdir, os.scandir

    def turned_listdir(*words: Any) -> list[Any]:
        return sorted(listdir(*words), reverse=True)

    class TurnedScan:
        def __init__(self, *words: Any) -> None:
            with scandir(*words) as entries:
                self._entries = iter(sorted(entries, key=lambda e: e.name, reverse=True))

        def __iter__(self) -> Iterator[Any]:
            return self._entries

        def __next__(self) -> Any:
            return next(self._entries)

        def __enter__(self) -> TurnedScan:
            return self

        def __exit__(self, *words: object) -> None:
            self.close()

        def close(self) -> None:
            self._entries = iter(())

    turned_listdir.turned = True  # type: ignore[attr-defined]
    os.listdir = turned_listdir  # type: ignore[assignment]
    os.scandir = TurnedScan  # type: ignore[assignment]
