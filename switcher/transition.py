"""What a switch does to each unit: a pure function of the old and the new definition.

The rules are NixOS's; where it ignores changed sockets, here they restart
together with their services. A service that starts a program by its name
below /usr has changed, too, when the program has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from switcher.unit_file import Section, UnitFile

# [Unit] keys whose change leaves the running unit as it is.
_IGNORED = frozenset(
    {
        "Description", "Documentation", "OnFailure", "OnSuccess", "OnFailureJobMode",
        "IgnoreOnIsolate", "StopWhenUnneeded", "RefuseManualStart", "RefuseManualStop",
        "AllowIsolate", "CollectMode", "SourcePath",
    }
)  # fmt: skip
_RELOADING = {
    ("Unit", "X-Reload-Triggers"),
    ("Service", "ExecReload"),
    ("Mount", "Options"),
}
_NEVER = frozenset({"sysinit.target", "basic.target", "multi-user.target", "graphical.target"})
# A change of these takes effect for new sessions: restarting them would end those there are,
# or cut every program off from the bus.
_SESSIONS = (
    "dbus.service", "dbus-broker.service", "systemd-logind.service", "user@", "user-runtime-dir@",
    "getty@", "serial-getty@", "console-getty.service", "autovt@",
)  # fmt: skip
# Mount points that carry the system itself: never taken away, at most mounted anew.
_CARRYING = frozenset({"/", "/nix", "/nix/store"})
_SLEEP = frozenset(
    {"suspend.target", "hibernate.target", "hybrid-sleep.target", "suspend-then-hibernate.target"}
)


class Difference(Enum):
    """How far two definitions of a unit differ."""

    EQUAL = "equal"
    RELOAD = "reload"  # only in what a reload takes up
    RESTART = "restart"


class Action(Enum):
    """What is done with an active unit."""

    NOTHING = "nothing"
    STOP = "stop"
    START = "start"
    RELOAD = "reload"
    RESTART = "restart"
    STOP_START = "stop and start"  # stopped before the activation, started after it
    SKIP = "skip"  # changed, but not to be touched: the user is told


def compare(old: UnitFile, new: UnitFile) -> Difference:
    """How the definitions differ, as far as a running unit is concerned."""
    result = Difference.EQUAL
    for section in {*old.sections, *new.sections} - {"Install"}:
        before: Section = old.sections.get(section, {})
        after: Section = new.sections.get(section, {})
        for key in {*before, *after}:
            if section == "Unit" and key in _IGNORED:
                continue
            if before.get(key, ()) == after.get(key, ()):
                continue
            if (section, key) not in _RELOADING:
                return Difference.RESTART
            result = Difference.RELOAD
    return result


def decide(old: UnitFile | None, new: UnitFile | None) -> Action:
    """What to do with a unit that is active.

    `old` and `new` are its definitions in the running and the new generation;
    a unit that neither defines is none of the switch's business.
    """
    if old is None:
        return Action.NOTHING
    if new is None or new.masked:
        return Action.STOP if old.marked("X-StopOnRemoval", True) else Action.NOTHING
    if new.kind == "target":
        return _decide_target(new)
    match compare(old, new):
        case Difference.EQUAL:
            return Action.NOTHING
        case Difference.RELOAD:
            return Action.RELOAD
        case Difference.RESTART:
            return _decide_changed(new)


def _decide_target(new: UnitFile) -> Action:
    refused = new.flag("Unit", "RefuseManualStart", False)
    if refused or new.marked("X-OnlyManualStart", False) or new.name in _SLEEP:
        return Action.NOTHING
    return Action.STOP_START if new.marked("X-StopOnReconfiguration", False) else Action.START


def _decide_changed(new: UnitFile) -> Action:
    if new.name in _NEVER or new.kind in ("path", "slice"):
        return Action.NOTHING
    if new.kind == "mount":
        return Action.RELOAD if new.name == "-.mount" else Action.RESTART
    if new.marked("X-ReloadIfChanged", False):
        return Action.RELOAD
    if (
        not new.marked("X-RestartIfChanged", True)
        or new.flag("Unit", "RefuseManualStop", False)
        or new.marked("X-OnlyManualStart", False)
        or new.name.startswith(_SESSIONS)
    ):
        return Action.SKIP
    if new.kind == "socket":
        return Action.STOP_START
    if not new.marked("X-StopIfChanged", True) or new.kind != "service":
        return Action.RESTART
    return Action.STOP_START


def fstab_actions(old: str, new: str) -> Mapping[str, Action]:
    """What to do with mount points and swap by the change of /etc/fstab.

    Keys are mount points, or ``swap:DEVICE``. Format: fstab(5).
    """
    before, after = _fstab(old), _fstab(new)
    actions = {}
    for point, (device, kind, options) in before.items():
        if point not in after:
            if point not in _CARRYING:
                actions[point] = Action.STOP
            continue
        new_device, new_kind, new_options = after[point]
        if (device, kind) != (new_device, new_kind):
            actions[point] = Action.RELOAD if point in _CARRYING else Action.RESTART
        elif options != new_options and not point.startswith("swap:"):
            actions[point] = Action.RELOAD
    return actions


def _fstab(text: str) -> dict[str, tuple[str, str, str]]:
    entries = {}
    for line in text.splitlines():
        words = [_unescaped(word) for word in line.split()]
        if len(words) >= 3 and not words[0].startswith("#"):
            device, point, kind = words[:3]
            options = words[3] if len(words) > 3 else "defaults"
            entries[f"swap:{device}" if kind == "swap" else point] = (device, kind, options)
    return entries


def _unescaped(word: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), word)
