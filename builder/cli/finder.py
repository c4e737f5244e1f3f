"""The derivations that a value is or holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from builder.cli.given import called
from builder.cli.session import Session
from builder.lang.comparison import is_derivation
from builder.lang.errors import TypeMismatch
from builder.lang.values import Value, describe

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_+-]*")


@dataclass(slots=True)
class Finder:
    """Finds the derivations that values are or hold; the same set is taken once.

    Sets inside of sets are looked into only when they say so
    (`recurseForDerivations`).
    """

    session: Session
    arguments: dict[str, Value]
    seen: dict[int, Any] = field(default_factory=dict)  # kept alive, so that ids stay theirs

    def within(self, value: Value, *, top: bool = True) -> Iterator[dict[str, Any]]:
        """The forced sets that say that they are derivations."""
        evaluator = self.session.evaluator
        value = called(self.session, evaluator.force(value), self.arguments)
        if isinstance(value, dict) and evaluator.run(lambda: is_derivation(value)):
            if id(value) in self.seen:
                return
            self.seen[id(value)] = value
            yield value
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
