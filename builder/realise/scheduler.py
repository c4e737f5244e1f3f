"""Builds derivations in dependency order, independent ones at the same time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from builder.realise.builtin import RUN_NO_PROGRAM
from builder.realise.checks import check_references
from builder.realise.errors import BuildError
from builder.realise.job import Done, Failed, Job
from builder.realise.plan import FETCHERS, Plan, Target, make_plan
from builder.realise.progress import Progress
from builder.realise.settings import Settings
from builder.realise.substitution import substitute
from builder.realise.worker import died, run
from builder.store.cache.substituter import Substituter
from builder.store.canonical import remove_tree
from builder.store.derivation import Derivation
from builder.store.info import PathInfo, fixed_ca
from builder.store.local import LocalStore
from builder.store.locks import FileLock
from builder.store.paths import StorePath
from builder.store.workers import Workers

_RUN_NO_PROGRAM = frozenset(f"builtin:{name}" for name in RUN_NO_PROGRAM)
_DOWNLOADS = 8  # at a time; they wait for the network, not for a core
_SHOWN = 8  # names of what was being built when it had to end
_RETRY = 0.1  # seconds between looks at what another process builds

_Lookup = Callable[[StorePath], Derivation]
Realised = dict[StorePath, dict[str, StorePath]]


class Realiser:
    """Makes outputs of derivations valid in a store."""

    def __init__(
        self,
        store: LocalStore,
        settings: Settings,
        progress: Progress | None = None,
        bubblewrap: Callable[[], tuple[str, ...] | None] | None = None,
        substituter: Callable[[], Substituter | None] | None = None,
    ) -> None:
        """`bubblewrap` finds it if `settings` do not have it and a build may run a program.

        `substituter` is asked for when something is missing.
        """
        self.store = store
        self.settings = settings
        self.progress = progress or Progress()
        self._bubblewrap = bubblewrap
        self._substituter = substituter

    def realise(
        self, targets: Sequence[Target], derivations: Mapping[StorePath, Derivation]
    ) -> Realised:
        """Make the wanted outputs valid and return the paths of all outputs of `targets`.

        `derivations` holds those that are not in the store yet; they are
        written there when something must be built. Raises BuildError for the
        first build that fails; what was finished before stays valid.
        """
        known: dict[StorePath, Derivation] = {}

        def lookup(drv: StorePath) -> Derivation:
            if drv not in known:
                found = derivations.get(drv)
                known[drv] = self.store.read_derivation(drv) if found is None else found
            return known[drv]

        def are_valid(paths: Iterable[StorePath]) -> bool:
            paths = list(paths)
            return len(self.store.database.valid(paths)) == len(paths)

        with self.store.adding():
            plan = make_plan(targets, lookup, are_valid)
            if plan.builds and self._substituter and (caches := self._substituter()):
                substitute(targets, lookup, self.store.database.valid, caches)
                plan = make_plan(targets, lookup, are_valid)
            if plan.builds:
                self._prepare(lookup(drv) for drv in plan.builds)
                self.store.remove_leftovers()
                self.store.add_derivations(_with_inputs(plan.builds, lookup))
                with self.store.scratch() as folder:
                    _Run(self, plan, {drv: lookup(drv) for drv in plan.builds}, folder).run()
            results = {drv: lookup(drv).output_paths() for drv, _ in targets}
            self.store.kept(path for outputs in results.values() for path in outputs.values())
        return results

    def _prepare(self, derivations: Iterable[Derivation]) -> None:
        """Find bubblewrap when it is needed: it may have to be fetched."""
        if self.settings.bubblewrap is None and self._bubblewrap is not None:
            programs = (d for d in derivations if d.builder not in _RUN_NO_PROGRAM)
            if any(True for _ in programs):
                self.settings = replace(self.settings, bubblewrap=self._bubblewrap())


def _with_inputs(drvs: Iterable[StorePath], lookup: _Lookup) -> dict[StorePath, Derivation]:
    """`drvs` and all that they depend on: a ``.drv`` file refers to its inputs' files."""
    found: dict[StorePath, Derivation] = {}
    waiting = list(drvs)
    while waiting:
        drv = waiting.pop()
        if drv not in found:
            found[drv] = lookup(drv)
            waiting.extend(found[drv].input_drvs)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Started:
    job: Job
    locks: tuple[FileLock, ...]


class _Run:
    """One realisation from its plan to its end."""

    def __init__(
        self,
        realiser: Realiser,
        plan: Plan,
        derivations: Mapping[StorePath, Derivation],
        folder: Path,
    ) -> None:
        self.store = realiser.store
        self.settings = realiser.settings
        self.progress = realiser.progress
        self.plan = plan
        self.derivations = derivations
        self.folder = folder
        self.missing = {drv: set(inputs) for drv, inputs in plan.builds.items()}
        self.users: dict[StorePath, list[StorePath]] = {drv: [] for drv in plan.builds}
        for drv, inputs in plan.builds.items():
            for path in inputs:
                self.users[path].append(drv)
        self.ready: dict[bool, list[tuple[int, int, StorePath]]] = {False: [], True: []}
        self.elsewhere: list[StorePath] = []  # another process builds these
        self.running: dict[StorePath, _Started] = {}
        self.workers = Workers(run, died)
        self.failures: list[BuildError] = []
        self.left = len(plan.builds)

    def run(self) -> None:
        self.tell_plan()
        for drv, inputs in sorted(self.missing.items()):
            if not inputs:
                self.make_ready(drv)
        try:
            while self.running or self.elsewhere or any(self.ready.values()):
                self.look_elsewhere()
                self.start_what_fits()
                if self.running or self.elsewhere:
                    timeout = _RETRY if self.elsewhere else self.progress.interval
                    results = self.workers.results(timeout)
                    for job, result in results:
                        self.finish(job, result)
                    if not results:
                        self.progress.tick()
            self.tell_failures()
        except KeyboardInterrupt as stop:
            stop.add_note(self.unfinished())
            raise
        finally:
            self.workers.close()
            for started in self.running.values():
                for lock in started.locks:
                    lock.release()

    def unfinished(self) -> str:
        """What an end before the end leaves."""
        text = f"{self.left} of {len(self.plan.builds)} derivations were not finished"
        if self.running:
            begun = sorted(drv.name.removesuffix(".drv") for drv in self.running)
            more = f" and {len(begun) - _SHOWN} more" if len(begun) > _SHOWN else ""
            text += f", begun were {', '.join(begun[:_SHOWN])}{more}"
        return text

    def tell_plan(self) -> None:
        downloads = [drv for drv in self.plan.builds if self.is_download(drv)]
        size = sum(map(self.size, downloads))
        self.progress.planned(len(self.plan.builds) - len(downloads), len(downloads), size)

    def size(self, drv: StorePath) -> int:
        """The bytes of a download, 0 where they are not known."""
        return int(self.derivations[drv].env.get("size", "0"))

    def is_download(self, drv: StorePath) -> bool:
        return self.derivations[drv].builder in FETCHERS

    def make_ready(self, drv: StorePath) -> None:
        """Longest chains first, then the largest, so that no core waits at the end."""
        derivation = self.derivations[drv]
        if self.is_download(drv):
            size = self.size(drv)
        else:
            size = sum(info.nar_size for info in map(self.store.query, self.inputs(derivation)))
        entry = (-self.plan.height[drv], -size, drv)
        heapq.heappush(self.ready[self.is_download(drv)], entry)

    def inputs(self, derivation: Derivation) -> set[StorePath]:
        """The store paths that the derivation names itself."""
        found = set(derivation.input_srcs)
        for drv, names in derivation.input_drvs.items():
            other = self.derivations.get(drv) or self.store.read_derivation(drv)
            outputs = other.output_paths()
            found.update(outputs[name] for name in names)
        return found

    def start_what_fits(self) -> None:
        for is_download, limit in ((True, _DOWNLOADS), (False, self.settings.jobs)):
            queue = self.ready[is_download]
            busy = sum(self.is_download(drv) == is_download for drv in self.running)
            while queue and busy < limit:
                drv = heapq.heappop(queue)[2]
                if self.start(drv):
                    busy += 1

    def start(self, drv: StorePath) -> bool:
        """Begin to build unless someone else does, or has done."""
        derivation = self.derivations[drv]
        outputs = derivation.output_paths()
        locks: list[FileLock] = []
        for path in sorted(outputs.values()):
            lock = self.store.lock(path)
            if not lock.acquire(wait=False):
                for held in locks:
                    held.release()
                if drv not in self.elsewhere:
                    self.elsewhere.append(drv)
                    self.progress.waiting(drv)
                return False
            locks.append(lock)
        if drv in self.elsewhere:
            self.elsewhere.remove(drv)
        if len(self.store.database.valid(outputs.values())) == len(outputs):
            for lock in locks:
                lock.release()
            self.progress.found(drv, self.size(drv) if self.is_download(drv) else None)
            self.complete(drv)
            return False
        self.store.roots.add_temporary(outputs.values())
        folder = self.folder / drv.digest
        folder.mkdir()
        job = Job(
            root=self.store.root,
            drv=drv,
            derivation=derivation,
            inputs=tuple(info.path for info in self.store.closure(self.inputs(derivation))),
            folder=folder,
            settings=self.settings.for_build(drv),
        )
        self.running[drv] = _Started(job=job, locks=tuple(locks))
        so_far = self.workers.submit(job)
        if self.is_download(drv):
            self.progress.downloading(drv, self.size(drv), so_far)
        else:
            self.progress.started(drv)
        return True

    def look_elsewhere(self) -> None:
        """Go on with what another process has finished, or take it over if that one died."""
        for drv in list(self.elsewhere):
            if len(self.running) < self.settings.jobs + _DOWNLOADS:
                self.start(drv)

    def finish(self, job: Job, result: Done | Failed) -> None:
        if isinstance(result, Failed):
            self.progress.failed(job.drv, result.message)
            error = BuildError(result.message, hint=result.hint)
            if not self.settings.keep_going:
                raise error
            self.failures.append(error)
            self.release(job)
            return
        self.register(job, result)
        self.release(job)
        self.progress.finished(job.drv, result.seconds)
        self.complete(job.drv)

    def release(self, job: Job) -> None:
        """The job has ended: others may write its outputs."""
        for lock in self.running.pop(job.drv).locks:
            lock.release()
        remove_tree(job.folder)

    def register(self, job: Job, result: Done) -> None:
        paths = job.derivation.output_paths()
        references = {output: sealed.references for output, sealed in result.outputs.items()}
        self.check(job, references)
        valid = self.store.database.valid(paths.values())
        infos = []
        for output, sealed in sorted(result.outputs.items()):
            path = paths[output]
            if path in valid:
                continue
            self.store.install(job.product(output), path)
            content = job.derivation.outputs[output].content
            recursive = job.derivation.outputs[output].recursive
            infos.append(
                PathInfo(
                    path=path,
                    nar_hash=sealed.nar_hash,
                    nar_size=sealed.nar_size,
                    references=sealed.references,
                    deriver=job.drv,
                    ca=None if content is None else fixed_ca(content, recursive=recursive),
                    ultimate=True,
                )
            )
        self.store.register(infos)

    def check(self, job: Job, references: Mapping[str, tuple[StorePath, ...]]) -> None:
        """Look at allowedReferences and its kin."""
        own = {path: name for name, path in job.derivation.output_paths().items()}
        closures: dict[str, set[StorePath]] = {}
        for output in references:
            reached: set[StorePath] = set()
            waiting = list(references[output])
            while waiting:
                path = waiting.pop()
                if path not in reached:
                    reached.add(path)
                    waiting += references[own[path]] if path in own else self.store.references(path)
            closures[output] = reached
        try:
            check_references(job.derivation, references, closures)
        except BuildError as error:
            self.progress.failed(job.drv, str(error))
            raise

    def tell_failures(self) -> None:
        """Raises BuildError when something failed while the rest was built."""
        if not self.failures:
            return
        text = "\n".join(str(error) for error in self.failures)
        others = self.left - len(self.failures)
        if others:
            plural = "s that need it were" if others > 1 else " that needs it was"
            text += f"\n{others} other derivation{plural} not built"
        raise BuildError(text, hint=self.failures[0].hint)

    def complete(self, drv: StorePath) -> None:
        self.left -= 1
        for user in self.users[drv]:
            self.missing[user].discard(drv)
            if not self.missing[user]:
                self.make_ready(user)
