"""The names that a repl's expressions see, and where they came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.cli.attribute import split_installable
from builder.cli.errors import UsageError
from builder.cli.installable import find
from builder.cli.session import Session
from builder.lang.compiled import TOP_LEVEL
from builder.lang.errors import EvalError
from builder.lang.expect import want_attrs
from builder.lang.parser import parse
from builder.lang.source import Source
from builder.lang.thunks import force
from builder.lang.tree import Select
from builder.lang.values import Thunk, Value, describe, formals_of, is_function

_NAME = "«string»"
PREFIXES = ("packages.SYSTEM", "legacyPackages.SYSTEM", "")


@dataclass(slots=True)
class Scope:
    """Names with their values; `sources` add names, and add them anew when reloaded."""

    fresh: Callable[[], Session]
    session: Session = field(init=False)
    names: dict[str, Value] = field(default_factory=dict)
    sources: list[Callable[[], int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = self.fresh()

    def reload(self) -> int:
        """Read all sources anew, forgetting everything else. The number of names."""
        self.session = self.fresh()
        self.names = {}
        for source in self.sources:
            source()
        return len(self.names)

    def evaluate(self, text: str) -> Any:
        """The forced value of an expression. Raises `NixError`."""
        return self.session.evaluator.eval_string(text, str(Path.cwd()), _NAME, dict(self.names))

    def check(self, text: str) -> None:
        """Read an expression without evaluating it. Raises `NixError`."""
        self.session.evaluator.prepare(text, str(Path.cwd()), _NAME, dict(self.names))

    def bind(self, name: str, text: str) -> None:
        """Give an expression's value a name; it is evaluated when it is needed."""
        work = self.session.evaluator.prepare(text, str(Path.cwd()), _NAME, dict(self.names))
        self.names[name] = Thunk(work)

    def add(self, value: Value) -> int:
        """Add a set's attributes; how many. Raises `EvalError` for anything else."""
        forced = self.session.evaluator.force(value)
        if not isinstance(forced, dict):
            raise EvalError(f"expected a set but found {describe(forced)}")
        self.names.update(forced)
        return len(forced)

    def load_file(self, path: str) -> int:
        """Add what a file's set (or its function of defaults only) has."""
        absolute = str(Path(path).expanduser().absolute())

        def source() -> int:
            return self.add(self._called(self.session.evaluator.eval_file(absolute)))

        return self._source(source)

    def load_flake(self, reference: str) -> int:
        """Add a flake's outputs, or what an attribute of it has."""
        where, attribute = split_installable(reference)

        def source() -> int:
            if attribute:
                prefixes = PREFIXES
                found = find(self.session, reference, prefixes=prefixes, default="")
                return self.add(self._called(found.value))
            _, outputs = self.session.outputs(where)
            return self.add(outputs)

        return self._source(source)

    def load_text(self, text: str) -> int:
        """Add what an expression's set has."""
        return self._source(lambda: self.add(self._called(self.evaluate(text))))

    def _source(self, source: Callable[[], int]) -> int:
        added = source()
        self.sources.append(source)
        return added

    def _called(self, value: Any) -> Any:
        """A function whose named arguments all have defaults, called with none."""
        formals = formals_of(value) if is_function(value) else None
        if formals is not None and all(formals.names.values()):
            return self.session.evaluator.call(value, {})
        return value

    def attributes(self, text: str) -> list[str]:
        """The names of an expression's set; none for what is no set. Raises `NixError`."""
        value = self.evaluate(text)
        return sorted(value) if isinstance(value, dict) else []

    def visible(self) -> list[str]:
        """All names that an expression may begin with."""
        return sorted({*self.names, *TOP_LEVEL, *_KEYWORDS})

    def position(self, text: str) -> tuple[str, str, int, int] | None:
        """The last attribute of ``A.b.c`` and the file, line and column where it is bound;
        None if unknown."""
        split = re.fullmatch(r"(.+)\.([\w'-]+|\"[^\"]*\")", text.strip(), re.DOTALL)
        if split is None or not isinstance(parse(Source(text, _NAME)), Select):
            return None
        holder, name = split[1], split[2].strip('"')
        found = self.evaluate(f'builtins.unsafeGetAttrPos "{name}" ({holder})')
        if found is None:
            return None
        place = want_attrs(found)

        def parts() -> tuple[Any, Any, Any]:
            return force(place["file"]), force(place["line"]), force(place["column"])

        file, line, column = self.session.evaluator.run(parts)
        return name, str(getattr(file, "text", file)), int(line), int(column)


_KEYWORDS = ("assert", "else", "if", "in", "inherit", "let", "rec", "then", "with")


def drv_of(scope: Scope, value: Any) -> dict[str, Value]:
    """A derivation's set. Raises `UsageError` for anything else."""
    if not isinstance(value, dict) or "drvPath" not in value:
        raise UsageError(f"the expression is {describe(value)}, and no derivation")
    return value
