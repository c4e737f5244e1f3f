"""The running machine goes from one generation to another, or stays where it was."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from switcher import systemctl
from switcher.accounts import Accounts
from switcher.activate import activate
from switcher.errors import SwitchError
from switcher.plan import Definitions, SwitchPlan, make_plan
from switcher.say import say, say_units
from switcher.systemctl import ActiveUnit
from switcher.unit_file import read_unit, wanted_by

_SHOWN = ("service", "socket", "timer", "target", "path", "mount")
_TRIGGERS = ("socket", "path", "timer", "automount")
# A terminal that closes, or a connection that the switch itself cuts.
_IGNORED = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)


def plan_move(old: str, new: str) -> SwitchPlan:
    """What going from the generation `old` to `new` does to the units that run now."""
    return make_plan(
        systemctl.loaded_units(),
        _definitions(old),
        _definitions(new),
        mount_unit=systemctl.mount_unit,
    )


def _definitions(toplevel: str) -> Definitions:
    try:
        fstab = Path(f"{toplevel}/etc/fstab").read_text(encoding="utf-8")
    except FileNotFoundError:
        fstab = ""
    return Definitions(
        unit=lambda name: read_unit(toplevel, name),
        wants=lambda name: wanted_by(toplevel, name),
        fstab=fstab,
    )


def show(plan: SwitchPlan) -> None:
    """Tell what `move` would do."""
    say_units("would stop", plan.stop)
    say_units("would NOT restart the following changed units", plan.skip)
    say("would activate the configuration")
    say_units("would reload", plan.reload)
    say_units("would restart", plan.restart)
    say_units("would start", plan.start)
    say_units("would start the following new units", plan.pulled)


def move(old: str, new: str, *, action: str, root: str = "") -> int:
    """Stop, activate, start; after a failed step all the way back.

    Gives 0, or 4 when a unit failed. Raises `SwitchError` (code 2) when the
    activation failed; the machine is then on the generation `old` again.
    """
    plan = plan_move(old, new)
    accounts = Accounts.read(root)
    with _undisturbed():
        say_units("not restarting", plan.skip)
        say_units("stopping", plan.stop)
        # First what could start the others again: a connection that waits in a socket would.
        triggers = {name for name in plan.stop if name.rpartition(".")[2] in _TRIGGERS}
        systemctl.act("stop", triggers)
        systemctl.act("stop", plan.stop - triggers)
        for device in sorted(plan.swap_off):
            systemctl.call("swapoff", device)
        say("activating the configuration")
        try:
            activate(new, action=action, root=root)
        except Exception as error:  # whatever it is, the machine must not stay half-way
            _go_back(old, plan, action, accounts)
            if isinstance(error, SwitchError):
                raise
            raise SwitchError(f"the activation failed: {error!r}", code=2) from error
        _reload_manager(old, new)
        return _start(plan)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _IGNORED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _go_back(old: str, plan: SwitchPlan, action: str, accounts: Accounts) -> None:
    say("the activation failed: going back to the generation that ran before")
    try:
        accounts.restore()
        activate(old, action=action, root=accounts.root)
    except Exception as error:  # the units start all the same
        say(f"warning: its activation failed too: {error}")
    systemctl.run("daemon-reload")
    systemctl.act("start", plan.stop)
    if plan.swap_off:
        systemctl.call("swapon", "--all")


def _reload_manager(old: str, new: str) -> None:
    if os.path.realpath(f"{old}/systemd") != os.path.realpath(f"{new}/systemd"):
        say("systemd itself changed: executing it anew")
        systemctl.run("daemon-reexec")
    systemctl.run("reset-failed")
    systemctl.run("daemon-reload")
    systemctl.reload_users()


def _start(plan: SwitchPlan) -> int:
    systemctl.call("systemd-tmpfiles", "--create", "--exclude-prefix=/dev")
    say_units("reloading", plan.reload)
    worked = systemctl.act("reload-or-try-restart", plan.reload)
    say_units("restarting", plan.restart)
    worked &= systemctl.act("restart", plan.restart)
    before = _in_state(systemctl.loaded_units(), "active")
    say_units("starting", plan.start)
    worked &= systemctl.act("start", plan.start | plan.targets)
    after = systemctl.loaded_units()
    new = _in_state(after, "active") - before - plan.start - plan.stop - plan.restart
    shown = {name for name in new if name.rpartition(".")[2] in _SHOWN}
    say_units("the following new units were started", shown)
    failed = _in_state(after, "failed")
    say_units("warning: the following units failed", failed)
    for name in sorted(failed):
        say(systemctl.status(name))
    return 0 if worked and not failed else 4


def _in_state(units: list[ActiveUnit], state: str) -> set[str]:
    return {unit.name for unit in units if unit.state == state}
