"""A builder's program under watch: its log is kept; its time, words and room are limited."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from math import ceil
from pathlib import Path

from builder.realise import room
from builder.realise.errors import BuildError
from builder.realise.limits import Limits
from builder.realise.namespace import Namespace
from builder.realise.room import Room
from builder.realise.sandbox import Sandbox
from builder.realise.seccomp import open_program
from builder.realise.shown_log import Log

_PIECE = 1 << 16  # bytes
_LAST = 1 << 12  # bytes of the log that may tell why a program failed


def run_watched(
    sandbox: Sandbox, command: Sequence[str], log: Log, limits: Limits, folder: Path
) -> None:
    """Run a program, its messages into `log`, until none of its processes is left.

    `folder` is on the disk that it fills. Raises BuildError when the program
    fails or goes over a limit; it has been killed then.
    """
    seccomp = open_program()
    try:
        with closing(Namespace()) as namespace:
            argv = replace(sandbox, seccomp=seccomp, info=namespace.info).argv(command)
            handles = [namespace.info, *([] if seccomp is None else [seccomp])]
            watch = _Watch(log, limits, Room(folder, limits.keep_free))
            code = _run(argv, handles, namespace, watch)
    finally:
        if seccomp is not None:
            os.close(seccomp)
    if code:
        raise BuildError(_how(code), hint=room.hint_for(folder, watch.last))


def _run(argv: Sequence[str], handles: Sequence[int], namespace: Namespace, watch: _Watch) -> int:
    with subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,  # empty; an open /dev/null's mode could be changed by its owner
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=handles,
        process_group=0,  # Ctrl-C is for us; what ends us ends it
    ) as process:
        try:
            assert process.stdin is not None
            process.stdin.close()
            namespace.begun()
            watch.listen(process)
            return process.returncode
        except BaseException:
            process.kill()
            namespace.kill()
            raise
        finally:
            process.wait()
            namespace.over()


def _how(code: int) -> str:
    """A shell's and bwrap's word for a program that a signal ended is 128 and its number."""
    if 128 < code < 128 + signal.NSIG and (name := signal.strsignal(code - 128)):
        return f"exit code {code}, as after signal {code - 128} ({name})"
    return f"exit code {code}"


class _Watch:
    def __init__(self, log: Log, limits: Limits, room: Room) -> None:
        self.log = log
        self.limits = limits
        self.room = room
        self.size = 0
        self.last = b""

    def listen(self, process: subprocess.Popen[bytes]) -> None:
        """Until the process has ended."""
        assert process.stdout is not None
        pipe = process.stdout.fileno()
        readable = select.poll()
        readable.register(pipe, select.POLLIN)
        begun = heard = time.monotonic()
        is_open = True
        while True:
            left = self.check(begun, heard)
            if not is_open:
                try:
                    process.wait(timeout=left)
                    return
                except subprocess.TimeoutExpired:
                    continue
            if not readable.poll(ceil(left * 1000)):
                continue
            if data := os.read(pipe, _PIECE):
                heard = time.monotonic()
                self.keep(data)
            else:
                is_open = False

    def check(self, begun: float, heard: float) -> float:
        """Seconds until the next look; raises BuildError when it took too much."""
        now = time.monotonic()
        left = room.PERIOD
        for since, limit, what, option in (
            (begun, self.limits.timeout, "it took longer than", "--timeout"),
            (heard, self.limits.max_silent, "it said nothing for", "--max-silent-time"),
        ):
            if limit is None:
                continue
            if now >= since + limit:
                raise BuildError(f"{what} {limit:g} seconds", hint=f"see {option}")
            left = min(left, since + limit - now)
        self.room.check()
        return left

    def keep(self, data: bytes) -> None:
        """Write what the program said, as far as it may."""
        self.size += len(data)
        self.last = (self.last + data)[-_LAST:]
        most = self.limits.max_log
        if most is not None and self.size > most:
            self.log.write(data[: len(data) - (self.size - most)])
            raise BuildError(f"its log grew over {most} bytes", hint="see --max-log-size")
        self.log.write(data)
