"""Running programs without the weight of `subprocess`, which costs time at every boot."""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def run(argv: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Run a program, found on PATH, and wait; its exit code, negative for a signal.

    Raises OSError when it cannot be started.
    """
    environment = os.environ if env is None else env
    # Python ignores it, and a shell would inherit that.
    usual = [signal.SIGPIPE]
    pid = os.posix_spawnp(argv[0], list(argv), environment, setsigdef=usual)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)
