"""How Nix values are represented in Python.

==========  ===============================================================
null        None
Boolean     bool
integer     int, always within 64 bits, signed
float       float
string      str without context, `ContextString` with
path        `Path`
list        list, never changed after it is made
set         dict[str, object], or `Attrs` which knows where names were bound;
            never changed after it is made
function    a Python function of one argument (patterns: see `Formals`),
            `Curried2`, `Curried3`, `Builtin`, `Partial`
thunk       `Thunk`: a cell that holds a Python function of no arguments
            until it is forced (see `thunks`)
==========  ===============================================================

Elements of lists and sets may be thunks; what functions return never is one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import CellType, FunctionType
from typing import Any

from builder.lang.context import Element

Thunk = CellType
Value = object


class ContextString:
    """A string that refers to store objects."""

    __slots__ = ("context", "text")

    def __init__(self, text: str, context: frozenset[Element]) -> None:
        self.text = text
        self.context = context

    def __repr__(self) -> str:
        return f"ContextString({self.text!r}, {set(self.context)!r})"


class Path:
    """An absolute, canonical path outside of strings."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return type(other) is Path and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Path({self.text!r})"


class Positions:
    """Where the names of a set literal are bound: name → (line, column)."""

    __slots__ = ("at", "file")

    def __init__(self, file: str, at: dict[str, tuple[int, int]]) -> None:
        self.file = file
        self.at = at

    def find(self, name: str) -> tuple[str, int, int] | None:
        """The (file, line, column) where `name` is bound."""
        place = self.at.get(name)
        return None if place is None else (self.file, *place)


class MergedPositions:
    """The positions of ``left // right``; `depth` is how many are merged in `left`."""

    __slots__ = ("depth", "left", "right")

    def __init__(self, left: AnyPositions, right: AnyPositions) -> None:
        self.left = left
        self.right = right
        self.depth: int = left.depth + 1 if isinstance(left, MergedPositions) else 1

    def find(self, name: str) -> tuple[str, int, int] | None:
        """The (file, line, column) where `name` is bound."""
        node: AnyPositions = self
        while isinstance(node, MergedPositions):
            found = node.right.find(name)
            if found is not None:
                return found
            if isinstance(node.right, NoPositions) and name in node.right.names:
                return None
            node = node.left
        return node.find(name)


class NoPositions:
    """The positions of a set that has none, but names that hide those of others."""

    __slots__ = ("names",)

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def find(self, name: str) -> None:
        """None."""


class ManyPositions:
    """What many merged positions come to: name → (file, line, column)."""

    __slots__ = ("at",)

    def __init__(self, at: dict[str, tuple[str, int, int]]) -> None:
        self.at = at

    def find(self, name: str) -> tuple[str, int, int] | None:
        """The (file, line, column) where `name` is bound."""
        return self.at.get(name)


class AskedPositions:
    """Positions of `names` that are looked for only when someone asks."""

    __slots__ = ("_look", "names")

    def __init__(
        self, names: Collection[str], look: Callable[[str], tuple[str, int, int] | None]
    ) -> None:
        self.names = names
        self._look = look

    def find(self, name: str) -> tuple[str, int, int] | None:
        """The (file, line, column) where `name` is bound."""
        return self._look(name) if name in self.names else None


AnyPositions = Positions | MergedPositions | NoPositions | ManyPositions | AskedPositions
_DEEPEST = 64  # merged positions that are kept as they are


def merged(left: AnyPositions | None, right: AnyPositions) -> AnyPositions:
    """The positions of ``left // right``. A long chain becomes one table."""
    if left is None or left is right:
        return right
    if isinstance(left, MergedPositions):
        if left.right is right:
            return left  # in a loop, the same literal over and over
        if left.depth >= _DEEPEST:
            return MergedPositions(_together(left), right)
    return MergedPositions(left, right)


def _together(positions: MergedPositions) -> ManyPositions:
    parts: list[AnyPositions] = []
    node: AnyPositions = positions
    while isinstance(node, MergedPositions):
        parts.append(node.right)
        node = node.left
    parts.append(node)
    at: dict[str, tuple[str, int, int]] = {}
    for part in reversed(parts):
        if isinstance(part, Positions):
            at.update({name: (part.file, *place) for name, place in part.at.items()})
        elif isinstance(part, ManyPositions):
            at.update(part.at)
        elif isinstance(part, NoPositions):
            for name in part.names:
                at.pop(name, None)
        elif isinstance(part, AskedPositions):
            at.update({name: found for name in part.names if (found := part.find(name))})
    return ManyPositions(at)


class Attrs(dict[str, Value]):
    """A set that knows where its names were bound."""

    __slots__ = ("positions",)
    positions: AnyPositions | None


def make_attrs(items: dict[str, Value], positions: AnyPositions | None) -> Attrs:
    """A set with positions."""
    made = Attrs(items)
    made.positions = positions
    return made


class Formals:
    """What a function with a set pattern accepts; its function's default argument.

    `names` says for each name whether it has a default.
    """

    __slots__ = ("allowed", "ellipsis", "names", "required")

    def __init__(self, names: dict[str, bool], ellipsis: bool) -> None:
        self.names = names
        self.ellipsis = ellipsis
        self.required = frozenset(name for name, default in names.items() if not default)
        self.allowed = frozenset(names)


@dataclass(frozen=True, slots=True, eq=False)
class Builtin:
    """A function written in Python.

    `strict` has a letter per argument: "s" for the one that is always forced
    first (and so may be evaluated before the call), "l" for a lazy one, "t" for
    one that is forced once those before it turned out well: it may be evaluated
    before the call when the others are literals. `run` takes
    that many arguments, forces what it needs, and returns a forced value.
    """

    name: str
    strict: str
    run: Callable[..., Value]

    @property
    def arity(self) -> int:
        """How many arguments it takes."""
        return len(self.strict)


class Curried2:
    """A function ``a: b: ...``: `run` is a Python function of both arguments."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[Value, Value], Value]) -> None:
        self.run = run


class Curried3:
    """A function ``a: b: c: ...``: `run` is a Python function of all three arguments."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[Value, Value, Value], Value]) -> None:
        self.run = run


class Partial:
    """A builtin with some but not all of its arguments."""

    __slots__ = ("args", "builtin")

    def __init__(self, builtin: Builtin, args: tuple[Value, ...]) -> None:
        self.builtin = builtin
        self.args = args

    def apply(self, arg: Value) -> Value:
        """Give it one more argument."""
        args = (*self.args, arg)
        builtin = self.builtin
        if len(args) == len(builtin.strict):
            return builtin.run(*args)
        return Partial(builtin, args)


def formals_of(function: FunctionType) -> Formals | None:
    """The set pattern of a function, if it has one."""
    defaults: tuple[Any, ...] | None = function.__defaults__
    if defaults and type(defaults[0]) is Formals:
        return defaults[0]
    return None


# What functions of the language are in Python; a set with `__functor` is none.
FUNCTION_TYPES = frozenset({FunctionType, Curried2, Curried3, Builtin, Partial})

_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "a Boolean",
    int: "an integer",
    float: "a float",
    str: "a string",
    ContextString: "a string with context",
    Path: "a path",
    list: "a list",
    dict: "a set",
    Attrs: "a set",
    FunctionType: "a function",
    Curried2: "a function",
    Curried3: "a function",
    Builtin: "a built-in function",
    Partial: "a partially applied built-in function",
}

_SHORT: dict[type, str] = {
    type(None): "null",
    bool: "bool",
    int: "int",
    float: "float",
    str: "string",
    ContextString: "string",
    Path: "path",
    list: "list",
    dict: "set",
    Attrs: "set",
    FunctionType: "lambda",
    Curried2: "lambda",
    Curried3: "lambda",
    Builtin: "lambda",
    Partial: "lambda",
}


def describe(value: Value) -> str:
    """The type of a forced value as messages name it: "a set"."""
    name = _NAMES.get(type(value))
    if name == "a built-in function" and isinstance(value, Builtin):
        return f"the built-in function '{value.name}'"
    if isinstance(value, Partial):
        return f"the partially applied built-in function '{value.builtin.name}'"
    return name or ("a set" if isinstance(value, dict) else f"a Python {type(value).__name__}")


def type_name(value: Value) -> str:
    """The type of a forced value as `builtins.typeOf` names it."""
    name = _SHORT.get(type(value))
    return name or ("set" if isinstance(value, dict) else "lambda")


def is_function(value: Value) -> bool:
    """Whether a forced value is a function (a set with `__functor` is not)."""
    return type(value) in FUNCTION_TYPES
