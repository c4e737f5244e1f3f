"""Builds one derivation, in a process of its own."""

from __future__ import annotations

import errno
import os
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace

from builder.realise import logs
from builder.realise.builtin import BUILTINS, BuildContext, PathFacts, find_builtin
from builder.realise.devices import own_devices
from builder.realise.environment import BUILD_TOP, attributes, prepare, write_etc
from builder.realise.errors import BuildError
from builder.realise.job import Done, Failed, Job
from builder.realise.placeholders import filled
from builder.realise.references_graph import ReferencesGraph
from builder.realise.room import NoRoom
from builder.realise.sandbox import Bind, Sandbox
from builder.realise.shown_log import Log, ShownLog
from builder.realise.tool_runner import SandboxRunner
from builder.realise.watched import run_watched
from builder.store.canonical import canonicalise, remove_tree
from builder.store.errors import FormatError
from builder.store.hashes import Hash, hash_file
from builder.store.local import LocalStore, copy_tree
from builder.store.nar import hash_path
from builder.store.paths import StorePath
from builder.store.seal import Sealed, seal

_PREFIX = "builtin:"
_MOST_WORDS = 8900  # of bubblewrap's command line; it takes 9000


def run(job: Job, report: Callable[[int], None]) -> Done | Failed:
    """Build; never raises for what the derivation does wrong.

    `report` is told now and then how many bytes have been downloaded.
    """
    start = time.monotonic()
    os.umask(0o022)
    with LocalStore(job.root).opened() as store:
        log_file = store.log_file(job.drv)
        log_file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with log_file.open("wb", buffering=0) as file, _shown(job, file) as log:
                _build(job, store, log, report)
            outputs = _seal_outputs(job)
            logs.compress(log_file)
            return Done(outputs=outputs, seconds=time.monotonic() - start)
        except Exception as caught:
            is_full = isinstance(caught, OSError) and caught.errno == errno.ENOSPC
            error = NoRoom.left_on(store.root) if is_full else caught
            if isinstance(error, NoRoom):
                logs.shorten(log_file)
            # An error of ours tells all; another one is a fault of the builder.
            known = type(error).__module__.startswith("builder.")
            if not known:
                # The disk may be full, which must not hide that it is.
                with suppress(OSError), log_file.open("a") as text:
                    text.write("".join(traceback.format_exception(error)))
            reason = str(error) if known else f"{type(error).__name__}: {error}"
            return Failed(
                message=logs.message(job, reason, log_file), hint=getattr(error, "hint", None)
            )


def died(job: Job, how: str) -> Failed:
    """What becomes of a job whose process came to an end before it."""
    return Failed(
        message=f"the process that built '{job.drv}' {how}",
        hint="if memory ran out, build fewer at a time (-j 1)",
    )


@contextmanager
def _shown(job: Job, file: Log) -> Iterator[Log]:
    """The log, shown as it grows if the settings say so."""
    if not job.settings.shows_logs:
        yield file
        return
    with closing(ShownLog(file, job.drv.name.removesuffix(".drv"))) as log:
        yield log


def _build(job: Job, store: LocalStore, log: Log, report: Callable[[int], None]) -> None:
    job.products.mkdir()
    job = replace(job, derivation=filled(job.derivation))
    builder = job.derivation.builder
    if builder.startswith(_PREFIX):
        _run_builtin(job, store, builder[len(_PREFIX) :], log, report)
    else:
        _run_sandboxed(job, store, log)


def _run_builtin(
    job: Job, store: LocalStore, name: str, log: Log, report: Callable[[int], None]
) -> None:
    if name not in BUILTINS:
        raise BuildError(
            f"there is no builder 'builtin:{name}'; there are {', '.join(sorted(BUILTINS))}"
        )

    def say(text: str) -> None:
        log.write(f"{text}\n".encode("utf-8", "replace"))

    def closure(paths: Sequence[str]) -> Sequence[PathFacts]:
        return [
            PathFacts(
                path=info.path,
                nar_hash=str(info.nar_hash),
                nar_size=info.nar_size,
                references=info.references,
                deriver=info.deriver,
            )
            for info in store.closure(StorePath.parse(path) for path in paths)
        ]

    scratch = job.folder / "scratch"
    scratch.mkdir()
    context = BuildContext(
        derivation=job.derivation,
        env=job.derivation.env,
        outputs={output: job.product(output) for output in job.derivation.outputs},
        scratch=scratch,
        jobs=job.settings.cores,
        mirrors=job.settings.mirrors,
        log=say,
        report=report,
        real=store.real,
        closure=closure,
        run=SandboxRunner(store, job.settings.bubblewrap, job.folder, say),
    )
    find_builtin(name)(context)


def _run_sandboxed(job: Job, store: LocalStore, log: Log) -> None:
    derivation, settings = job.derivation, job.settings
    if derivation.system != settings.system:
        raise BuildError(
            f"it must be built on '{derivation.system}', this machine is '{settings.system}'"
        )
    if settings.bubblewrap is None:
        raise BuildError(
            "there is no bubblewrap that works",
            hint="install bubblewrap, or enable unprivileged user namespaces",
        )
    top = job.folder / "build"
    top.mkdir()
    graph = ReferencesGraph(store, job.inputs)
    env = prepare(derivation, top, settings.cores, graph)
    write_etc(job.folder / "etc", network=derivation.is_fixed)
    tools = attributes(derivation).get("__tools")
    binds = [
        Bind(source=job.folder / "etc", target="/etc"),
        Bind(source=top, target=BUILD_TOP, writable=True),
        Bind(source=job.products, target="/nix/store", writable=True),
        *own_devices(job.folder / "dev"),
    ]
    links: list[tuple[str, str]] = []
    for path in job.inputs:
        real = store.real_path(path)
        if real.is_symlink():
            links.append((str(real.readlink()), str(path)))
        else:
            binds.append(Bind(source=real, target=str(path)))
    sandbox = Sandbox(
        bwrap=settings.bubblewrap,
        usr=store.real(str(tools)) if tools else None,
        binds=tuple(binds),
        links=tuple(links),
        network=derivation.is_fixed,
        env=env,
        cwd=BUILD_TOP,
    )
    command = [derivation.builder, *derivation.args]
    if len(sandbox.argv(command)) > _MOST_WORDS:
        raise BuildError(
            f"it needs {len(job.inputs)} store paths, more than bubblewrap can show to a build",
            hint="let it depend on fewer, for example on one path that gathers them",
        )
    run_watched(sandbox, command, log, settings.limits, job.folder)
    if derivation.is_fixed:
        _part_from_others(job)


def _part_from_others(job: Job) -> None:
    """Copy what a build with a network made: another one may have been given open files of it,
    and could change them when their hash has been looked at."""
    for output in job.derivation.outputs:
        product = job.product(output)
        if product.is_symlink() or not product.exists():
            continue
        aside = job.folder / f"copy-{output}"
        canonicalise(product)
        copy_tree(product, aside)
        remove_tree(product)
        aside.rename(product)


def _seal_outputs(job: Job) -> dict[str, Sealed]:
    paths = job.derivation.output_paths()
    candidates = {*job.inputs, *paths.values()}
    sealed: dict[str, Sealed] = {}
    for output in sorted(paths):
        product = job.product(output)
        if not product.exists() and not product.is_symlink():
            raise BuildError(f"it failed to produce the output '{output}' at '{paths[output]}'")
        content = job.derivation.outputs[output].content
        if content is not None:
            _check_content(job, output, content)
        try:
            sealed[output] = seal(product, candidates if content is None else ())
        except FormatError as error:
            raise BuildError(f"output '{output}': {error}") from None
    return sealed


def _check_content(job: Job, output: str, wanted: Hash) -> None:
    product = job.product(output)
    if job.derivation.outputs[output].recursive:
        canonicalise(product)
        got, _ = hash_path(product, algo=wanted.algo)
    else:
        if not product.is_file() or product.is_symlink():
            raise BuildError(
                f"output '{output}' should be a regular file, for its hash is that of its bytes"
            )
        if product.stat().st_mode & 0o111:
            raise BuildError(f"output '{output}' must not be executable, for its hash is flat")
        got = hash_file(wanted.algo, product)
    if got != wanted:
        raise BuildError(
            f"hash mismatch in a fixed output:\n  wanted: {wanted.sri}\n  got:    {got.sri}",
            hint="if the new content is what you want, write the new hash into the expression",
        )
