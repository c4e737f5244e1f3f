"""The running systemd."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActiveUnit:
    """A unit that systemd has loaded and that is not inactive."""

    name: str
    state: str  # active, activating, reloading, deactivating, failed


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Call systemctl; its output is kept."""
    return subprocess.run(["systemctl", *arguments], capture_output=True, text=True, check=False)


def loaded_units() -> list[ActiveUnit]:
    """All units that are not inactive."""
    listed = run("list-units", "--all", "--plain", "--no-legend", "--full", "--no-pager")
    units = []
    for line in listed.stdout.splitlines():
        words = line.split(None, 4)
        if len(words) >= 4 and words[2] != "inactive":
            units.append(ActiveUnit(words[0], words[2]))
    return units


def act(verb: str, units: Iterable[str]) -> bool:
    """``systemctl VERB`` on all units at once; whether it worked for all."""
    names = sorted(units)
    if not names:
        return True
    return run(verb, "--", *names).returncode == 0


def properties(unit: str, names: Sequence[str]) -> dict[str, str]:
    """Properties of a unit."""
    shown = run("show", "--property", ",".join(names), "--", unit)
    return dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)


def mount_unit(point: str) -> str:
    """The name of the unit that mounts `point`."""
    escaped = subprocess.run(
        ["systemd-escape", "--path", "--suffix=mount", point],
        capture_output=True,
        text=True,
        check=True,
    )
    return escaped.stdout.strip()
