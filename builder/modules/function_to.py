"""The type of functions whose results are of a type."""

from __future__ import annotations

from typing import Any

from builder.lang.builtins.attrs import function_args
from builder.lang.expect import want_attrs, want_bool
from builder.lang.operators import MISSING
from builder.lang.thunks import call, force, lazy_call
from builder.lang.values import Thunk, Value, is_function
from builder.modules.definition import Definition, Loc
from builder.modules.merge import Merged
from builder.modules.option_type import function, phrase
from builder.modules.wrapped import Wrapped


class FunctionTo(Wrapped):
    """Functions whose results are of the type inside."""

    name = "functionTo"
    description_class = "composite"

    @property
    def description(self) -> str:  # type: ignore[override]
        """With the results' type."""
        return f"function that evaluates to a(n) {phrase(self.inside, 'noun', 'composite')}"

    def accepts(self, value: Any) -> bool:
        """Whether it can be called."""
        return is_function(value) or (isinstance(value, dict) and "__functor" in value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """A function that merges the results of all; it tells the arguments of all."""

        def applied(_: Value, argument: Value) -> Value:
            parts = [Definition(d.file, lazy_call(d.value, argument), d.place) for d in definitions]
            return Merged((*loc, "<function body>"), self.inside, parts).value()

        return {
            "__functionArgs": Thunk(lambda: _arguments(definitions)),
            "__functor": function("<function body>", 2, applied),
        }

    def empty(self) -> Any:
        """Nothing."""
        return MISSING

    def sub_options(self, prefix: Loc) -> Value:
        """Those of the results."""
        return self.inside.sub_options((*prefix, "<function body>"))


def _arguments(definitions: list[Definition]) -> Value:
    """The named arguments of functions; one has a default where all give it one."""
    found: dict[str, Value] = {}
    for definition in definitions:
        for name, has_default in _own_arguments(definition.value).items():
            found[name] = want_bool(has_default) and bool(found.get(name, True))
    return found


def _own_arguments(callable_: Value) -> dict[str, Value]:
    """As `lib.functionArgs` finds them."""
    value = force(callable_)
    if isinstance(value, dict):
        if "__functionArgs" in value:
            return want_attrs(value["__functionArgs"])
        return _own_arguments(call(value["__functor"], value))
    return dict(function_args(value))
