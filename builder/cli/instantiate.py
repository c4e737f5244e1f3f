"""``neve instantiate``: derivations of files and expressions, written into the store."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from builder.cli.errors import UsageError
from builder.cli.given import arguments_of, at_path, called, expression, file_value, session_for
from builder.cli.session import Session
from builder.lang.comparison import is_derivation, text_of
from builder.lang.errors import TypeMismatch
from builder.lang.values import Value, describe

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_+-]*")


def run(words: argparse.Namespace) -> int:
    """Print the ``.drv`` paths."""
    session = session_for(words)
    arguments = arguments_of(session, words)
    for value in _values(session, words):
        for path in words.attr or [""]:
            found = at_path(session, value, path, arguments)
            for line in list(Finder(session, arguments).within(found)):
                session.host.flush()
                print(line)
    return 0


def _values(session: Session, words: argparse.Namespace) -> Iterator[Any]:
    if words.expr is not None:
        if words.files:
            raise UsageError("give files or --expr, not both")
        yield expression(session, words.expr)
        return
    for file in words.files or ["./default.nix"]:
        yield file_value(session, file)


@dataclass(slots=True)
class Finder:
    """Finds the derivations that values are or hold; the same set is taken once.

    Sets inside of sets are looked into only when they say so
    (`recurseForDerivations`).
    """

    session: Session
    arguments: dict[str, Value]
    seen: dict[int, Any] = field(default_factory=dict)  # kept alive, so that ids stay theirs

    def within(self, value: Value, *, top: bool = True) -> Iterator[str]:
        """The ``.drv`` paths, each with the output it stands for where that is not `out`."""
        evaluator = self.session.evaluator
        value = called(self.session, evaluator.force(value), self.arguments)
        if isinstance(value, dict) and evaluator.run(lambda: is_derivation(value)):
            if id(value) in self.seen:
                return
            self.seen[id(value)] = value
            drv = text_of(evaluator.select(value, ["drvPath"]))
            output = evaluator.force(value["outputName"]) if "outputName" in value else "out"
            yield drv if output == "out" else f"{drv}!{text_of(output)}"
        elif isinstance(value, list) and top:
            for item in value:
                yield from self.within(item)
        elif isinstance(value, dict):
            wanted = "recurseForDerivations"
            if top or (wanted in value and evaluator.force(value[wanted]) is True):
                for name in sorted(value):
                    if _NAME.fullmatch(name):
                        yield from self.within(value[name], top=False)
        elif top:
            raise TypeMismatch(
                "expression does not evaluate to a derivation (or a set or list of those) "
                f"but to {describe(value)}"
            )
