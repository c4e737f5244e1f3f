"""Types that are modules themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.lang.errors import ThrownError
from builder.lang.thunks import force
from builder.lang.values import Path, Value, is_function
from builder.modules.definition import OPTION_DEFAULT_PRIORITY, Definition, Loc
from builder.modules.evaluation import Request, eval_modules
from builder.modules.option_type import OptionType


def _is_module(value: Any) -> bool:
    return isinstance(value, (dict, Path)) or is_function(value)


class Submodule(OptionType):
    """Values that are configurations of modules of their own.

    With `shorthand`, a definition that is a set holds values only and may use
    names like `config` for its own options.
    """

    name = "submodule"

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
        self.description = description or "submodule"
        self.class_ = class_

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
        """Evaluate the type's modules together with the definitions."""
        modules: list[tuple[Value, str]] = [
            ({"_module": {"args": {"name": loc[-1] if loc else ""}}}, "<the module engine>")
        ]
        modules.extend((module, "<unknown-file>") for module in self.modules)
        for definition in definitions:
            value = force(definition.value)
            if self.shorthand and isinstance(value, dict):
                value = {"config": value}
            modules.append(({"_file": definition.file, "imports": [value]}, definition.file))
        return force(eval_modules(self._request(loc, modules))["config"])

    def empty(self) -> Any:
        """The configuration without definitions is the empty one."""
        return {}

    def sub_options(self, prefix: Loc) -> Value:
        """The options of the type's modules."""
        name = {
            "_module": {
                "args": {
                    "name": {
                        "_type": "override",
                        "priority": OPTION_DEFAULT_PRIORITY,
                        "content": "‹name›",
                    }
                }
            }
        }
        modules: list[tuple[Value, str]] = [(name, "<the module engine>")]
        modules.extend((module, "<unknown-file>") for module in self.modules)
        options: dict[str, Value] = force(eval_modules(self._request(prefix, modules))["options"])
        return {key: value for key, value in options.items() if key != "_module"}

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
            description=self.description,
            class_=self.class_,
        )

    def combine(self, other: OptionType) -> OptionType | None:
        """The modules of both."""
        if not isinstance(other, Submodule):
            return None
        common = self.special_args.keys() & other.special_args.keys()
        if common:
            raise ThrownError(
                "a submoduleWith option is declared multiple times with the same specialArgs "
                f"{', '.join(sorted(common))}"
            )
        if self.shorthand is None:
            shorthand = other.shorthand
        elif other.shorthand is None or other.shorthand == self.shorthand:
            shorthand = self.shorthand
        else:
            raise ThrownError(
                "a submoduleWith option is declared multiple times with conflicting "
                "shorthandOnlyDefinesConfig values"
            )
        return Submodule(
            lib=self.lib,
            load=self.load,
            modules=[*self.modules, *other.modules],
            special_args={**self.special_args, **other.special_args},
            shorthand=shorthand,
            description=self.description,
            class_=self.class_ or other.class_,
        )


class DeferredModule(OptionType):
    """Modules to be imported elsewhere; all definitions are kept as one module."""

    name = "deferredModule"
    description = "module"

    def __init__(self, static: list[Value]) -> None:
        self.static = static

    def accepts(self, value: Any) -> bool:
        """Sets, functions and paths can be modules."""
        return _is_module(value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """A module that imports all definitions, each with its file."""
        shown = ".".join(loc)
        imports: list[Value] = list(self.static)
        for d in definitions:
            imports.append({"_file": f"{d.file}, via option {shown}", "imports": [d.value]})
        return {"imports": imports}

    def empty(self) -> Any:
        """The static modules alone."""
        return {"imports": list(self.static)}

    def sub_modules(self) -> list[Value] | None:
        """The static modules."""
        return self.static

    def with_sub_modules(self, modules: list[Value]) -> OptionType:
        """The same with other static modules."""
        return DeferredModule(modules)

    def combine(self, other: OptionType) -> OptionType | None:
        """The static modules of both."""
        if not isinstance(other, DeferredModule):
            return None
        return DeferredModule([*self.static, *other.static])
