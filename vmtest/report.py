"""What a failed test shows, and the table at the end."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from vmtest.driver import Driver, Subtest
from vmtest.errors import HarnessError, MachineError
from vmtest.machine import QemuMachine


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One test's result; `duration` is in seconds."""

    name: str
    passed: bool
    duration: float
    reason: str = ""
    subtests: tuple[Subtest, ...] = ()


def failure_report(driver: Driver, *, rerun: Sequence[str]) -> str:
    """Each machine's console, screenshot and failed units, and how to run the test by hand."""
    parts = [_machine_report(machine) for machine in driver.machines]
    parts.append(f"logs and screenshots: {driver.out_dir}")
    parts.append(f"run it again by hand: {shlex.join(rerun)}")
    return "\n".join(parts)


def _machine_report(machine: QemuMachine) -> str:
    lines = [f"machine {machine.name}: {'running' if machine.is_up() else 'not running'}"]
    lines.append(machine.console_tail())
    if not machine.is_up():
        return "\n".join(lines)
    try:
        machine.screenshot(f"{machine.name}-failure")
        lines.append(f"  screenshot: {machine.out_dir / f'{machine.name}-failure.png'}")
    except (MachineError, HarnessError, OSError) as error:
        lines.append(f"  no screenshot: {error}")
    if machine.shell_usable:
        try:
            lines += [f"  {line}" for line in machine.failed_units_report().splitlines()]
        except MachineError as error:
            lines.append(f"  the failed units cannot be asked for: {str(error).splitlines()[0]}")
    return "\n".join(lines)


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """Lines: test, result, time, subtests, and why it failed."""
    rows = [("test", "result", "time", "subtests", "")]
    for outcome in outcomes:
        passed = sum(s.passed for s in outcome.subtests)
        rows.append(
            (
                outcome.name,
                "passed" if outcome.passed else "FAILED",
                f"{outcome.duration:.1f} s",
                f"{passed}/{len(outcome.subtests)}" if outcome.subtests else "-",
                outcome.reason,
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return [
        "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[4]]).rstrip()
        for row in rows
    ]
