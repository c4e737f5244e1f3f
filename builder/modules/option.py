"""One option: its declarations, and its value from its definitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from builder.lang.errors import NixError, ThrownError
from builder.lang.once import once
from builder.lang.thunks import call, force
from builder.lang.values import Thunk, Value
from builder.modules.definition import (
    OPTION_DEFAULT_PRIORITY,
    Definition,
    Loc,
    Place,
    show_loc,
)
from builder.modules.merge import Merged
from builder.modules.option_type import OptionType, as_set, as_type, function
from builder.modules.report import list_definitions, list_files

_ONCE = ("default", "example", "description", "apply")
_UNTYPED = OptionType()


@dataclass(frozen=True, slots=True)
class Declaration:
    """An `mkOption` in a module."""

    file: str
    attrs: dict[str, Value]
    place: Place | None = None


def declared_type(attrs: dict[str, Value]) -> OptionType:
    """The type of a declaration; anything goes without one."""
    value = force(attrs.get("type"))
    return _UNTYPED if value is None else as_type(value)


def combine_declarations(loc: Loc, declarations: list[Declaration]) -> dict[str, Value]:
    """One option from all its declarations; what two say, the first one's holds.

    Raises `ThrownError` when two say what only one may, or their types do not combine.
    """
    result = declarations[0].attrs
    for index, other in enumerate(declarations[1:], 1):
        both = [name for name in _ONCE if name in result and name in other.attrs]
        combined: OptionType | None = None
        typed = "type" in result and "type" in other.attrs
        if typed:
            combined = declared_type(result).combine(declared_type(other.attrs))
        if both or (typed and combined is None):
            earlier = list_files(d.file for d in declarations[:index])
            why = (
                f"Both give it `{both[0]}'"
                if both
                else f"Their types `{declared_type(result).description}' and "
                f"`{declared_type(other.attrs).description}' do not combine"
            )
            raise ThrownError(
                f"The option `{show_loc(loc)}' in `{other.file}' is already declared in "
                f"{earlier}. {why}."
            )
        result = {**other.attrs, **result}
        if combined is not None:
            result["type"] = as_set(combined)
    return _with_modules_in_order(result, declarations)


def _with_modules_in_order(
    option: dict[str, Value], declarations: list[Declaration]
) -> dict[str, Value]:
    """The option with the modules of its submodules in the order in which they were declared.

    Declarations are in the reverse order of their modules, as all is that modules say.
    """
    if "type" not in option:
        return option
    modules: list[Value] = []
    for declaration in reversed(declarations):
        if "type" in declaration.attrs:
            modules.extend(declared_type(declaration.attrs).sub_modules() or ())
    if not modules:
        return option
    return {**option, "type": as_set(declared_type(option).with_sub_modules(modules))}


class OptionSet(dict[str, Value]):
    """An option as a Nix set; the engine knows the option itself."""

    __slots__ = ("native",)
    native: Option


class Option:
    """An option in an evaluation. `definitions` gives the unsettled definitions."""

    def __init__(
        self,
        loc: Loc,
        declarations: list[Declaration],
        definitions: Callable[[], list[Definition]],
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self.loc = loc
        self._warn = warn
        self.declarations = declarations
        self._definitions = definitions
        self.value_thunk: Value = Thunk(lambda: self._value())
        self.description_thunk: Value = Thunk(lambda: self._describe())

    @once
    def attrs(self) -> dict[str, Value]:
        """What the declarations say, combined."""
        if len(self.declarations) == 1:
            return self.declarations[0].attrs
        return combine_declarations(self.loc, self.declarations)

    @once
    def type(self) -> OptionType:
        """The option's type."""
        return declared_type(self.attrs)

    @once
    def merged(self) -> Merged:
        """All definitions, the default among them."""
        given = self._definitions()
        attrs = self.attrs
        if "default" in attrs:
            declared = self.declarations[0]
            default = Definition(
                declared.file, attrs["default"], declared.place, (), OPTION_DEFAULT_PRIORITY
            )
            given = [default, *given]
        return Merged(self.loc, self.type, given)

    def _value(self) -> Any:
        try:
            if self._warn is not None and self.type.deprecation is not None:
                self._warn(
                    f"The type `types.{self.type.name}' of option `{show_loc(self.loc)}' defined "
                    f"in {list_files(d.file for d in self.declarations)} is deprecated. "
                    f"{self.type.deprecation}"
                )
            if "apply" in self.attrs:
                # It may not need what is defined, and so need no definition.
                return call(self.attrs["apply"], Thunk(lambda: self._merged_value()))
            return self._merged_value()
        except NixError as error:
            error.within(f"while evaluating the option `{show_loc(self.loc)}':")
            raise

    def _merged_value(self) -> Any:
        if force(self.attrs.get("readOnly", False)) is True:
            self._check_read_only()
        return self.merged.value()

    def _check_read_only(self) -> None:
        settled = self.merged.settled
        if len(settled) > 1:
            raise ThrownError(
                f"The option `{show_loc(self.loc)}' is read-only, but it's set multiple times. "
                f"Definition values:{list_definitions(settled)}"
            )

    def _describe(self) -> dict[str, Value]:
        """The option as `options.NAME` shows it to Nix code."""
        merged = self.merged
        shown = show_loc(self.loc)
        found = OptionSet(self.attrs)
        found.native = self
        found.update(
            {
                "_type": "option",
                "loc": list(self.loc),
                "type": self.attrs.get("type") or as_set(self.type),
                "declarations": [d.file for d in self.declarations],
                "declarationPositions": [
                    {"file": d.file, "line": None, "column": None}
                    if d.place is None
                    else {"file": d.place[0], "line": d.place[1], "column": d.place[2]}
                    for d in self.declarations
                ],
                "value": self.value_thunk,
                "isDefined": Thunk(lambda: merged.is_defined),
                "highestPrio": Thunk(lambda: merged.priority),
                "definitions": Thunk(lambda: [d.value for d in merged.final]),
                "definitionsWithLocations": Thunk(lambda: merged.located()),
                "files": Thunk(lambda: [d.file for d in merged.final]),
                "__toString": function("__toString", 1, lambda _: shown),
            }
        )
        return found


def evaluate_option(
    loc: Loc, declarations: list[Declaration], definitions: list[Definition]
) -> dict[str, Value]:
    """A lone option, as Nix code sees it."""
    described: dict[str, Value] = force(
        Option(loc, declarations, lambda: definitions).description_thunk
    )
    return described
