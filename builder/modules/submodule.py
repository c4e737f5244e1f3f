"""Types that are modules themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from builder.lang.errors import ThrownError
from builder.lang.expect import want_attrs, want_bool, want_list, want_text
from builder.lang.once import once
from builder.lang.thunks import force
from builder.lang.values import Value, is_function
from builder.modules.definition import (
    OPTION_DEFAULT_PRIORITY,
    VIA_OPTION,
    Definition,
    Loc,
    show_loc,
)
from builder.modules.evaluation import Request, eval_modules
from builder.modules.option_type import OptionType, as_type, phrase
from builder.modules.paths import path_text

T = TypeVar("T")


def text_or_none(value: Value) -> str | None:
    """A string's text, or None for null."""
    value = force(value)
    return None if value is None else want_text(value)


def _is_module(value: Any) -> bool:
    if isinstance(value, dict) or is_function(value):
        return True
    text = path_text(value)
    return text is not None and text.startswith("/")


class Submodule(OptionType):
    """Values that are configurations of modules of their own.

    With `shorthand`, a definition that is a set holds values only and may use
    names like `config` for its own options.
    """

    name = "submodule"
    description_class = None

    def __init__(
        self,
        *,
        lib: Value,
        load: Callable[[str], Value],
        modules: list[Value],
        special_args: dict[str, Value] | None = None,
        shorthand: bool | None = False,
        description: str | None = None,
        class_: str | None = None,
    ) -> None:
        self.lib = lib
        self.load = load
        self.modules = modules
        self.special_args = special_args or {}
        self.shorthand = shorthand
        self.given_description = description
        self.class_ = class_

    def payload(self) -> dict[str, Value] | None:
        """The arguments of `types.submoduleWith`."""
        return {
            "modules": self.modules,
            "specialArgs": self.special_args,
            "shorthandOnlyDefinesConfig": self.shorthand,
            "description": self.given_description,
            "class": self.class_,
        }

    def made_of(self, payload: dict[str, Value]) -> Submodule:
        """Another one, of arguments as `payload` has them; all but the modules may be left out."""
        shorthand = force(payload.get("shorthandOnlyDefinesConfig", False))
        return Submodule(
            lib=self.lib,
            load=self.load,
            modules=want_list(payload["modules"]),
            special_args=want_attrs(payload.get("specialArgs", {})),
            shorthand=None if shorthand is None else want_bool(shorthand),
            description=text_or_none(payload.get("description")),
            class_=text_or_none(payload.get("class")),
        )

    @property
    def description(self) -> str:  # type: ignore[override]
        """As given, that of what undeclared names may be, or the type's name."""
        free = self._freeform
        if self.given_description is not None:
            return self.given_description
        if free is None:
            return self.name
        return f"open {self.name} of {phrase(free, 'noun', 'composite')}"

    @once
    def _freeform(self) -> OptionType | None:
        """The type of what no option of the modules declares."""
        module = want_attrs(eval_modules(self._request((), self._bare()))["_module"])
        free = force(module["freeformType"])
        return None if free is None else as_type(free)

    def nested(self) -> dict[str, OptionType]:
        """The type of undeclared names."""
        return {} if self._freeform is None else {"freeformType": self._freeform}

    def accepts(self, value: Any) -> bool:
        """Sets, functions and paths can be modules."""
        return _is_module(value)

    def _request(self, prefix: Loc, modules: list[tuple[Value, str]]) -> Request:
        return Request(
            lib=self.lib,
            load=self.load,
            modules=tuple(modules),
            special_args=self.special_args,
            prefix=prefix,
            class_=self.class_,
        )

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """The configuration of the type's modules together with the definitions."""
        return force(self.evaluate(loc, definitions)["config"])

    def evaluate(self, loc: Loc, definitions: list[Definition]) -> dict[str, Value]:
        """The whole evaluation that a value is the configuration of."""
        modules: list[tuple[Value, str]] = [
            ({"_module": {"args": {"name": loc[-1] if loc else ""}}}, "<the module engine>")
        ]
        modules.extend((module, "<unknown-file>") for module in self.modules)
        for definition in definitions:
            value = force(definition.value)
            if self.shorthand and isinstance(value, dict):
                value = {"config": value}
            modules.append(({"_file": definition.file, "imports": [value]}, definition.file))
        return eval_modules(self._request(loc, modules))

    def empty(self) -> Any:
        """The configuration without definitions is the empty one."""
        return {}

    def sub_options(self, prefix: Loc) -> Value:
        """The options of the type's modules."""
        options: dict[str, Value] = force(
            eval_modules(self._request(prefix, self._bare()))["options"]
        )
        found = {key: value for key, value in options.items() if key != "_module"}
        if self._freeform is not None:
            found["_freeformOptions"] = self._freeform.sub_options(prefix)
        return found

    def _bare(self) -> list[tuple[Value, str]]:
        """The type's modules where there is no definition."""
        name = {
            "_type": "override",
            "priority": OPTION_DEFAULT_PRIORITY,
            "content": "‹name›",
        }
        modules: list[tuple[Value, str]] = [
            ({"_module": {"args": {"name": name}}}, "<the module engine>")
        ]
        modules.extend((module, "<unknown-file>") for module in self.modules)
        return modules

    def sub_modules(self) -> list[Value] | None:
        """The type's modules."""
        return self.modules

    def with_sub_modules(self, modules: list[Value]) -> OptionType:
        """The same with other modules."""
        return Submodule(
            lib=self.lib,
            load=self.load,
            modules=modules,
            special_args=self.special_args,
            shorthand=self.shorthand,
            description=self.given_description,
            class_=self.class_,
        )

    def combined(self, other: OptionType) -> OptionType | None:
        """The modules of both."""
        if not isinstance(other, Submodule):
            return None
        common = self.special_args.keys() & other.special_args.keys()
        if common:
            raise ThrownError(
                "A submoduleWith option is declared multiple times with the same specialArgs "
                f'"{" ".join(sorted(common))}"'
            )
        return Submodule(
            lib=self.lib,
            load=self.load,
            modules=[*self.modules, *other.modules],
            special_args={**self.special_args, **other.special_args},
            shorthand=_agreed(self.shorthand, other.shorthand, "shorthandOnlyDefinesConfig values"),
            description=_agreed(self.given_description, other.given_description, "descriptions"),
            class_=_agreed(self.class_, other.class_, "class values"),
        )


def _agreed(left: T | None, right: T | None, what: str) -> T | None:
    """What two declarations say together, either of which may say nothing."""
    if left is not None and right is not None and left != right:
        raise ThrownError(
            f"A submoduleWith option is declared multiple times with conflicting {what}"
            + (f' "{left}" and "{right}".' if isinstance(left, str) else "")
        )
    return right if left is None else left


class DeferredModule(OptionType):
    """Modules to be imported elsewhere; all definitions are kept as one module."""

    name = "deferredModule"
    description = "module"

    def __init__(self, static: list[Value], lib: Value, load: Callable[[str], Value]) -> None:
        self.static = static
        self.lib = lib
        self.load = load

    def payload(self) -> dict[str, Value] | None:
        """The arguments of `types.deferredModuleWith`."""
        return {"staticModules": self.static}

    def accepts(self, value: Any) -> bool:
        """Sets, functions and paths can be modules."""
        return _is_module(value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """A module that imports all definitions, each with its file."""
        shown = show_loc(loc)
        imports: list[Value] = list(self.static)
        for d in definitions:
            imports.append({"_file": f"{d.file}{VIA_OPTION}{shown}", "imports": [d.value]})
        return {"imports": imports}

    def sub_options(self, prefix: Loc) -> Value:
        """The options of the static modules."""
        return Submodule(lib=self.lib, load=self.load, modules=self.static).sub_options(prefix)

    def sub_modules(self) -> list[Value] | None:
        """The static modules."""
        return self.static

    def with_sub_modules(self, modules: list[Value]) -> OptionType:
        """The same with other static modules."""
        return DeferredModule(modules, self.lib, self.load)

    def combined(self, other: OptionType) -> OptionType | None:
        """The static modules of both."""
        if not isinstance(other, DeferredModule):
            return None
        return DeferredModule([*self.static, *other.static], self.lib, self.load)
