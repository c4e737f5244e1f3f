"""Dependency fields of binary packages (Debian Policy 7.1)."""

from __future__ import annotations

import re
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
            match = _RELATION.match(alternative)
            if match is None:
                raise DebianError(f"'{alternative.strip()}' in '{field}' is not a relation")
            name, qualifier, operator, version = match.groups()
            group.append(
                Relation(name=name, qualifier=qualifier, operator=operator, version=version)
            )
        groups.append(tuple(group))
    return tuple(groups)
