"""The running systemd."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

from switcher.say import say


@dataclass(frozen=True, slots=True)
class ActiveUnit:
    """A unit that systemd has loaded and that is not inactive."""

    name: str
    state: str  # active, activating, reloading, deactivating, failed


def call(*argv: str) -> subprocess.CompletedProcess[str]:
    """Run a program; its output is kept, its exit code not judged.

    A program that is not there counts as one that failed.
    """
    try:
        return subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
        )
    except OSError as error:
        return subprocess.CompletedProcess(argv, 127, "", str(error))


def run(*arguments: str) -> bool:
    """Call systemctl; whether it worked. What it complains about is shown."""
    done = call("systemctl", *arguments)
    if done.returncode and done.stderr.strip():
        say(done.stderr.strip())
    return done.returncode == 0


def loaded_units() -> list[ActiveUnit]:
    """All units that are not inactive."""
    listed = call(
        *("systemctl", "list-units", "--all", "--plain", "--no-legend", "--full", "--no-pager")
    )
    units = []
    for line in listed.stdout.splitlines():
        words = line.split(None, 4)
        if len(words) >= 4 and words[2] != "inactive":
            units.append(ActiveUnit(words[0], words[2]))
    return units


def act(verb: str, units: Iterable[str]) -> bool:
    """``systemctl VERB`` on all units at once, until their jobs have ended; whether it worked
    for all."""
    names = sorted(units)
    return run(verb, "--", *names) if names else True


def status(unit: str) -> str:
    """What ``systemctl status`` shows of a unit."""
    return call("systemctl", "status", "--no-pager", "--full", "--", unit).stdout


def mount_unit(point: str) -> str:
    """The name of the unit that mounts `point`."""
    return call("systemd-escape", "--path", "--suffix=mount", "--", point).stdout.strip()


def reload_users() -> None:
    """Let the managers of all users that are logged in read their units again."""
    for line in call("loginctl", "list-users", "--no-legend").stdout.splitlines():
        words = line.split()
        if len(words) > 1:
            # A user without a manager is no error.
            call("systemctl", "--user", f"--machine={words[1]}@.host", "daemon-reload")
