"""Evaluating modules: the tree of options, and the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from builder.lang.errors import EvalError, InfiniteRecursion, NixError, ThrownError, nearest
from builder.lang.expect import want_attrs
from builder.lang.once import once
from builder.lang.thunks import force
from builder.lang.values import Thunk, Value
from builder.modules.collect import Arguments, Module, collect
from builder.modules.containers import AttrsOf
from builder.modules.definition import Definition, Loc, know_library, show_loc
from builder.modules.level import Level, Unmatched
from builder.modules.option import Declaration
from builder.modules.option_type import OptionType, as_set, as_type, function
from builder.modules.report import list_definitions
from builder.modules.simple import simple_types
from builder.modules.wrapped import NullOr

Load = Callable[[str], Value]


_ARGS = """\
Additional arguments passed to each module, besides `lib`, `config`, `options`, `specialArgs` and
what `specialArgs` has. Submodules have arguments of their own; the argument `name` is the
attribute that a submodule is bound to. `imports` cannot depend on these arguments, only on
`specialArgs`."""


def _internal_options(*, root: bool) -> dict[str, Value]:
    """The options of `_module`, that every evaluation has; `args` is documented at the root."""
    simple = simple_types()
    shown: dict[str, Value] = {"description": _ARGS, **({"internal": False} if root else {})}

    def option(type_: OptionType, **more: Value) -> Value:
        return {"_type": "option", "type": as_set(type_), "internal": True, **more}

    return {
        "args": option(AttrsOf(simple["raw"], lazy=True), default={}, **shown),
        "check": option(simple["bool"], default=True),
        "freeformType": option(NullOr(simple["optionType"]), default=None),
        "specialArgs": option(simple["raw"], readOnly=True),
    }


_RECURSION = (
    "if you get an infinite recursion here, you probably reference `config` in `imports`. If you "
    "are trying to achieve a conditional import behavior dependent on `config`, consider importing "
    "unconditionally, and using `mkEnableOption` and `mkIf` to control its effect."
)
_INTERNAL = {root: _internal_options(root=root) for root in (True, False)}
_INTERNAL_FILE = "<the module engine>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The arguments of an evaluation. `modules` pairs each with the file that names it."""

    lib: Value
    load: Load
    warn: Callable[[str], None] | None = None
    modules: tuple[tuple[Value, str], ...]
    special_args: dict[str, Value] = field(default_factory=dict)
    prefix: Loc = ()
    class_: str | None = None


class Evaluation:
    """Modules evaluated together."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._is_collecting = False
        self._config: Value = Thunk(lambda: self._whole_config())
        self._checked: Value = Thunk(lambda: self._checked_config())
        self.result: dict[str, Value] = {
            "_type": "configuration",
            "options": Thunk(lambda: self._visible_options()),
            "config": self._checked,
            "_module": Thunk(lambda: force(self._root.config["_module"])),
            "extendModules": function("extendModules", 1, self._extend),
            "type": Thunk(lambda: self._type()),
            "class": request.class_,
        }

    @once
    def _modules(self) -> list[Module]:
        request = self.request
        special = force(request.special_args.get("modulesPath", ""))
        always: dict[str, Value] = {
            "lib": request.lib,
            "config": self._config,
            "options": Thunk(lambda: self._root.options),
            "specialArgs": request.special_args,
            "_class": request.class_,
            "_prefix": list(request.prefix),
            "extendModules": self.result["extendModules"],
            "moduleType": self.result["type"],
            **request.special_args,
        }
        arguments = Arguments(
            always=always,
            lookup=self._argument,
            load=request.load,
            modules_path=getattr(special, "text", special) if special else "",
        )
        if self._is_collecting:  # which modules there are depends on what a module says
            raise InfiniteRecursion("infinite recursion encountered")
        self._is_collecting = True
        try:
            return collect(request.modules, arguments, request.class_)
        except InfiniteRecursion as error:
            error.within(_RECURSION)
            raise
        finally:
            self._is_collecting = False

    def _argument(self, name: str, file: str) -> Any:
        try:
            args = want_attrs(want_attrs(force(self._root.config["_module"]))["args"])
            if name not in args:
                raise EvalError(
                    f"attribute '{name}' missing: no module argument has that name; set "
                    f"`_module.args.{name}' or pass it in specialArgs",
                    suggestions=nearest(name, args),
                )
            return force(args[name])
        except NixError as error:
            error.within(f"while evaluating the module argument `{name}' in `{file}':")
            raise

    @once
    def _root(self) -> Level:
        modules = self._modules
        declared = [
            (Declaration(module.file, module.options), module.options) for module in modules
        ]
        internal: dict[str, Value] = {"_module": _INTERNAL[not self.request.prefix]}
        declared.insert(0, (Declaration(_INTERNAL_FILE, internal), internal))
        own = Definition(_INTERNAL_FILE, {"_module": {"specialArgs": self.request.special_args}})
        definitions = [own, *(Definition(module.file, module.config) for module in modules)]
        root = Level(self.request.prefix, (), declared, lambda: definitions, self.request.warn)
        root.freeform = lambda: self._freeform()
        return root

    def _freeform(self) -> OptionType | None:
        value = force(want_attrs(force(self._root.config["_module"]))["freeformType"])
        return None if value is None else as_type(value)

    def _whole_config(self) -> dict[str, Value]:
        declared = self._root.config
        free = self._freeform()
        if free is None:
            return declared
        unmatched = self._root.unmatched()
        if not unmatched:
            return declared
        definitions = [_nested(part) for part in unmatched]
        merged = want_attrs(free.merge(self.request.prefix, definitions))
        return _united(merged, self._root)

    def _checked_config(self) -> dict[str, Value]:
        self._check()
        config = want_attrs(self._config)
        return {name: value for name, value in config.items() if name != "_module"}

    def _visible_options(self) -> dict[str, Value]:
        self._check()
        return self._root.options

    def _check(self) -> None:
        """Refuse definitions of what no option declares."""
        check = want_attrs(force(self._root.config["_module"]))["check"]
        if force(check) is not True or self._freeform() is not None:
            return
        unmatched = self._root.unmatched()
        if not unmatched:
            return
        first = unmatched[0]
        loc = (*self.request.prefix, *first.path)
        same = [u.definition for u in unmatched if u.path == first.path]
        names = first.declared
        near = nearest(first.path[-1], names)
        parent = loc[:-1]
        near_locs = tuple(show_loc((*parent, name)) for name in near)
        message = f"The option `{show_loc(loc)}' does not exist. Definition values:"
        try:
            message += list_definitions(same)
        except NixError as error:
            error.within(
                f"while evaluating the error message for definitions for `{show_loc(loc)}', which "
                "is an option that does not exist"
            )
            raise
        others = {u.path for u in unmatched} - {first.path}
        if others:
            shown = ", ".join(
                f"`{show_loc((*self.request.prefix, *path))}'" for path in sorted(others)
            )
            message += f"\nThese do not exist either: {shown}"
        if set(self._root.config) == {"_module"}:
            message += self._without_options()
        raise ThrownError(message, suggestions=near_locs)

    def _without_options(self) -> str:
        """What to look for when there are definitions, and no option at all."""
        prefix = show_loc(self.request.prefix)
        if not prefix:
            return (
                "\n\nIt seems as if you're trying to declare an option by placing it into "
                "`config' rather than `options'!\n"
            )
        return (
            f"\n\nHowever there are no options defined in `{prefix}'. Are you sure you've\n"
            "declared your options properly? This can happen if you e.g. declared your options "
            "in `types.submodule'\nunder `config' rather than `options'.\n"
        )

    def _extend(self, arguments: Value) -> Value:
        attrs = want_attrs(arguments)
        more = tuple((m, "<unknown-file>") for m in force(attrs.get("modules", [])))
        prefix = attrs.get("prefix")
        request = replace(
            self.request,
            modules=(*self.request.modules, *more),
            special_args={**self.request.special_args, **want_attrs(attrs.get("specialArgs", {}))},
            prefix=self.request.prefix if prefix is None else tuple(force(prefix)),
        )
        return Evaluation(request).result

    def _type(self) -> Value:
        from builder.modules.submodule import Submodule

        request = self.request
        return as_set(
            Submodule(
                lib=request.lib,
                load=request.load,
                modules=[value for value, _ in request.modules],
                special_args=request.special_args,
                class_=request.class_,
            )
        )


def _nested(part: Unmatched) -> Definition:
    """A definition of the whole configuration from that of an undeclared part of it."""
    definition = part.definition
    value = definition.with_properties()
    for name in reversed(part.path):
        value = {name: value}
    return Definition(definition.file, value, definition.place)


def _united(free: dict[str, Value], level: Level) -> dict[str, Value]:
    """Declared options over undeclared ones, nested sets of options included."""
    result = dict(free)
    for name, value in level.config.items():
        below = level.nested(name) if name in free else None
        result[name] = value if below is None else _united(want_attrs(free[name]), below)
    return result


def eval_modules(request: Request) -> dict[str, Value]:
    """The whole result of `lib.evalModules`: config, options, type, extendModules, ..."""
    know_library(request.lib)
    return Evaluation(request).result
