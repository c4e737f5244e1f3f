"""All that a switch will do to the running units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from switcher.systemctl import ActiveUnit
from switcher.transition import Action, decide, fstab_actions
from switcher.unit_file import UnitFile

Lookup = Callable[[str], UnitFile | None]


@dataclass(slots=True)
class SwitchPlan:
    """Unit names by what is done to them; `start_quietly` are targets that pull new units in."""

    stop: set[str] = field(default_factory=set)
    start: set[str] = field(default_factory=set)
    start_quietly: set[str] = field(default_factory=set)
    restart: set[str] = field(default_factory=set)
    reload: set[str] = field(default_factory=set)
    skip: set[str] = field(default_factory=set)
    swap_off: set[str] = field(default_factory=set)


def make_plan(
    units: Sequence[ActiveUnit],
    old: Lookup,
    new: Lookup,
    *,
    fstab: tuple[str, str],
    mount_unit: Callable[[str], str],
) -> SwitchPlan:
    """The plan for the running `units`; `old` and `new` look definitions up.

    `fstab` is the old and the new text of /etc/fstab.
    """
    plan = SwitchPlan()
    running = {unit.name for unit in units if unit.state in ("active", "activating", "reloading")}
    for name in sorted(running):
        sockets = _sockets(name, old) & running
        action = decide(old(name), new(name), has_active_socket=bool(sockets))
        _note(plan, name, action, {s for s in sockets if new(s) is not None})
    for point, action in fstab_actions(*fstab).items():
        if point.startswith("swap:"):
            if action is Action.STOP:
                plan.swap_off.add(point.removeprefix("swap:"))
        else:
            _note(plan, mount_unit(point), action, set())
    plan.start -= {name for name in plan.start if (unit := new(name)) is not None and unit.masked}
    return plan


def _note(plan: SwitchPlan, name: str, action: Action, sockets: set[str]) -> None:
    match action:
        case Action.NOTHING:
            pass
        case Action.STOP:
            plan.stop.add(name)
        case Action.START:
            plan.start_quietly.add(name)
        case Action.RELOAD:
            plan.reload.add(name)
        case Action.RESTART:
            plan.restart.add(name)
        case Action.SKIP:
            plan.skip.add(name)
        case Action.STOP_START:
            plan.stop.add(name)
            # A service behind a socket is started by it; a connection that comes meanwhile waits.
            if sockets:
                plan.stop.update(sockets)
                plan.start.update(sockets)
            else:
                plan.start.add(name)


def _sockets(name: str, lookup: Lookup) -> set[str]:
    """The sockets that may start a service: those it names, else the one of its own name."""
    unit = lookup(name)
    if unit is None or unit.kind != "service" or unit.marked("X-NotSocketActivated", False):
        return set()
    named = unit.sections.get("Service", {}).get("Sockets", ())
    found = {socket for value in named for socket in value.split()}
    found = found or {f"{name.removesuffix('.service')}.socket"}
    return {socket for socket in found if lookup(socket) is not None}
