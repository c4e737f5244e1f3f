"""Dependency fields of binary packages (Debian Policy 7.1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from builder.debian.errors import DebianError

_RELATION = re.compile(
    r"\s*([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?"
    r"(?:\s*\(\s*(<<|<=|=|>=|>>)\s*([^\s)]+)\s*\))?\s*\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One alternative: a name, perhaps an architecture qualifier, perhaps a version."""

    name: str
    qualifier: str | None = None  # "any", "native" or an architecture
    operator: str | None = None
    version: str | None = None

    def __str__(self) -> str:
        name = f"{self.name}:{self.qualifier}" if self.qualifier else self.name
        return f"{name} ({self.operator} {self.version})" if self.operator else name


Group = tuple[Relation, ...]
"""Alternatives; one of them fulfils the dependency."""


def describe(group: Group) -> str:
    """`group` as the field writes it."""
    return " | ".join(map(str, group))


def _parts(text: str, field: str) -> tuple[str, str | None, str | None, str | None]:
    """A relation's name, qualifier, operator and version. Raises DebianError."""
    match = _RELATION.match(text)
    if match is None:
        raise DebianError(f"'{text.strip()}' in '{field}' is not a relation")
    name, qualifier, operator, version = match.groups()
    return name, qualifier, operator, version


def provided(field: str) -> Iterator[tuple[str, str | None]]:
    """The names and versions of a ``Provides`` field. Raises DebianError as `parse` does."""
    for part in field.replace("|", ",").split(","):
        if part.strip():
            name, _, _, version = _parts(part, field)
            yield name, version


@lru_cache(maxsize=8192)
def parse(field: str) -> tuple[Group, ...]:
    """The groups of a dependency field, all of which must be fulfilled.

    Raises DebianError naming the part that is no relation.
    """
    groups: list[Group] = []
    for part in field.split(","):
        if not part.strip():
            continue
        group: list[Relation] = []
        for alternative in part.split("|"):
            name, qualifier, operator, version = _parts(alternative, field)
            group.append(
                Relation(name=name, qualifier=qualifier, operator=operator, version=version)
            )
        groups.append(tuple(group))
    return tuple(groups)


_RESTRICTION = re.compile(r"\[([^\]]*)\]|<([^>]*)>")


def parse_build(field: str, architecture: str, profiles: Collection[str] = ()) -> tuple[Group, ...]:
    """The groups of a build dependency field (Debian Policy 7.1) that hold for a Debian
    `architecture` and the build `profiles` that are active."""
    kept: list[str] = []
    for part in field.split(","):
        alternatives = [
            _RESTRICTION.sub("", alternative)
            for alternative in part.split("|")
            if _holds(alternative, architecture, profiles)
        ]
        if alternatives:
            kept.append("|".join(alternatives))
    return parse(",".join(kept))


def _holds(alternative: str, architecture: str, profiles: Collection[str]) -> bool:
    """Whether the restrictions behind a relation hold.

    ``[a b]`` is one of these architectures, ``[!a !b]`` none of them; of
    several ``<p !q>`` one must hold, and in it every term.
    """
    found = _RESTRICTION.findall(alternative)
    for architectures in (text.split() for text, _ in found if text):
        matched = any(_is_architecture(word.lstrip("!"), architecture) for word in architectures)
        if matched == architectures[0].startswith("!"):
            return False
    formulas = [text.split() for _, text in found if text]
    return not formulas or any(
        all((word.lstrip("!") in profiles) != word.startswith("!") for word in formula)
        for formula in formulas
    )


def _is_architecture(wildcard: str, architecture: str) -> bool:
    """Whether a name such as "any", "linux-any", "any-arm64" or "amd64" covers a Linux port."""
    names = (architecture, f"linux-{architecture}", f"any-{architecture}", "linux-any", "any")
    return wildcard in names
