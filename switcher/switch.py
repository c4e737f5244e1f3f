"""``switch-to-configuration``: the running machine moves to a generation.

Unlike on NixOS, a generation becomes the boot default only after its
activation has succeeded; if a step of it fails, the machine goes back to the
generation that ran before, and that one stays the default.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from switcher.activate import CURRENT, dry_activate
from switcher.checks import run_checks
from switcher.errors import SwitchError
from switcher.loader import install_bootloader
from switcher.move import move, plan_move, show
from switcher.profile import Profile
from switcher.say import say

LOCK = "/run/neve-switch.lock"
ACTIONS = ("check", "switch", "boot", "test", "dry-activate")


def main(toplevel: str, arguments: Sequence[str]) -> int:
    """The generation's program; exit codes 0, 1, 2 and 4 as on NixOS."""
    if len(arguments) != 1 or arguments[0] not in ACTIONS:
        say(f"usage: switch-to-configuration {'|'.join(ACTIONS)}")
        return 1
    try:
        return switch_to(toplevel, arguments[0])
    except SwitchError as error:
        say(f"error: {error}")
        if error.hint:
            say(f"hint: {error.hint}")
        return error.code


def switch_to(
    toplevel: str,
    action: str,
    profile: Profile | None = None,
    *,
    number: int | None = None,
    root: str = "",
) -> int:
    """Carry `action`, one of `ACTIONS`, out for the generation `toplevel`; the exit code.

    `number` is the generation that `toplevel` is in `profile` already; None:
    one is made. The machine is the one below `root`. Raises `SwitchError`
    when nothing, or nothing that lasts, was changed.
    """
    profile = profile or Profile()
    if os.geteuid() != 0:
        raise SwitchError("only root can switch generations", hint="run it by sudo")
    with _only_one(root + LOCK):
        run_checks(toplevel)
        old = os.path.realpath(root + CURRENT)
        match action:
            case "check":
                return 0
            case "dry-activate":
                show(plan_move(old, toplevel))
                dry_activate(toplevel)
                return 0
            case "test":
                return move(old, toplevel, action=action, root=root)
            case "switch" | "boot":
                with _generation(profile, toplevel, number) as chosen:
                    code = 0
                    if action == "switch":
                        code = move(old, toplevel, action=action, root=root)
                    try:
                        # The menu first: until the profile's link moves, nothing is lost.
                        install_bootloader(toplevel, profile, chosen, root=root)
                    except SwitchError:
                        if action == "switch":
                            say("going back to the generation that ran before")
                            move(toplevel, old, action="test", root=root)
                        raise
                    profile.select(chosen)
                    os.sync()
                say(f"generation {chosen} is the boot default")
                return code
            case _:
                raise SwitchError(f"there is no action '{action}'", hint=", ".join(ACTIONS))


@contextmanager
def _generation(profile: Profile, toplevel: str, number: int | None) -> Iterator[int]:
    """A generation's number; one that was made for this is forgotten when the rest fails."""
    is_new = False
    if number is None:
        number, is_new = profile.add(toplevel)
    try:
        yield number
    except BaseException:
        if is_new:
            profile.remove(number)
        raise


@contextmanager
def _only_one(path: str) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
