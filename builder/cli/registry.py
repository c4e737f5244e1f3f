"""``neve registry``: names of flakes, and what they stand for."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from builder.cli.errors import UsageError
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.flake.reference import FlakeRef, locate, parse_reference
from builder.flake.registry import Entry, read_file, user_file


def show(words: argparse.Namespace) -> int:
    """List all entries in the order in which they are asked."""
    for registry in session_of(words).registries.all:
        for entry in registry.entries:
            print(f"{registry.kind:6} {entry.name} {entry.target}")
    return 0


def add(words: argparse.Namespace) -> int:
    """Let a name stand for a flake in the user's registry."""
    session, file = session_of(words), _file(words)
    target = locate(parse_reference(words.flake, session.cwd), session.cwd)
    entry = Entry(name=_name(session, words.name), target=target)
    read_file("user", file).with_entry(entry).write(file)
    return 0


def remove(words: argparse.Namespace) -> int:
    """Take a name out of the user's registry."""
    session, file = session_of(words), _file(words)
    known = read_file("user", file)
    left = known.without(_name(session, words.name))
    if left == known:
        raise UsageError(f"'{file}' has no entry for '{words.name}'")
    left.write(file)
    return 0


def pin(words: argparse.Namespace) -> int:
    """Let a name stand for what a flake is at now, by its commit and hash."""
    session, file = session_of(words), _file(words)
    name = _name(session, words.name)
    reference = parse_reference(words.flake or words.name, session.cwd, names=words.flake is None)
    located = locate(session.fetcher.resolve(reference), session.cwd)
    locked = session.fetcher.fetch(located, base=session.cwd).locked
    read_file("user", file).with_entry(Entry(name=name, target=locked)).write(file)
    session.say(f"{name} is {locked}")
    return 0


def _file(words: argparse.Namespace) -> Path:
    return Path(words.registry).absolute() if words.registry else user_file(os.environ)


def _name(session: Session, text: str) -> FlakeRef:
    return parse_reference(text, session.cwd, names=True)
