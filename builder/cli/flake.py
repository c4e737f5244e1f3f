"""``neve flake``: lock, update, show, metadata."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from builder.cli.errors import UsageError
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.lang.errors import NixError
from builder.lang.values import describe
from builder.realise.settings import current_system

# Outputs whose second level is a system's name, and what their members are called.
_BY_SYSTEM = {
    "packages": "package",
    "checks": "derivation",
    "devShells": "development environment",
    "formatter": "formatter",
    "apps": "app",
}
_NAMED = {
    "nixosConfigurations": "NixOS configuration",
    "nixosModules": "NixOS module",
    "overlays": "Nixpkgs overlay",
    "homeConfigurations": "Home Manager configuration",
    "templates": "template",
}


def lock(words: argparse.Namespace) -> int:
    """Write what the lock lacks."""
    session = session_of(words)
    flake = session.open_flake(words.flake, update=frozenset(words.update_input), locking=True)
    _check_names(words.update_input, flake.lock.inputs)
    if not flake.lock_changed:
        session.say(f"'{flake.lock_file}' is up to date")
    return 0


def update(words: argparse.Namespace) -> int:
    """Lock all inputs, or those named, anew, and say what changed."""
    session = session_of(words)
    before = session.flakes.open(words.flake, session.cwd)
    _check_names(words.inputs, before.lock.inputs)
    flake = session.open_flake(words.flake, update=frozenset(words.inputs) or None, locking=True)
    for label, node in sorted(flake.lock.nodes.items()):
        old = before.lock.nodes.get(label)
        if old is not None and old.locked != node.locked:
            session.say(f"  {label}: {_date(old.locked)} -> {_date(node.locked)}")
    if not flake.lock_changed:
        session.say(f"'{flake.lock_file}' is up to date")
    return 0


def _check_names(names: list[str], inputs: Any) -> None:
    for name in names:
        if name not in inputs:
            raise UsageError(f"the flake has no input '{name}'; it has {', '.join(inputs)}")


def _date(locked: Any) -> str:
    seconds = int(locked.attributes.get("lastModified", 0))
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def metadata(words: argparse.Namespace) -> int:
    """Print where the flake comes from and what it locks."""
    session = session_of(words)
    flake = session.open_flake(words.flake)
    if words.json:
        facts = {
            "description": flake.declaration.description,
            "path": str(flake.source.path),
            "lastModified": flake.source.last_modified,
            "locked": flake.source.locked.to_json(),
            "locks": json.loads(flake.lock.dump()),
        }
        print(json.dumps(facts, indent=2, sort_keys=True))
        return 0
    print(f"Description:   {flake.declaration.description}")
    print(f"Path:          {flake.source.path}")
    print(f"Last modified: {_date(flake.source.locked)}")
    print("Inputs:")
    for label, node in sorted(flake.lock.nodes.items()):
        print(f"    {label}: {node.original} ({_date(node.locked)})")
    return 0


def show(words: argparse.Namespace) -> int:
    """List the flake's outputs as a tree."""
    session = session_of(words)
    flake, value = session.outputs(words.flake)
    outputs = session.evaluator.force(value["outputs"])
    tree = {}
    for name in sorted(outputs):
        try:
            tree[name] = _describe(session, name, outputs[name], all_systems=words.all_systems)
        except NixError as error:  # the others are worth showing all the same
            tree[name] = f"error: {error.message}"
    if words.json:
        print(json.dumps(tree, indent=2, sort_keys=True))
    else:
        print(flake.source.locked)
        _print(tree, "")
    return 0


def _describe(session: Session, name: str, value: Any, *, all_systems: bool) -> Any:
    force = session.evaluator.force
    if name in _BY_SYSTEM:
        systems: dict[str, Any] = force(value)
        found: dict[str, Any] = {}
        for system in sorted(systems):
            if not all_systems and system != current_system():
                found[system] = "omitted (use '--all-systems' to show)"
            else:
                members = force(systems[system])
                found[system] = {
                    member: _derivation(session, _BY_SYSTEM[name], members[member])
                    for member in sorted(members)
                }
        return found
    if name in _NAMED:
        return dict.fromkeys(sorted(force(value)), _NAMED[name])
    if name == "legacyPackages":
        return dict.fromkeys(sorted(force(value)), "omitted (a package set)")
    return describe(force(value)).removeprefix("a ") if name != "lib" else "library"


def _derivation(session: Session, kind: str, value: Any) -> str:
    try:
        found = session.evaluator.force(value)
        name = session.evaluator.force(found["name"])
    except NixError as error:
        return f"error: {error.message}"
    return f"{kind} '{name}'"


def _print(tree: dict[str, Any], indent: str) -> None:
    names = list(tree)
    for name in names:
        last = name == names[-1]
        item = tree[name]
        text = f": {item}" if isinstance(item, str) else ""
        print(f"{indent}{'└───' if last else '├───'}{name}{text}")
        if isinstance(item, dict):
            _print(item, indent + ("    " if last else "│   "))
