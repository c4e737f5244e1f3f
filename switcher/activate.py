"""Activation: the machine becomes what a generation declares.

Runs at every boot, before systemd, and at every switch. Nothing but the
standard library is used, and of that little: at boot every import counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from switcher.errors import SwitchError
from switcher.etc import apply_etc
from switcher.files import link
from switcher.steps import ordered
from switcher.users import Ids, apply_users
from switcher.wrappers import apply_wrappers

CURRENT = "/run/current-system"
BOOTED = "/run/booted-system"


def main(toplevel: str, arguments: Sequence[str]) -> int:
    """The generation's program ``activate``; ``--boot`` says that it runs in stage 2."""
    try:
        activate(toplevel, boot="--boot" in arguments)
    except SwitchError as error:
        print(f"error: {error}", file=sys.stderr)
        if "--boot" in arguments:
            with open("/dev/kmsg", "w", encoding="utf-8") as log:
                log.write(f"<3>neve: {error}\n")
        return error.code
    return 0


def activate(toplevel: str, *, boot: bool = False) -> None:
    """Run all steps of the generation in order; the first that fails ends it.

    Raises `SwitchError` (code 2) that names the step.
    """
    with open(f"{toplevel}/activation/activation.json", encoding="utf-8") as file:
        spec: dict[str, Any] = json.load(file)
    link(toplevel, CURRENT)
    _keep_alive()
    run = _Activation(toplevel, spec, boot)
    for name in ordered({name: step["deps"] for name, step in spec["steps"].items()}):
        run.step(name, spec["steps"][name])


def _keep_alive() -> None:
    """What runs must not be collected."""
    roots = "/nix/var/nix/gcroots"
    os.makedirs(roots, exist_ok=True)
    for name in (CURRENT, BOOTED):
        link(name, f"{roots}/{os.path.basename(name)}")


class _Activation:
    def __init__(self, toplevel: str, spec: dict[str, Any], boot: bool) -> None:
        self.toplevel = toplevel
        self.spec = spec
        self.boot = boot
        self.ids: Ids = {"users": {}, "groups": {}}

    def step(self, name: str, step: dict[str, Any]) -> None:
        builtin: str | None = step["builtin"]
        try:
            if builtin is not None:
                self.builtins[builtin](self)
            if step["script"]:
                self.script(name, step["script"])
        except (OSError, KeyError, ValueError, subprocess.CalledProcessError) as error:
            told = error.args[0] if isinstance(error, KeyError) else error
            raise SwitchError(f"activation step '{name}' failed: {told}", code=2) from error

    def script(self, name: str, text: str) -> None:
        environment = {
            "PATH": "/run/wrappers/bin:/usr/bin:/usr/sbin",
            "HOME": "/root",
            "NIXOS_ACTION": "boot" if self.boot else "switch",
            "systemConfig": self.toplevel,
        }
        done = subprocess.run(["/bin/bash", "-e", "-c", text, name], env=environment, check=False)
        if done.returncode:
            raise OSError(f"its commands ended with exit code {done.returncode}")

    def users(self) -> None:
        with open(f"{self.toplevel}/activation/users.json", encoding="utf-8") as file:
            self.ids = apply_users(json.load(file))

    def etc(self) -> None:
        apply_etc(self.toplevel, self.ids)

    def hostname(self) -> None:
        if self.spec["hostName"]:
            with open("/proc/sys/kernel/hostname", "w", encoding="utf-8") as file:
                file.write(self.spec["hostName"])

    def machine_id(self) -> None:
        """A machine without an id takes a new one: systemd would call this a first boot and
        enable units by its own presets."""
        if not os.path.exists("/etc/machine-id") or os.path.getsize("/etc/machine-id") < 32:
            with open("/etc/machine-id.new", "w", encoding="utf-8") as file:
                file.write(os.urandom(16).hex() + "\n")
            os.chmod("/etc/machine-id.new", 0o444)
            os.rename("/etc/machine-id.new", "/etc/machine-id")

    def wrappers(self) -> None:
        apply_wrappers(self.spec["wrappers"], self.ids)

    builtins: ClassVar[dict[str, Callable[[_Activation], None]]] = {
        "users": users,
        "etc": etc,
        "hostname": hostname,
        "machine-id": machine_id,
        "wrappers": wrappers,
    }
