"""Versions and package names."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Any

from builder.lang.builtins.table import PURE
from builder.lang.expect import want_plain

_PART = re.compile(r"[0-9]+|[^0-9.\-]+")
_TOO_LARGE = 1 << 31


def components(version: str) -> list[str]:
    """A version's parts: runs of digits and runs of other characters."""
    return _PART.findall(version)


def _number(part: str) -> int | None:
    """A part as the reference's `int`: one of more than 31 bits is no number, but text."""
    number = int(part) if part.isascii() and part.isdigit() else _TOO_LARGE
    return number if number < _TOO_LARGE else None


def _before(left: str, right: str) -> bool:
    one, two = _number(left), _number(right)
    if one is not None and two is not None:
        return one < two
    if not left and two is not None:
        return True
    if left == "pre" and right != "pre":
        return True
    if right == "pre":
        return False
    if two is not None:
        return True
    if one is not None:
        return False
    return left < right


def compare(left: str, right: str) -> int:
    """-1, 0 or 1 as `left` is older than, the same as or newer than `right`."""
    for one, two in zip_longest(components(left), components(right), fillvalue=""):
        if _before(one, two):
            return -1
        if _before(two, one):
            return 1
    return 0


@PURE.add("splitVersion", "s")
def split_version(version: Any) -> list[Any]:
    """A version's parts."""
    return list(components(want_plain(version)))


@PURE.add("compareVersions", "st")
def compare_versions(left: Any, right: Any) -> int:
    """-1, 0 or 1."""
    return compare(want_plain(left), want_plain(right))


@PURE.add("parseDrvName", "s")
def parse_drv_name(value: Any) -> dict[str, Any]:
    """A package's name and its version, which begins after the first dash before no letter."""
    text = want_plain(value)
    found = re.search(r"-(?![a-zA-Z])(?=.)", text, re.DOTALL)
    if found is None:
        return {"name": text, "version": ""}
    return {"name": text[: found.start()], "version": text[found.end() :]}
