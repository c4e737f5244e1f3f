"""Debian's version numbers and their order (Debian Policy 5.6.12)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from builder.debian.errors import DebianError

_PARTS = re.compile(r"([^0-9]*)([0-9]*)")
_VALID = re.compile(r"(?:([0-9]+):)?([0-9A-Za-z.+~:-]*?)(?:-([0-9A-Za-z.+~]+))?\Z")

_Part = tuple[tuple[int, ...] | int, ...]
Key = tuple[int, _Part, _Part]
_END = (0,)


def _weight(letter: str) -> int:
    # A tilde sorts before the end of a part (0), letters before all else.
    if letter == "~":
        return -1
    return ord(letter) if letter.isalpha() else ord(letter) + 256


def _part(text: str) -> _Part:
    pieces: list[tuple[int, ...] | int] = []
    for match in _PARTS.finditer(text):
        if not match.group():
            break
        pieces.append((*map(_weight, match.group(1)), 0))
        pieces.append(int(match.group(2) or 0))
    return (*pieces, _END) if pieces else (_END, 0, _END)


@lru_cache(maxsize=65536)
def key(version: str) -> Key:
    """A key by which versions sort; equal versions ("1.0" and "0:1.0-0") have equal keys.

    Raises DebianError when `version` is none.
    """
    match = _VALID.match(version)
    epoch, upstream, revision = match.groups() if match else (None, "", None)
    if not upstream or upstream.endswith("-") or (":" in upstream and epoch is None):
        raise DebianError(f"'{version}' is not a version as Debian writes it")
    return int(epoch or 0), _part(upstream), _part(revision or "")


def compare(left: str, right: str) -> int:
    """-1, 0 or 1 as `left` is before, equal to or after `right`."""
    a, b = key(left), key(right)
    return (a > b) - (a < b)


_OPERATORS: dict[str, Callable[[int], bool]] = {
    "<<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    "=": lambda order: order == 0,
    ">=": lambda order: order >= 0,
    ">>": lambda order: order > 0,
}
OPERATORS = tuple(_OPERATORS)


def fulfils(version: str, operator: str, wanted: str) -> bool:
    """Whether `version` stands in relation `operator` (one of OPERATORS) to `wanted`."""
    return _OPERATORS[operator](compare(version, wanted))
