"""What two closures have different: packages that came, went, or changed version or size."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from builder.store.info import PathInfo

_NAME = re.compile(r"(.+?)-([0-9].*)")
_NOTABLE = 8 << 10  # bytes; as for Nix, a change of size below that is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A package: the versions before and after, and by how many bytes it grew.

    An empty version is that of a path without one; no versions: it is not there.
    """

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    growth: int

    def __str__(self) -> str:
        words = f"{self.name}: {_versions(self.before)} → {_versions(self.after)}"
        if self.before == self.after:
            words = f"{self.name}:"
        if abs(self.growth) < _NOTABLE:
            return words
        comma = "," if self.before != self.after else ""
        return f"{words}{comma} {self.growth / 1024:+.1f} KiB"


def _versions(versions: tuple[str, ...]) -> str:
    return ", ".join(version or "ε" for version in versions) or "∅"


def split_name(name: str) -> tuple[str, str]:
    """Package and version of a store path's name: what follows the first dash before a digit."""
    match = _NAME.fullmatch(name)
    return (match[1], match[2]) if match else (name, "")


def compare(before: Iterable[PathInfo], after: Iterable[PathInfo]) -> list[Change]:
    """The packages that differ, by name."""
    old, new = _packages(before), _packages(after)
    changes = []
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name, {}), new.get(name, {})
        growth = sum(now.values()) - sum(was.values())
        change = Change(
            name=name, before=tuple(sorted(was)), after=tuple(sorted(now)), growth=growth
        )
        if change.before != change.after or abs(growth) >= _NOTABLE:
            changes.append(change)
    return changes


def _packages(infos: Iterable[PathInfo]) -> dict[str, dict[str, int]]:
    """Bytes by package and version."""
    found: dict[str, dict[str, int]] = {}
    for info in infos:
        name, version = split_name(info.path.name)
        sizes = found.setdefault(name, {})
        sizes[version] = sizes.get(version, 0) + info.nar_size
    return found
