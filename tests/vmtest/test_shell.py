"""The shell's protocol, against a real bash on a socket, as the guest runs it."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from vmtest.errors import MachineError, MachineTimeout
from vmtest.shell import Shell
from vmtest.waiting import Deadline

GUEST = (
    'export GUEST=$$; printf "noise\\n"; echo "Spawning backdoor root shell..."; exec bash --norc'
)


@pytest.fixture
def shell() -> Iterator[Shell]:
    ours, theirs = socket.socketpair()
    guest = subprocess.Popen(["bash", "-c", GUEST], stdin=theirs.fileno(), stdout=theirs.fileno())
    theirs.close()
    shell = Shell(ours)
    shell.wait_ready(Deadline(10))
    yield shell
    shell.close()
    guest.wait(10)


def test_output_and_status(shell: Shell) -> None:
    assert shell.run("echo a; echo b >&2; echo 'c d'", timeout=10) == (0, "a\nc d\n")
    assert shell.run("exit 7", timeout=10) == (7, "")
    assert shell.run("false | true", timeout=10)[0] == 1, "pipefail"
    assert shell.run("echo $nothing", timeout=10)[0] != 0, "nounset"
    assert shell.run("cat", timeout=10) == (0, ""), "commands read nothing of ours"
    assert shell.run("printf '\\x1b[1mbold'", timeout=10) == (0, "\x1b[1mbold")
    assert shell.run("true", timeout=10, check_return=False) == (-1, "")
    assert shell.run("echo lost >/dev/null", timeout=10, check_output=False) == (-2, "")
    assert shell.run("seq 100000 | tail -1", timeout=10) == (0, "100000\n")


def test_guest_deadline(shell: Shell) -> None:
    start = time.monotonic()
    assert shell.run("sleep 20", timeout=0.3)[0] == 124
    assert time.monotonic() - start < 5
    assert shell.run("echo on", timeout=10) == (0, "on\n")


def test_host_deadline_breaks_the_shell(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vmtest.shell._GRACE", -0.5)
    with pytest.raises(MachineTimeout, match="for the command 'sleep 2'"):
        shell.run("sleep 2", timeout=1)
    with pytest.raises(MachineError, match="unusable since 'sleep 2' was interrupted"):
        shell.run("true", timeout=1)


def test_guest_that_ends(shell: Shell) -> None:
    with pytest.raises(MachineError, match="the machine ended while waiting for the"):
        shell.run("kill -9 $GUEST", timeout=10)
