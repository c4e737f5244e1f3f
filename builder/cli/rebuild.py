"""``neve rebuild``: a machine moves to the generation that a flake describes."""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path

from builder.cli.errors import UsageError
from builder.store.paths import STORE_DIR
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
    if words.specialisation and words.action in ("switch", "boot"):
        raise UsageError("a specialisation can only be tested", hint="use 'neve rebuild test'")
    toplevel = _given(words.store_path) if words.store_path else _built(words)
    if words.action == "build":
        return 0
    if not Path(_NO_SYSTEM).exists():
        raise UsageError(
            f"this is no Neve machine: there is no '{_NO_SYSTEM}'",
            hint="'neve rebuild build' works everywhere; build-image makes a machine",
        )
    return switch_to(specialised(toplevel, words.specialisation), words.action)


def _given(text: str) -> str:
    """A system that was built before."""
    path = os.path.realpath(text)
    if not path.startswith(STORE_DIR + "/") or not Path(f"{path}/activate").exists():
        raise UsageError(f"'{text}' is not a system in the store")
    return path


def _built(words: argparse.Namespace) -> str:
    """The system that the flake describes; ``build`` leaves a link to it."""
    # Imported here: most commands of a machine need no evaluation, and loading it takes long.
    from builder.cli.attribute import split_installable
    from builder.cli.building import build_named
    from builder.cli.options import session_of

    session = session_of(words)
    reference, machine = split_installable(words.flake)
    machine = machine or socket.gethostname()
    attribute = f'{reference}#nixosConfigurations."{machine}".config.system.build.toplevel'
    toplevel = build_named(session, attribute, prefixes=("",))
    if words.action == "build":
        session.store.roots.add_link(Path("result").absolute(), toplevel)
        print(toplevel)
    return str(toplevel)
