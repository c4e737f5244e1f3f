"""Runs one test: its machines, its networks, its script."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
import threading
import time
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from vmtest.accel import choose_accelerator
from vmtest.errors import GlobalTimeout, MachineTimeout
from vmtest.log import Log
from vmtest.machine import QemuMachine
from vmtest.manifest import Manifest, Node
from vmtest.polling import PollingCondition
from vmtest.qemu import Places
from vmtest.tools import find_tools
from vmtest.vlan import Vlan
from vmtest.waiting import Duration, retry


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtest:
    """A named part of the script that has ended. `duration` is in seconds."""

    name: str
    passed: bool
    duration: float


def pythonised(name: str) -> str:
    """A node's name as a Python name: ``web-1`` becomes ``web_1``."""
    return re.sub(r"[^A-Za-z0-9_]", "_", re.sub(r"^[^A-Za-z_]", "_", name))


class Driver:
    """A context manager; machines end with it.

    `real` turns a logical store path into a physical one. Logs, screenshots
    and copied files go to `out_dir`; the machines' disks too when
    `keep_machine_state` is set, else they vanish. `bwrap` is the argv prefix
    that runs bubblewrap, the host's by default. `echo` gets the bytes of all
    serial consoles.
    """

    def __init__(
        self,
        manifest: Manifest,
        real: Callable[[str], Path],
        *,
        out_dir: Path,
        keep_machine_state: bool = False,
        log: Log | None = None,
        echo: Callable[[bytes], None] | None = None,
        bwrap: tuple[str, ...] | None = None,
    ) -> None:
        self.manifest = manifest
        self.out_dir = out_dir
        self.log = log or Log()
        self.subtests: list[Subtest] = []
        self._conditions: list[PollingCondition] = []
        self._real = real
        self._keep = keep_machine_state
        self._echo = echo
        out_dir.mkdir(parents=True, exist_ok=True)
        # Sockets need short paths, which the output folder does not promise.
        self._run = Path(tempfile.mkdtemp(prefix="vm-"))
        self._tools = find_tools(manifest.tools, real, bwrap)
        self.vlans: list[Vlan] = []
        self.machines: list[QemuMachine] = []
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def _build(self) -> None:
        numbers = sorted({vlan for node in self.manifest.nodes for vlan in node.vlans})
        folder = self._run / "net"
        folder.mkdir()
        self.vlans += [Vlan(number, folder / f"vlan{number}") for number in numbers]
        self.machines += [self._machine(node) for node in self.manifest.nodes]

    def _machine(self, node: Node) -> QemuMachine:
        base = self.out_dir if self._keep else self._run
        return QemuMachine(
            node,
            places=Places(
                state=(base / f"vm-state-{node.name}").absolute(),
                run=self._run / f"n{node.number}",
                shared=self._run / "shared",
            ),
            tools=self._tools,
            accelerator=choose_accelerator(self._tools, node.hardware.arch),
            vlan_socket=lambda number: self._run / "net" / f"vlan{number}",
            out_dir=self.out_dir,
            log=self.log,
            conditions=self._conditions,
            echo=self._echo,
        )

    def __enter__(self) -> Driver:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all machines, keep their consoles' logs, remove the rest."""
        for machine in self.machines:
            machine.release()
            for name in ("console.log", "qemu.log"):
                source = machine.places.state / name
                if source.exists() and not self._keep:
                    shutil.copyfile(source, self.out_dir / f"{machine.name}-{name}")
        for vlan in self.vlans:
            vlan.close()
        self.vlans = []
        shutil.rmtree(self._run, ignore_errors=True)

    def _end_machines(self) -> None:
        for machine in self.machines:
            machine.release()

    # What test scripts see

    def test_symbols(self) -> dict[str, Any]:
        """The global names of a test script."""
        symbols: dict[str, Any] = {
            "start_all": self.start_all,
            "join_all": self.join_all,
            "run_tests": self.run_tests,
            "test_script": self.test_script,
            "serial_stdout_on": lambda: setattr(self.log, "serial", True),
            "serial_stdout_off": lambda: setattr(self.log, "serial", False),
            "subtest": self.subtest,
            "retry": retry,
            "polling_condition": self.polling_condition,
            "machines": self.machines,
            "vlans": self.vlans,
            "driver": self,
            "log": self.log,
            "os": os,
            "t": unittest.TestCase(),
        }
        for machine in self.machines:
            symbols[pythonised(machine.name)] = machine
        if len(self.machines) == 1:
            symbols["machine"] = self.machines[0]
        for vlan in self.vlans:
            symbols[f"vlan{vlan.nr}"] = vlan
        return symbols

    def start_all(self) -> None:
        """Start all machines; they boot at the same time."""
        with self.log.nested("start all VMs"):
            for machine in self.machines:
                machine.start()

    def join_all(self) -> None:
        """Wait until all machines have powered off."""
        with self.log.nested("wait for all VMs to finish"):
            for machine in self.machines:
                machine.wait_for_shutdown()

    def test_script(self) -> None:
        """Run the test script."""
        with self.log.nested("run the VM test script"):
            code = compile(
                self.manifest.test_script, f"<test script of {self.manifest.name}>", "exec"
            )
            exec(code, self.test_symbols())

    def run_tests(self) -> None:
        """Run the test script under the test's own deadline."""
        with self._global_deadline():
            self.test_script()
            if self._keep:
                for machine in self.machines:
                    if machine.is_up() and machine.shell_usable:
                        machine.execute("sync", timeout=60)

    @contextmanager
    def subtest(self, name: str) -> Iterator[None]:
        """A named part of the script; reports show each."""
        start = time.monotonic()
        passed = False
        with self.log.nested(f"subtest: {name}"):
            try:
                yield
                passed = True
            finally:
                took = time.monotonic() - start
                self.subtests.append(Subtest(name=name, passed=passed, duration=took))

    def polling_condition(
        self,
        fun_: Callable[[], Any] | None = None,
        *,
        seconds_interval: Duration = 2.0,
        description: str | None = None,
    ) -> Any:
        """Decorator: a condition that must hold inside ``with condition:``."""

        def decorate(function: Callable[[], Any]) -> PollingCondition:
            return PollingCondition(
                function,
                self._conditions,
                self.log,
                seconds_interval=seconds_interval,
                description=description,
            )

        return decorate if fun_ is None else decorate(fun_)

    @contextmanager
    def _global_deadline(self) -> Iterator[None]:
        """End the script after the test's time, wherever it is."""
        limit = self.manifest.global_timeout

        def message() -> str:
            doing = self.log.current
            where = f"; it was: {doing}" if doing else ""
            tails = "".join(f"\n  {m.name}:\n{m.console_tail()}" for m in self.machines)
            return f"the test did not end within its {limit:g} seconds{where}{tails}"

        if threading.current_thread() is not threading.main_thread():
            timer = threading.Timer(limit, self._end_machines)
            timer.daemon = True
            timer.start()
            try:
                yield
            finally:
                timer.cancel()
            return

        def fire(number: int, frame: FrameType | None) -> None:
            raise GlobalTimeout(message())

        old = signal.signal(signal.SIGALRM, fire)
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            yield
        except GlobalTimeout as error:
            raise MachineTimeout(str(error)) from None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)
