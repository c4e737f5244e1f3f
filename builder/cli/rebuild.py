"""``neve rebuild``: a machine moves to the generation that a flake describes."""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path

from builder.cli.errors import UsageError
from builder.cli.installable import build, find, split_installable
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.store.paths import STORE_DIR, StorePath
from switcher.rebuild import list_generations, rollback, specialised
from switcher.switch import switch_to

_NO_SYSTEM = "/run/current-system"


def run(words: argparse.Namespace) -> int:
    """Carry the action out."""
    match words.action:
        case "list-generations":
            list_generations(as_json=words.json)
            return 0
        case "rollback":
            return rollback("switch")
    if words.rollback:
        if words.action not in ("switch", "boot", "test"):
            raise UsageError(f"--rollback does not go with '{words.action}'")
        return rollback(words.action)
    session = session_of(words)
    toplevel = _toplevel(session, words)
    if words.action == "build":
        link = Path("result").absolute()
        session.store.roots.add_link(link, StorePath.parse(toplevel))
        print(toplevel)
        return 0
    if not Path(_NO_SYSTEM).exists():
        raise UsageError(
            f"this is no Neve machine: there is no '{_NO_SYSTEM}'",
            hint="'neve rebuild build' works everywhere; build-image makes a machine",
        )
    chosen = specialised(toplevel, words.specialisation)
    if words.action in ("switch", "boot") and words.specialisation:
        raise UsageError("a specialisation can only be tested", hint="use 'neve rebuild test'")
    return switch_to(chosen, words.action)


def _toplevel(session: Session, words: argparse.Namespace) -> str:
    """The store path of the wanted generation, built if need be."""
    if words.store_path is not None:
        path = os.path.realpath(str(words.store_path))
        if not path.startswith(STORE_DIR + "/") or not Path(f"{path}/activate").exists():
            raise UsageError(f"'{words.store_path}' is not a system in the store")
        return path
    reference, machine = split_installable(words.flake)
    machine = machine or socket.gethostname()
    attribute = f'nixosConfigurations."{machine}".config.system.build.toplevel'
    return str(
        build(session, find(session, f"{reference}#{attribute}", prefixes=("",), default=""))
    )
