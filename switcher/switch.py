"""``switch-to-configuration``: the running machine moves to a generation.

Unlike on NixOS, a generation becomes the boot default only after its
activation has succeeded; if a step of it fails, the machine goes back to the
generation that ran before, and that one stays the default.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from switcher import systemctl
from switcher.activate import CURRENT, activate
from switcher.checks import run_checks
from switcher.errors import SwitchError
from switcher.loader import install_bootloader
from switcher.plan import SwitchPlan, make_plan
from switcher.profile import Profile
from switcher.unit_file import read_unit

LOCK = "/run/neve-switch.lock"
ACTIONS = ("check", "switch", "boot", "test", "dry-activate")


def main(toplevel: str, arguments: Sequence[str]) -> int:
    """The generation's program; exit codes 0, 1, 2 and 4 as on NixOS."""
    if len(arguments) != 1 or arguments[0] not in ACTIONS:
        print(f"usage: switch-to-configuration {'|'.join(ACTIONS)}", file=sys.stderr)
        return 1
    try:
        return switch_to(toplevel, arguments[0])
    except SwitchError as error:
        print(f"error: {error}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        return error.code


def switch_to(toplevel: str, action: str, profile: Profile | None = None) -> int:
    """Carry `action` out for the generation `toplevel`; the exit code.

    Raises `SwitchError` when nothing, or nothing that lasts, was changed.
    """
    profile = profile or Profile()
    if os.geteuid() != 0:
        raise SwitchError("only root can switch generations", hint="run it by sudo")
    with _only_one():
        run_checks(toplevel)
        if action == "check":
            return 0
        old = os.path.realpath(CURRENT)
        if action == "dry-activate":
            _show(_plan(old, toplevel), "would ")
            return 0
        if action == "test":
            return _move(old, toplevel)
        number, is_new = profile.add(toplevel)
        code = 0
        if action == "switch":
            try:
                code = _move(old, toplevel)
            except SwitchError:
                if is_new:
                    profile.remove(number)
                raise
        _make_default(profile, number, is_new, toplevel)
        _say(f"generation {number} is the boot default")
        return code


def _make_default(profile: Profile, number: int, is_new: bool, toplevel: str) -> None:
    """Choose the generation for the next boot: the menu first, then the profile's link."""
    try:
        install_bootloader(toplevel, profile, number)
    except SwitchError:
        if is_new:
            profile.remove(number)
        raise
    profile.select(number)
    os.sync()


@contextmanager
def _only_one() -> Iterator[None]:
    handle = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SwitchError("another switch is under way", hint="wait until it has ended") from (
                None
            )
        yield
    finally:
        os.close(handle)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _plan(old: str, new: str) -> SwitchPlan:
    return make_plan(
        systemctl.loaded_units(),
        lambda name: read_unit(old, name),
        lambda name: read_unit(new, name),
        fstab=(_read(f"{old}/etc/fstab"), _read(f"{new}/etc/fstab")),
        mount_unit=systemctl.mount_unit,
    )


def _move(old: str, new: str) -> int:
    """Stop, activate, start; on a failed step all the way back. The exit code, 0 or 4."""
    plan = _plan(old, new)
    failed_before = _failed()
    _show_list("not restarting", plan.skip)
    _show_list("stopping", plan.stop)
    systemctl.act("stop", plan.stop)
    for device in sorted(plan.swap_off):
        subprocess.run(["swapoff", device], check=False)
    try:
        activate(new)
    except SwitchError:
        _go_back(old, plan)
        raise
    _reload_manager(old, new)
    return _start(plan, failed_before)


def _go_back(old: str, plan: SwitchPlan) -> None:
    _say("going back to the generation that ran before")
    try:
        activate(old)
    except SwitchError as error:
        _say(f"warning: the old generation's activation failed too: {error}")
    systemctl.run("daemon-reload")
    systemctl.act("start", plan.stop)


def _reload_manager(old: str, new: str) -> None:
    same = os.path.realpath(f"{old}/systemd") == os.path.realpath(f"{new}/systemd")
    if not same:
        _say("systemd itself changed: executing it anew")
        systemctl.run("daemon-reexec")
    systemctl.run("reset-failed")
    systemctl.run("daemon-reload")
    _reload_users()


def _reload_users() -> None:
    listed = subprocess.run(
        ["loginctl", "list-users", "--no-legend"], capture_output=True, text=True, check=False
    )
    for line in listed.stdout.splitlines():
        words = line.split()
        if len(words) > 1:
            systemctl.run("--user", f"--machine={words[1]}@.host", "daemon-reload")


def _start(plan: SwitchPlan, failed_before: set[str]) -> int:
    subprocess.run(
        ["systemd-tmpfiles", "--create", "--remove", "--exclude-prefix=/dev"], check=False
    )
    _show_list("reloading", plan.reload)
    worked = systemctl.act("reload-or-try-restart", plan.reload)
    _show_list("restarting", plan.restart)
    worked &= systemctl.act("restart", plan.restart)
    _show_list("starting", plan.start)
    before = {unit.name for unit in systemctl.loaded_units() if unit.state == "active"}
    worked &= systemctl.act("start", plan.start | plan.start_quietly)
    after = systemctl.loaded_units()
    quiet = plan.start | plan.stop | plan.restart
    new = {unit.name for unit in after if unit.state == "active"} - before - quiet
    _show_list("the following new units were started", {n for n in new if _is_shown(n)})
    failed = {unit.name for unit in after if unit.state == "failed"} - failed_before
    if failed:
        _show_list("warning: the following units failed", failed)
        for name in sorted(failed):
            subprocess.run(["systemctl", "status", "--no-pager", "--full", name], check=False)
    return 4 if failed or not worked else 0


def _is_shown(name: str) -> bool:
    return name.rpartition(".")[2] in ("service", "socket", "timer", "target", "path", "mount")


def _failed() -> set[str]:
    return {unit.name for unit in systemctl.loaded_units() if unit.state == "failed"}


def _show(plan: SwitchPlan, prefix: str) -> None:
    _show_list(f"{prefix}stop", plan.stop)
    _show_list(f"{prefix}NOT restart the following changed units", plan.skip)
    _show_list(f"{prefix}activate the configuration", set(), always=True)
    _show_list(f"{prefix}reload", plan.reload)
    _show_list(f"{prefix}restart", plan.restart)
    _show_list(f"{prefix}start", plan.start)


def _show_list(title: str, units: set[str], *, always: bool = False) -> None:
    if units:
        _say(f"{title}: {', '.join(sorted(units))}")
    elif always:
        _say(title)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
