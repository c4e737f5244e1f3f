"""All that a switch will do to the running units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from switcher.systemctl import ActiveUnit
from switcher.transition import Action, decide, fstab_actions
from switcher.unit_file import UnitFile

_RUNNING = ("active", "activating", "reloading", "refreshing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """One generation's units: `unit` looks one up, `wants` gives what a target pulls in,
    `fstab` is the text of its /etc/fstab."""

    unit: Callable[[str], UnitFile | None]
    wants: Callable[[str], Iterable[str]]
    fstab: str = ""


@dataclass(slots=True)
class SwitchPlan:
    """Unit names by what is done to them.

    `targets` are active targets, started again to pull `pulled`, the units
    that are new, and what else is missing.
    """

    stop: set[str] = field(default_factory=set)
    start: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    pulled: set[str] = field(default_factory=set)
    restart: set[str] = field(default_factory=set)
    reload: set[str] = field(default_factory=set)
    skip: set[str] = field(default_factory=set)
    swap_off: set[str] = field(default_factory=set)


def make_plan(
    units: Sequence[ActiveUnit],
    old: Definitions,
    new: Definitions,
    *,
    mount_unit: Callable[[str], str],
) -> SwitchPlan:
    """The plan for the loaded `units`; `mount_unit` names the unit of a mount point."""
    plan = SwitchPlan()
    running = {unit.name for unit in units if unit.state in _RUNNING}
    for name in sorted(running):
        _note(plan, name, decide(old.unit(name), new.unit(name)))
    _pair_sockets(plan, running, old, new)
    for point, action in fstab_actions(old.fstab, new.fstab).items():
        if point.startswith("swap:"):
            plan.swap_off.add(point.removeprefix("swap:"))
        elif (name := mount_unit(point)) in running:
            _note(plan, name, action)
    plan.pulled = _pulled(plan.targets, running, old, new)
    return plan


def _note(plan: SwitchPlan, name: str, action: Action) -> None:
    match action:
        case Action.NOTHING:
            pass
        case Action.STOP:
            plan.stop.add(name)
        case Action.START:
            plan.targets.add(name)
        case Action.RELOAD:
            plan.reload.add(name)
        case Action.RESTART:
            plan.restart.add(name)
        case Action.SKIP:
            plan.skip.add(name)
        case Action.STOP_START:
            plan.stop.add(name)
            plan.start.add(name)


def _pair_sockets(plan: SwitchPlan, running: set[str], old: Definitions, new: Definitions) -> None:
    """A service and its sockets stop together and only the sockets start.

    A service behind a socket is started by it; a connection that comes
    meanwhile waits. And systemd starts no socket while its service runs.
    """
    for name in sorted(running):
        sockets = _sockets(name, old) & running
        kept = {socket for socket in sockets if _is_there(new, socket)}
        if sockets & plan.start:
            plan.stop.add(name)
            plan.restart.discard(name)
            plan.reload.discard(name)
        if name in plan.stop and kept and _is_there(new, name):
            plan.stop |= kept
            plan.start |= kept
            plan.start.discard(name)


def _is_there(definitions: Definitions, name: str) -> bool:
    unit = definitions.unit(name)
    return unit is not None and not unit.masked


def _sockets(name: str, definitions: Definitions) -> set[str]:
    """The sockets that may start a service: those it names, else the one of its own name."""
    if not name.endswith(".service"):
        return set()
    unit = definitions.unit(name)
    if unit is None or unit.marked("X-NotSocketActivated", False):
        return set()
    named = unit.sections.get("Service", {}).get("Sockets", ())
    found = {socket for value in named for socket in value.split()}
    found = found or {f"{name.removesuffix('.service')}.socket"}
    return {socket for socket in found if definitions.unit(socket) is not None}


def _pulled(targets: set[str], running: set[str], old: Definitions, new: Definitions) -> set[str]:
    """Units that the old generation does not have and the targets will start."""
    found: set[str] = set()
    waiting = sorted(targets)
    while waiting:
        for name in sorted(new.wants(waiting.pop())):
            if name in found or name in running:
                continue
            if old.unit(name) is None and _is_there(new, name):
                found.add(name)
                waiting.append(name)
    return found
