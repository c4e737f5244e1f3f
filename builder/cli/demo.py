"""``neve demo``: build a machine's UEFI image, boot it on the terminal, look at it, power off."""

from __future__ import annotations

import argparse
import os

from builder.cli.attribute import split_installable
from builder.cli.building import build_named
from builder.cli.errors import UsageError
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.store.paths import StorePath
from vmtest.demo import demo
from vmtest.hardware import Hardware
from vmtest.manifest import Node

COMMANDS = ("systemctl is-system-running --wait", "neve rebuild list-generations")


def run(words: argparse.Namespace) -> int:
    """Show a machine; the exit code is that of the last command in it that failed."""
    session = session_of(words)
    reference, machine = split_installable(words.machine)
    if not machine:
        raise UsageError("name a machine", hint=f"for example {reference}#minimal")
    system = f'{reference}#nixosConfigurations."{machine}"'
    image = _build(session, f'{system}.config.system.build.images."raw-efi"')
    node = Node(
        name=machine,
        number=1,
        toplevel=None,
        boot="firmware",
        hardware=Hardware(name="q35-uefi", firmware="uefi"),
        image=f"{image}/disk.raw",
        cores=os.cpu_count() or 1,
        vlans=(),
        restrict_network=True,
    )
    return demo(
        node,
        lambda path: session.store.root / path.removeprefix("/"),
        tools=str(_build(session, f"{system}.pkgs.tools.machines.x86_64-linux")),
        password=words.password,
        commands=COMMANDS,
        boot_timeout=600,
        bwrap=session.bubblewrap() or None,
    )


def _build(session: Session, attribute: str) -> StorePath:
    return build_named(session, attribute, prefixes=("",))
