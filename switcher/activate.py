"""Activation: the machine becomes what a generation declares.

Runs at every boot, before systemd, and at every switch. Nothing but the
standard library is used, and of that little: at boot every import counts.
"""

from __future__ import annotations

import json
import os
import sys

from switcher.errors import SwitchError
from switcher.etc import apply_etc
from switcher.files import link, write
from switcher.programs import run
from switcher.steps import ordered
from switcher.users import apply_users
from switcher.wrappers import ROOT, apply_wrappers, mount_wrappers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from switcher.users import Ids

CURRENT = "/run/current-system"
BOOTED = "/run/booted-system"
_BASH = "/bin/bash"


def main(toplevel: str, arguments: Sequence[str]) -> int:
    """The generation's program ``activate``; ``--boot`` says that it runs in stage 2."""
    boot = "--boot" in arguments
    try:
        activate(toplevel, action="boot" if boot else "test")
    except SwitchError as error:
        print(f"error: {error}", file=sys.stderr)
        if boot:
            with open("/dev/kmsg", "w", encoding="utf-8") as log:
                log.write(f"<3>neve: {error}\n")
        return error.code
    return 0


def read_spec(toplevel: str) -> dict[str, Any]:
    """The generation's ``activation.json``; raises `SwitchError` (code 2)."""
    path = f"{toplevel}/activation/activation.json"
    try:
        with open(path, encoding="utf-8") as file:
            spec: dict[str, Any] = json.load(file)
    except (OSError, ValueError) as error:
        raise SwitchError(f"'{toplevel}' cannot be activated: {error}", code=2) from error
    return spec


def activate(toplevel: str, *, action: str, root: str = "") -> None:
    """Run all steps of the generation in order; the first that fails ends it.

    `action` is what the steps' commands see as NIXOS_ACTION: boot, switch or
    test. The machine is the one below `root`. Raises `SwitchError` (code 2)
    that names the step.
    """
    spec = read_spec(toplevel)
    names = _order(spec["steps"])
    os.umask(0o022)
    link(toplevel, root + CURRENT)
    _keep_alive(root)
    machine = _Activation(toplevel, spec, root)
    for name in names:
        machine.step(name, spec["steps"][name], action)


def dry_activate(toplevel: str) -> None:
    """Run the commands of those steps that know how to only tell what they would do."""
    spec = read_spec(toplevel)
    for name in _order(spec["steps"]):
        if spec["steps"][name]["dry"]:
            _run_script(name, spec["steps"][name]["script"], toplevel, "dry-activate")


def _order(steps: Mapping[str, Mapping[str, Any]]) -> list[str]:
    try:
        return ordered({name: step["deps"] for name, step in steps.items()})
    except ValueError as error:
        raise SwitchError(f"the activation cannot be ordered: {error}", code=2) from error


def _keep_alive(root: str) -> None:
    """What runs must not be collected."""
    roots = f"{root}/nix/var/nix/gcroots"
    os.makedirs(roots, exist_ok=True)
    for name in (CURRENT, BOOTED):
        link(name, f"{roots}/{os.path.basename(name)}")


def _run_script(name: str, text: str, toplevel: str, action: str) -> None:
    environment = {
        "PATH": "/run/wrappers/bin:/usr/bin:/usr/sbin",
        "HOME": "/root",
        "NIXOS_ACTION": action,
        "systemConfig": toplevel,
    }
    try:
        code = run([_BASH, "-e", "-c", text, name], environment)
    except OSError as error:
        raise SwitchError(f"activation step '{name}' failed: {error}", code=2) from error
    if code:
        raise SwitchError(
            f"activation step '{name}' failed: its commands ended with exit code {code}", code=2
        )


class _Activation:
    def __init__(self, toplevel: str, spec: Mapping[str, Any], root: str) -> None:
        self.toplevel = toplevel
        self.spec = spec
        self.root = root
        self.ids: Ids = {"users": {}, "groups": {}}

    def step(self, name: str, step: Mapping[str, Any], action: str) -> None:
        try:
            self.builtin(step["builtin"])
        except (OSError, KeyError, ValueError) as error:
            told = f"no '{error.args[0]}'" if isinstance(error, KeyError) else error
            raise SwitchError(f"activation step '{name}' failed: {told}", code=2) from error
        if step["script"]:
            _run_script(name, step["script"], self.toplevel, action)

    def builtin(self, name: str | None) -> None:
        """What the switcher itself knows how to do; None is nothing."""
        match name:
            case None:
                pass
            case "users":
                with open(f"{self.toplevel}/activation/users.json", encoding="utf-8") as file:
                    self.ids = apply_users(json.load(file), root=self.root)
            case "etc":
                apply_etc(self.toplevel, self.ids, root=self.root)
            case "hostname":
                if self.spec["hostName"]:
                    # Not `write`: the kernel's file cannot be replaced.
                    with open(f"{self.root}/proc/sys/kernel/hostname", "w") as file:
                        file.write(self.spec["hostName"])
            case "machine-id":
                self.machine_id()
            case "wrappers":
                mount_wrappers(self.root + ROOT)
                apply_wrappers(self.spec["wrappers"], self.ids, self.root + ROOT)
            case _:
                raise ValueError(f"this generation's switcher knows no step '{name}'")

    def machine_id(self) -> None:
        """A machine without an id takes a new one: systemd would call this a first boot and
        enable units by its own presets."""
        path = f"{self.root}/etc/machine-id"
        if not os.path.exists(path) or os.path.getsize(path) < 32:
            write(path, os.urandom(16).hex() + "\n", 0o444)
