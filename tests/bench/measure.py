"""Running a command as a whole process and taking its measure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# A process inherits the peak memory of the one that starts it, so a small one does. It
# adopts what its child leaves behind (bubblewrap does not wait for its inner half).
_STARTER = """
import ctypes, json, os, sys, time
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
start = time.monotonic()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
told = {"wall": time.monotonic() - start, "status": os.waitstatus_to_exitcode(status)}
usages = [usage]
try:
    while True:
        usages.append(os.wait4(-1, 0)[2])
except ChildProcessError:
    pass
told["cpu"] = sum(usage.ru_utime + usage.ru_stime for usage in usages)
told["peak"] = max(usage.ru_maxrss for usage in usages) / 1024
with open(sys.argv[1], "w") as report:
    json.dump(told, report)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a process and all that it started took.

    `wall` and `cpu` are seconds, `peak` is the largest resident size of any one
    of them in MiB.
    """

    out: str
    wall: float
    cpu: float
    peak: float


def measured(
    command: Sequence[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Measured:
    """Run `command` to its end. Raises `CalledProcessError` when it fails."""
    with tempfile.TemporaryDirectory(prefix="neve-measure-") as folder:
        report = Path(folder) / "report"
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _STARTER, str(report), *command],
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            check=True,
        )
        told = json.loads(report.read_text())
    if told["status"] != 0:
        raise subprocess.CalledProcessError(told["status"], command, done.stdout, done.stderr)
    return Measured(out=done.stdout, wall=told["wall"], cpu=told["cpu"], peak=told["peak"])


def report(what: str, value: str, promise: str) -> None:
    """One line of a table."""
    print(f"{what:<55} {value:<34} {promise and f'(promised: {promise})'}", flush=True)
