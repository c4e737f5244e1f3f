"""The syntax tree of a Nix file.

Positions are offsets into the file's text, counted in characters: `pos` is
where an error about the node points (the start, or the operator of a binary
operation), `start` and `end` delimit the node.

Nodes do not change once the parser is through with them. They are not frozen,
since that doubles what making one costs, and a file has thousands.
"""

from __future__ import annotations

from dataclasses import dataclass

# The `Binding.source` of a name that is inherited from the surrounding scope.
OUTSIDE = -1


@dataclass(eq=False, slots=True)
class Expr:
    """Any expression."""

    pos: int
    start: int
    end: int


@dataclass(eq=False, slots=True)
class Int(Expr):
    """An integer literal."""

    value: int


@dataclass(eq=False, slots=True)
class Float(Expr):
    """A floating point literal."""

    value: float


@dataclass(eq=False, slots=True)
class Str(Expr):
    """A string: literal pieces and interpolated expressions, in order."""

    parts: tuple[str | Expr, ...]


@dataclass(eq=False, slots=True)
class PathLit(Expr):
    """A path. `kind` is "absolute", "relative" or "home"; parts as in `Str`."""

    kind: str
    parts: tuple[str | Expr, ...]


@dataclass(eq=False, slots=True)
class SearchPath(Expr):
    """``<name>``: looked up in the search path."""

    name: str


@dataclass(eq=False, slots=True)
class Var(Expr):
    """A variable."""

    name: str


@dataclass(eq=False, slots=True)
class Select(Expr):
    """``subject.path`` with an optional ``or default``."""

    subject: Expr
    path: tuple[str | Expr, ...]
    default: Expr | None


@dataclass(eq=False, slots=True)
class HasAttr(Expr):
    """``subject ? path``."""

    subject: Expr
    path: tuple[str | Expr, ...]


@dataclass(eq=False, slots=True)
class Formal:
    """One name of a function's set pattern."""

    name: str
    pos: int
    default: Expr | None


@dataclass(eq=False, slots=True)
class Formals:
    """The set pattern of a function."""

    names: tuple[Formal, ...]
    ellipsis: bool


@dataclass(eq=False, slots=True)
class Function(Expr):
    """``param: body``, ``{ formals }: body`` or both with ``@``."""

    param: str | None
    formals: Formals | None
    body: Expr


@dataclass(eq=False, slots=True)
class Apply(Expr):
    """A function applied to one or more arguments."""

    function: Expr
    args: tuple[Expr, ...]


@dataclass(eq=False, slots=True)
class Binding:
    """``name = value``, or one name of an ``inherit``.

    `source` is None for ``name = value``, OUTSIDE for ``inherit name`` (`value`
    is then the variable, looked up in the surrounding scope), and for
    ``inherit (e) name`` the index of e in `Bindings.sources`, with no value.
    """

    name: str
    pos: int
    value: Expr | None
    source: int | None

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.pos

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.pos + len(self.name) if self.value is None else self.value.end


@dataclass(eq=False, slots=True)
class DynamicBinding:
    """``${name} = value``."""

    name: Expr
    pos: int
    value: Expr


@dataclass(eq=False, slots=True)
class Bindings:
    """What stands between the braces of a set or between ``let`` and ``in``."""

    static: tuple[Binding, ...]
    sources: tuple[Expr, ...]
    dynamic: tuple[DynamicBinding, ...]


@dataclass(eq=False, slots=True)
class AttrSet(Expr):
    """``{ ... }`` or ``rec { ... }``."""

    recursive: bool
    bindings: Bindings


@dataclass(eq=False, slots=True)
class Let(Expr):
    """``let bindings in body``."""

    bindings: Bindings
    body: Expr


@dataclass(eq=False, slots=True)
class ListLit(Expr):
    """``[ ... ]``."""

    items: tuple[Expr, ...]


@dataclass(eq=False, slots=True)
class With(Expr):
    """``with scope; body``."""

    scope: Expr
    body: Expr


@dataclass(eq=False, slots=True)
class Assert(Expr):
    """``assert condition; body``."""

    condition: Expr
    body: Expr


@dataclass(eq=False, slots=True)
class If(Expr):
    """``if condition then yes else no``."""

    condition: Expr
    yes: Expr
    no: Expr


@dataclass(eq=False, slots=True)
class Not(Expr):
    """``!operand``."""

    operand: Expr


@dataclass(eq=False, slots=True)
class Negate(Expr):
    """``-operand``."""

    operand: Expr


@dataclass(eq=False, slots=True)
class Binary(Expr):
    """``left operator right``."""

    operator: str
    left: Expr
    right: Expr


@dataclass(eq=False, slots=True)
class CurPos(Expr):
    """``__curPos``: the place where it stands."""


def is_literal(parts: tuple[str | Expr, ...]) -> bool:
    """Whether these parts of a string or a path are one text.

    An indented string with escapes is several texts, which the reference puts together.
    """
    return len(parts) < 2 and all(isinstance(part, str) for part in parts)
