"""Where names are bound, while a file is compiled."""

from __future__ import annotations

from dataclasses import dataclass, field

# The functions that operators stand for; a program may bind them anew.
STAND_FOR = {
    "-": "__sub",
    "*": "__mul",
    "/": "__div",
    **dict.fromkeys(("<", ">", "<=", ">="), "__lessThan"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """One layer of names.

    `names` maps Nix names to Python variables. A layer of a ``with`` has
    `scope`, the Python variable of its set; where many others are around it,
    `others` is the variable that holds them all. A layer whose names are looked up
    in a set at run time (``rec`` with ``__overrides``) has `dictionary`.
    """

    parent: Scope | None
    names: dict[str, str] = field(default_factory=dict)
    scope: str | None = None
    others: str | None = None
    dictionary: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name stands for: a Python variable, an entry of a set, or what
    the sets of the surrounding ``with``s (innermost first, then `others`) may hold."""

    variable: str | None = None
    dictionary: str | None = None
    scopes: tuple[str, ...] = ()
    others: str | None = None


def resolve(scope: Scope | None, name: str) -> Resolved:
    """Look a name up; an empty `Resolved` when nothing lexical binds it."""
    layer = scope
    while layer is not None:
        if layer.scope is None and name in layer.names:
            if layer.dictionary is not None:
                return Resolved(dictionary=layer.dictionary)
            return Resolved(variable=layer.names[name])
        layer = layer.parent
    scopes, others = withs(scope)
    return Resolved(scopes=scopes, others=others)


def withs(scope: Scope | None) -> tuple[tuple[str, ...], str | None]:
    """The sets of the surrounding ``with``s, as in `Resolved`."""
    scopes: list[str] = []
    while scope is not None:
        if scope.scope is not None:
            scopes.append(scope.scope)
            if scope.others is not None:
                return tuple(scopes), scope.others
        scope = scope.parent
    return tuple(scopes), None


def visible(scope: Scope | None) -> set[str]:
    """All names that are bound at this place."""
    names: set[str] = set()
    while scope is not None:
        names.update(scope.names)
        scope = scope.parent
    return names
