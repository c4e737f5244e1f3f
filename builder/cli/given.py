"""Expressions and files on the command line, with their arguments."""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.cli.attribute import split_attribute
from builder.cli.errors import UsageError
from builder.cli.given_words import ALWAYS_ON
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.lang.errors import EvalError, MissingAttribute, nearest
from builder.lang.grammar import FEATURES
from builder.lang.symbols import in_order
from builder.lang.values import Value, describe, formals_of
from builder.lang.words import quoted

_ONE_OF = "give one of FLAKE#ATTRIBUTE, --expr and --file"


def session_for(words: argparse.Namespace) -> Session:
    """The session of a command with `add_words`.

    An expression or a file sees the machine unless `--pure-eval` is given, as
    with `nix-instantiate`; a flake does not unless `--impure` is.
    """
    session = session_of(words)
    given = words.expr is not None or getattr(words, "file", None) is not None
    flake = not given and getattr(words, "takes_flakes", False)
    features = frozenset(" ".join(words.extra_experimental_features).split())
    if unknown := sorted(features - FEATURES - ALWAYS_ON):
        raise UsageError(
            f"there is no experimental feature '{unknown[0]}'",
            hint=f"there are {', '.join(sorted(FEATURES))}; "
            f"{', '.join(sorted(ALWAYS_ON))} need no switch",
        )
    session.features = features & FEATURES
    session.restricted = words.restrict_eval
    if not flake:
        session.pure = words.pure_eval
    session.search_path = _search_path(words.include)
    return session


def _search_path(given: list[str]) -> tuple[tuple[str, str], ...]:
    entries = []
    for text in (*given, *filter(None, os.environ.get("NIX_PATH", "").split(":"))):
        prefix, equals, path = text.partition("=")
        entries.append((prefix, path) if equals else ("", text))
    return tuple((prefix, str(Path(path).absolute())) for prefix, path in entries)


def arguments_of(session: Session, words: argparse.Namespace) -> dict[str, Value]:
    """The values that `--arg` and `--argstr` name."""
    made: dict[str, Value] = dict(words.argstr)
    for name, text in words.arg:
        made[name] = session.evaluator.eval_string(text, str(session.cwd), "«string»")
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The value of the command line's expression or file, and the arguments for functions."""

    session: Session
    value: Any
    arguments: dict[str, Value]

    def at(self, path: str) -> Any:
        """The forced attribute at a path, as `at_path` gives it; raises `UsageError` for a
        flake's."""
        if "#" in path:
            raise UsageError(_ONE_OF)
        return at_path(self.session, self.value, path, self.arguments)


def given_by(session: Session, words: argparse.Namespace) -> Given:
    """What `--expr` or `--file` gives; raises `UsageError` for both or none of them."""
    arguments = arguments_of(session, words)
    if (words.expr is None) == (words.file is None):
        raise UsageError(_ONE_OF)
    if words.expr is not None:
        value = expression(session, words.expr)
    else:
        value = file_value(session, words.file)
    return Given(session=session, value=value, arguments=arguments)


def expression(session: Session, text: str) -> Any:
    """The value of an expression whose relative paths start in the current folder.

    ``-`` stands for the one that is written into the command.
    """
    if text == "-":
        return session.evaluator.eval_string(stdin_text(), str(session.cwd), STDIN)
    return session.evaluator.eval_string(text, str(session.cwd), "«string»")


# Files that are looked up: `<nixpkgs>`, and archives by their address.
_LOOKED_UP = re.compile(r"<[^<>]+>")
_ADDRESS = re.compile(r"(?:https?|file)://.*", re.DOTALL)
STDIN = "«stdin»"


def stdin_text() -> str:
    """What is written into the command."""
    return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")


def file_value(session: Session, file: str) -> Any:
    """The value of a file: a path, ``-`` for what is written into the command, ``<name>``
    or the address of an archive."""
    evaluator = session.evaluator
    if file == "-":
        return expression(session, file)
    if _LOOKED_UP.fullmatch(file):
        return expression(session, f"import {file}")
    if _ADDRESS.fullmatch(file):
        return expression(session, f"import (fetchTarball {quoted(file)})")
    return evaluator.eval_file(str(Path(file).absolute()))


def at_path(session: Session, value: Any, path: str, arguments: dict[str, Value]) -> Any:
    """The forced attribute at a path, functions on the way there called; raises
    `MissingAttribute`."""
    for name in split_attribute(path):
        value = called(session, value, arguments)
        shape = list if name.isdecimal() else dict
        if not isinstance(value, shape):
            raise EvalError(
                f"the expression selected by the selection path '{path}' should be "
                f"{'a list' if shape is list else 'a set'} but is {describe(value)}"
            )
        if isinstance(value, list):
            if int(name) >= len(value):
                raise EvalError(f"list index {name} in selection path '{path}' is out of range")
            value = value[int(name)]
        elif not name:
            raise EvalError(f"empty attribute name in selection path '{path}'")
        elif name not in value:
            raise MissingAttribute(
                f"attribute '{name}' in selection path '{path}' not found",
                suggestions=nearest(name, value),
            )
        else:
            value = value[name]
        value = session.evaluator.force(value)
    return value


def called(session: Session, value: Any, arguments: dict[str, Value]) -> Any:
    """A value, or when it is a function with a set pattern what it gives for the arguments.

    Raises `EvalError` for an argument that has neither a value nor a default.
    """
    if isinstance(value, dict) and "__functor" in value:
        return called(session, session.evaluator.call(value["__functor"], value), arguments)
    formals = formals_of(value) if hasattr(value, "__defaults__") else None
    if formals is None:
        return value
    for name in in_order(formals.names):
        if not formals.names[name] and name not in arguments:
            raise EvalError(
                f"cannot evaluate a function that has an argument without a value ('{name}')\n"
                "Nix attempted to evaluate a function as a top level expression; in\n"
                "this case it must have its arguments supplied either by default\n"
                "values, or passed explicitly with '--arg' or '--argstr'."
            )
    taken = {n: v for n, v in arguments.items() if formals.ellipsis or n in formals.names}
    return session.evaluator.call(value, taken)
