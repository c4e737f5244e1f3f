"""A builder's program under watch: its log is kept, its time and its words are limited."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Collection, Sequence
from typing import BinaryIO

from builder.realise.errors import BuildError
from builder.realise.limits import Limits

_PIECE = 1 << 16  # bytes


def run_watched(
    argv: Sequence[str], log: BinaryIO, limits: Limits, *, handles: Collection[int] = ()
) -> int:
    """Run a program, its messages into `log`, and return how it ended.

    `handles` stay open for it. Raises BuildError when it goes over a limit;
    it has been killed then.
    """
    with subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=tuple(handles),
    ) as process:
        assert process.stdout is not None
        try:
            _listen(process, process.stdout.fileno(), log, limits)
            return process.returncode
        except BaseException:
            process.kill()
            raise


def _listen(process: subprocess.Popen[bytes], pipe: int, log: BinaryIO, limits: Limits) -> None:
    begun = heard = time.monotonic()
    size = 0
    is_open = True
    while True:
        now = time.monotonic()
        ends = [
            since + limit
            for since, limit in ((begun, limits.timeout), (heard, limits.max_silent))
            if limit is not None
        ]
        left = max(0.0, min(ends) - now) if ends else None
        if limits.timeout is not None and now >= begun + limits.timeout:
            raise BuildError(
                f"it took longer than {limits.timeout:g} seconds", hint="see --timeout"
            )
        if limits.max_silent is not None and now >= heard + limits.max_silent:
            raise BuildError(
                f"it said nothing for {limits.max_silent:g} seconds", hint="see --max-silent-time"
            )
        if not is_open:
            try:
                process.wait(timeout=left)
                return
            except subprocess.TimeoutExpired:
                continue
        if not select.select([pipe], [], [], left)[0]:
            continue
        data = os.read(pipe, _PIECE)
        if not data:
            is_open = False
            continue
        heard = time.monotonic()
        size += len(data)
        if limits.max_log is not None and size > limits.max_log:
            log.write(data[: len(data) - (size - limits.max_log)])
            raise BuildError(f"its log grew over {limits.max_log} bytes", hint="see --max-log-size")
        log.write(data)
