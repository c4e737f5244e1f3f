"""A machine in QEMU, from its start to its end."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import termios
import time
import tty
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from vmtest.console import Console
from vmtest.errors import HarnessError, MachineError, MachineTimeout
from vmtest.keyboard import key_codes
from vmtest.listener import Listener
from vmtest.log import Log
from vmtest.manifest import Node
from vmtest.monitor import Event, Monitor
from vmtest.polling import PollingCondition
from vmtest.process import Process
from vmtest.qemu import USER_NET, Places, qemu_arguments
from vmtest.shell import Shell
from vmtest.tools import Tools, run_tool
from vmtest.transfers import Transfers
from vmtest.waiting import DEFAULT_TIMEOUT, Deadline, Duration, seconds

T = TypeVar("T")

_START = 60.0  # seconds until QEMU itself must answer
_BOOT = 600.0  # seconds until the guest's shell must answer


class QemuMachine(Transfers):
    """One node of a test. Started by the first command, if not before."""

    def __init__(
        self,
        node: Node,
        *,
        places: Places,
        tools: Tools,
        accelerator: str,
        vlan_socket: Callable[[int], Path],
        out_dir: Path,
        log: Log,
        conditions: Sequence[PollingCondition] = (),
        echo: Callable[[bytes], None] | None = None,
    ) -> None:
        super().__init__(node.name, log)
        self.node = node
        self.places = places
        self.shared_dir = places.shared
        self.out_dir = out_dir
        self._tools = tools
        self._accelerator = accelerator
        self._vlan_socket = vlan_socket
        self._conditions = conditions
        self._echo = echo
        self._process: Process | None = None
        self._console: Console | None = None
        self._shell: Shell | None = None
        self._monitor: Monitor | None = None

    # Starting and ending

    def start(self, allow_reboot: bool = False) -> None:
        """Start QEMU, unless it runs. Without `allow_reboot` a restart of the guest ends it."""
        if self.is_up():
            return
        self._disconnect()
        with self.nested("starting"):
            self._prepare()
            command = self.command(allow_reboot)
            listeners = {n: Listener(self.places.socket(n)) for n in ("qmp", "console", "shell")}
            deadline = Deadline(_START)
            self._process = Process(command, output=self.places.state / "qemu.log")
            try:
                found = {n: li.accept(self._process, deadline) for n, li in listeners.items()}
            except MachineError:
                self._process.end()
                raise
            finally:
                for listener in listeners.values():
                    listener.close()
            try:
                self._attach(found)
            except MachineError as error:
                raise MachineError(f"{self.name}: {error}{self._end()}") from None

    def _attach(self, sockets: Mapping[str, socket.socket]) -> None:
        self._console = Console(
            sockets["console"],
            self.places.state / "console.log",
            on_line=lambda line: self._log.log_serial(self.name, line),
            echo=self._echo,
        )
        self._shell = Shell(sockets["shell"])
        self._monitor = Monitor(sockets["qmp"], self.name)

    def command(self, allow_reboot: bool = False) -> list[str]:
        """The command that starts this machine's QEMU, to be pasted and run again."""
        writable = [self.places.state, self.places.run, self.places.shared]
        writable += [self._vlan_socket(vlan).parent for vlan in self.node.vlans]
        writable += [Path(s.source) for s in self.node.shared_directories]
        arguments = qemu_arguments(
            self.node,
            self.places,
            accelerator=self._accelerator,
            seen=self._tools.seen,
            vlan_socket=self._vlan_socket,
            allow_reboot=allow_reboot,
        )
        return self._tools.command(arguments, writable=list(dict.fromkeys(writable)))

    def _prepare(self) -> None:
        """Make the disks that do not exist yet; the image itself is never written to."""
        for folder in (self.places.state, self.places.run, self.places.shared):
            folder.mkdir(parents=True, exist_ok=True)
        node = self.node
        if node.image is not None or node.disk_size is not None:
            self._make_overlay(self.places.disk, node.image, node.disk_size)
        if node.boot == "firmware" and node.hardware.firmware == "uefi":
            self._make_overlay(self.places.firmware_vars, node.hardware.uefi_vars, None, tool=True)
        if node.usb is not None:
            self._make_overlay(self.places.stick, node.usb, None)
        for index, size in enumerate(node.empty_disks):
            path = self.places.empty_disk(index)
            if not path.exists():
                with path.open("wb") as file:
                    file.truncate(size << 20)

    def _make_overlay(
        self, path: Path, base: str | None, size: int | None, *, tool: bool = False
    ) -> None:
        if path.exists():
            return
        argv = ["qemu-img", "create", "-q", "-f", "qcow2"]
        if base is not None:
            argv += ["-F", "raw", "-b", base if tool else self._tools.seen(base)]
        argv.append(str(path))
        if size is not None:
            argv.append(f"{size}M")
        run_tool(self._tools, argv, writable=[path.parent])

    def is_up(self) -> bool:
        """Whether QEMU runs."""
        return self._process is not None and self._process.running

    def connect(self, timeout: Duration = _BOOT) -> None:
        """Wait until the guest's root shell answers; starts the machine if need be."""
        self.start()
        shell = self._need(self._shell)
        if shell.connected:
            return
        with self.nested("waiting for the VM to finish booting"):
            start = time.monotonic()
            try:
                shell.wait_ready(Deadline(timeout))
            except MachineError as error:
                raise type(error)(
                    f"{self.name}: the machine did not boot: {error}{self._end()}"
                    f"\n{self.console_tail()}"
                ) from None
            self.log(f"connected to the guest's root shell after {time.monotonic() - start:.2f} s")

    def shutdown(self) -> None:
        """Power the machine off from within and wait for its end."""
        if not self.is_up():
            return
        self.connect()
        self._need(self._shell).send_raw("poweroff\n")
        self.wait_for_shutdown()

    def wait_for_shutdown(self, timeout: Duration = DEFAULT_TIMEOUT) -> None:
        """Wait until the guest has powered off."""
        if self._process is None:
            return
        with self.nested("waiting for the VM to power off"):
            if not self._process.wait(seconds(timeout)):
                raise MachineTimeout(
                    f"{self.name}: the machine did not power off within {seconds(timeout):g} "
                    f"seconds\n{self.console_tail()}"
                )
            self._disconnect()

    def crash(self) -> None:
        """End the machine as a power cut does."""
        if self._process is not None:
            self.log("forced crash")
            self._process.end(grace=2.0)
            self._disconnect()

    def reboot(self) -> None:
        """Press Ctrl+Alt+Delete; needs ``start(allow_reboot=True)``. `connect` waits for it."""
        self.send_key("ctrl-alt-delete")
        self.expect_restart()

    def expect_restart(self) -> None:
        """Forget the shell: the guest restarts, the next command waits for its new one."""
        self._need(self._shell).connected = False

    def release(self) -> None:
        """End QEMU and close everything, whatever state the machine is in."""
        if self._process is not None and self._process.running:
            self._process.end(grace=1.0)
        self._disconnect()

    def _disconnect(self) -> None:
        for part in (self._monitor, self._shell, self._console):
            if part is not None:
                part.close()
        self._monitor = self._shell = None

    # Commands

    def execute(
        self,
        command: str,
        check_return: bool = True,
        check_output: bool = True,
        timeout: Duration | None = DEFAULT_TIMEOUT,
    ) -> tuple[int, str]:
        """See `Commands.execute`; checks the polling conditions first."""
        for condition in list(self._conditions):
            condition.maybe_raise()
        self.connect()
        try:
            return self._need(self._shell).run(
                command,
                timeout=None if timeout is None else seconds(timeout),
                check_return=check_return,
                check_output=check_output,
            )
        except MachineError as error:
            raise type(error)(f"{self.name}: {error}{self._end()}\n{self.console_tail()}") from None

    def _need(self, part: T | None) -> T:
        if part is None:
            raise MachineError(f"{self.name}: the machine is not running{self._end()}")
        return part

    def _end(self) -> str:
        """How QEMU ended, if it did."""
        if self._process is None or not self._process.wait(0.2):
            return ""
        messages = self._process.messages()
        return f"\n  QEMU ended with status {self._process.exit_code}" + (
            f": {messages}" if messages else ""
        )

    # Console

    @property
    def shell_usable(self) -> bool:
        """Whether the guest's shell answers and no command has hung in it."""
        shell = self._shell
        return shell is not None and shell.connected and shell.broken is None

    def console_tail(self) -> str:
        """The console's last lines, for messages."""
        return "  it has no console yet" if self._console is None else self._console.tail()

    def send_console(self, chars: str) -> None:
        """Type on the serial console."""
        self.start()
        self._need(self._console).send(chars)

    def wait_for_console_text(self, regex: str, timeout: Duration | None = None) -> re.Match[str]:
        """Wait for a regular expression in what the console has shown since the last match."""
        self.start()
        with self.nested(f"waiting for '{regex}' to appear on the console"):
            return self._need(self._console).expect(regex, timeout)

    def get_console_log(self) -> str:
        """All that the serial console has shown."""
        return "" if self._console is None else self._console.text()

    def console_interact(self) -> None:
        """Connect your terminal with the serial console; Ctrl-] ends it."""
        console = self._need(self._console)
        print("Ctrl-] leaves the console.", file=sys.stderr)
        descriptor = sys.stdin.fileno()
        saved = termios.tcgetattr(descriptor)
        try:
            tty.setraw(descriptor)
            console.set_echo(_to_stdout)
            while (typed := os.read(descriptor, 1024)) and b"\x1d" not in typed:
                console.send(typed.decode(errors="replace"))
        finally:
            console.set_echo(self._echo)
            termios.tcsetattr(descriptor, termios.TCSADRAIN, saved)

    def shell_interact(self) -> None:
        """Connect your terminal with the root shell; end of input ends it."""
        self.connect()
        print("Lines go to the guest's root shell; Ctrl-D ends.", file=sys.stderr)
        self._need(self._shell).interact(sys.stdin.fileno(), sys.stdout.fileno())

    # Monitor

    @property
    def qmp_client(self) -> Monitor:
        """QEMU's monitor, with ``send(command, args)``."""
        self.start()
        return self._need(self._monitor)

    def send_monitor_command(self, command: str) -> str:
        """A line for QEMU's human monitor."""
        with self.nested(f"sending monitor command: {command}"):
            return self.qmp_client.human(command)

    def wait_for_qmp_event(
        self, event_filter: Callable[[Event], bool], timeout: Duration = 600
    ) -> Event:
        """The first event that the filter accepts; past ones count."""
        return self.qmp_client.wait_for_event(event_filter, timeout)

    def send_key(self, key: str, delay: float | None = 0.01, log: bool = True) -> None:
        """Press keys together: ``"a"``, ``"ret"``, ``"ctrl-alt-delete"``."""
        if log:
            self.log(f"sending key '{key}'")
        keys = [{"type": "qcode", "data": code} for code in key_codes(key)]
        self.qmp_client.send("send-key", {"keys": keys})
        time.sleep(delay or 0)

    def send_chars(self, chars: str, delay: float | None = 0.01) -> None:
        """Type text on the keyboard."""
        with self.nested(f"sending keys {chars!r}"):
            for char in chars:
                self.send_key(char, delay, log=False)

    def screenshot(self, filename: str) -> None:
        """Save the screen as PNG: into the test's output unless `filename` has a folder."""
        name = filename if filename.endswith(".png") else f"{filename}.png"
        target = Path(name) if "/" in name else self.out_dir / name
        with self.nested(f"making screenshot {target}"):
            made = self.places.state / "screen.png"
            self.qmp_client.send("screendump", {"filename": str(made), "format": "png"})
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(made, target)

    def forward_port(self, host_port: int = 8080, guest_port: int = 80) -> None:
        """Lead a TCP port of the host's loopback to one of the guest."""
        answer = self.send_monitor_command(
            f"hostfwd_add {USER_NET} tcp:127.0.0.1:{host_port}-:{guest_port}"
        )
        if answer.strip():
            raise HarnessError(f"{self.name}: cannot forward port {host_port}: {answer.strip()}")

    def block(self) -> None:
        """Cut the machine off the test's networks."""
        self._set_links(False)

    def unblock(self) -> None:
        """Undo `block`."""
        self._set_links(True)

    def _set_links(self, up: bool) -> None:
        for vlan in self.node.vlans:
            self.qmp_client.send("set_link", {"name": f"vlan{vlan}", "up": up})


def _to_stdout(data: bytes) -> None:
    os.write(1, data)
