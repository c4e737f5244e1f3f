"""Builds one derivation, in a process of its own."""

from __future__ import annotations

import bz2
import os
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from builder.realise.builtin import BUILTINS, BuildContext, PathFacts, find_builtin
from builder.realise.environment import BUILD_TOP, attributes, prepare, write_etc
from builder.realise.errors import BuildError
from builder.realise.job import Done, Failed, Job
from builder.realise.placeholders import filled
from builder.realise.references_graph import ReferencesGraph
from builder.realise.sandbox import Bind, Sandbox
from builder.realise.seccomp import open_program
from builder.realise.tool_runner import SandboxRunner
from builder.realise.watched import run_watched
from builder.store.canonical import canonicalise
from builder.store.errors import FormatError
from builder.store.hashes import Hash, hash_file
from builder.store.local import LocalStore
from builder.store.nar import hash_path
from builder.store.paths import StorePath
from builder.store.seal import Sealed, seal

_PREFIX = "builtin:"


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
            with log_file.open("wb", buffering=0) as log:
                _build(job, store, log, report)
            outputs = _seal_outputs(job)
            _compress(log_file)
            return Done(outputs=outputs, seconds=time.monotonic() - start)
        except Exception as error:
            # An error of ours tells all; another one is a fault of the builder.
            known = type(error).__module__.startswith("builder.")
            if not known:
                # The disk may be full, which must not hide that it is.
                with suppress(OSError), log_file.open("a") as text:
                    text.write("".join(traceback.format_exception(error)))
            reason = str(error) if known else f"{type(error).__name__}: {error}"
            return Failed(
                message=_message(job, reason, log_file), hint=getattr(error, "hint", None)
            )


def _compress(log_file: Path) -> None:
    """A log that nobody waits for is kept small, as Nix keeps it."""
    data = log_file.read_bytes()
    if data:
        target = log_file.with_name(f"{log_file.name}.bz2")
        aside = target.with_name(f".{target.name}.{os.getpid()}")
        aside.write_bytes(bz2.compress(data))
        aside.rename(target)
        log_file.unlink()


def _message(job: Job, reason: str, log_file: Path) -> str:
    lines = log_file.read_text(errors="replace").splitlines() if log_file.is_file() else []
    last = lines[-job.settings.log_lines :]
    message = f"builder for '{job.drv}' failed: {reason}"
    if last:
        shown = "\n".join(f"  > {line}" for line in last)
        message += f"\nlast {len(last)} log lines:\n{shown}"
        if len(lines) > len(last):
            message += f"\nfor the full log, run: neve log {job.drv}"
    return message


def _build(job: Job, store: LocalStore, log: BinaryIO, report: Callable[[int], None]) -> None:
    job.products.mkdir()
    job = replace(job, derivation=filled(job.derivation))
    builder = job.derivation.builder
    if builder.startswith(_PREFIX):
        _run_builtin(job, store, builder[len(_PREFIX) :], log, report)
    else:
        _run_sandboxed(job, store, log)


def _run_builtin(
    job: Job, store: LocalStore, name: str, log: BinaryIO, report: Callable[[int], None]
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


def _run_sandboxed(job: Job, store: LocalStore, log: BinaryIO) -> None:
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
    seccomp = open_program()
    try:
        argv = replace(sandbox, seccomp=seccomp).argv([derivation.builder, *derivation.args])
        handles = () if seccomp is None else (seccomp,)
        code = run_watched(argv, log, settings.limits, handles=handles)
    finally:
        if seccomp is not None:
            os.close(seccomp)
    if code:
        raise BuildError(f"exit code {code}")


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
