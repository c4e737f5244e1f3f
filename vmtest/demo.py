"""One machine, shown to the person at the terminal: boot, log in, run, power off."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from vmtest.driver import Driver
from vmtest.errors import MachineError
from vmtest.log import Log
from vmtest.machine import QemuMachine
from vmtest.manifest import Manifest, Node
from vmtest.waiting import Duration

_PROMPT = "neve-demo# "


def demo(
    node: Node,
    real: Callable[[str], Path],
    *,
    tools: str | None,
    login: str = "root",
    password: str | None = None,
    commands: Sequence[str] = (),
    boot_timeout: Duration = 300,
    bwrap: tuple[str, ...] | None = None,
) -> int:
    """Boot `node` with its serial console on standard output, log in there, run `commands`.

    `tools` is the pinned tree with QEMU (see `vmtest.tools`). Returns 0 when
    every command succeeded, else the last failing one's status. Raises
    `MachineError` when the machine does not get as far.
    """
    manifest = Manifest(
        name="demo", global_timeout=1800, test_script="", tools=tools, nodes=(node,)
    )
    log = Log(io.StringIO())  # the console is what is shown
    with (
        tempfile.TemporaryDirectory(prefix="neve-demo-") as folder,
        Driver(
            manifest, real, out_dir=Path(folder), log=log, echo=_to_stdout, bwrap=bwrap
        ) as driver,
    ):
        machine = driver.machines[0]
        machine.start()
        _log_in(machine, login, password, boot_timeout)
        result = 0
        for command in commands:
            result = _run(machine, command) or result
        machine.send_console("poweroff\n")
        machine.wait_for_shutdown(120)
    return result


def _log_in(machine: QemuMachine, login: str, password: str | None, timeout: Duration) -> None:
    machine.wait_for_console_text(r"login: ", timeout)
    machine.send_console(f"{login}\n")
    match = machine.wait_for_console_text(r"Password: |Login incorrect|[#$] ", 60)
    if match[0] == "Password: " and password is not None:
        machine.send_console(f"{password}\n")
        match = machine.wait_for_console_text(r"Login incorrect|[#$] ", 60)
    if match[0] == "Password: ":
        raise MachineError(f"{machine.name}: logging in as {login} needs a password")
    if match[0] == "Login incorrect":
        raise MachineError(f"{machine.name}: cannot log in as {login}\n{machine.console_tail()}")
    # A prompt of our own: what a command prints cannot be mistaken for it.
    # Written in two parts, so that the echo of the line is no match either.
    machine.send_console(f"PS1={_PROMPT[:4]!s}''{_PROMPT[4:-2]!s}'# ' TERM=dumb\n")
    machine.wait_for_console_text(_PROMPT, 60)


def _run(machine: QemuMachine, command: str) -> int:
    machine.send_console(f"{command}; echo sta''tus=$?\n")
    match = machine.wait_for_console_text(r"status=([0-9]+)", 300)
    machine.wait_for_console_text(_PROMPT, 60)
    return int(match[1])


def _to_stdout(data: bytes) -> None:
    sys.stdout.buffer.write(data.replace(b"\x1b[2J", b"").replace(b"\x1bc", b""))
    sys.stdout.buffer.flush()
