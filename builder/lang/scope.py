"""Where names are bound, while a file is compiled."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scope:
    """One layer of names.

    `names` maps Nix names to Python variables. A layer of a ``with`` has
    `scope`, the Python variable of its set. A layer whose names are looked up
    in a set at run time (``rec`` with ``__overrides``) has `dictionary`.
    """

    parent: Scope | None
    names: dict[str, str] = field(default_factory=dict)
    scope: str | None = None
    dictionary: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name stands for: a Python variable, an entry of a set, or what
    the sets of the surrounding ``with``s (innermost first) may hold."""

    variable: str | None = None
    dictionary: str | None = None
    scopes: tuple[str, ...] = ()


def resolve(scope: Scope | None, name: str) -> Resolved:
    """Look a name up; an empty `Resolved` when nothing lexical binds it."""
    scopes: list[str] = []
    while scope is not None:
        if scope.scope is not None:
            scopes.append(scope.scope)
        elif name in scope.names:
            if scope.dictionary is not None:
                return Resolved(dictionary=scope.dictionary)
            return Resolved(variable=scope.names[name])
        scope = scope.parent
    return Resolved(scopes=tuple(scopes))


def visible(scope: Scope | None) -> set[str]:
    """All names that are bound at this place."""
    names: set[str] = set()
    while scope is not None:
        names.update(scope.names)
        scope = scope.parent
    return names
