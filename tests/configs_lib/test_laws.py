"""Laws of `lib`: functions and their inverses, here or in Python's own library."""

from __future__ import annotations

import configparser
import ipaddress
import json
import plistlib
import shlex
import tomllib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.lang.evaluator import Evaluator
from builder.lang.json_text import to_json
from builder.lang.localhost import LocalHost
from builder.manual.library import LIBRARY
from builder.modules.session import module_evaluator

Call = Callable[..., Any]

_EVALUATOR: Evaluator = module_evaluator(LocalHost())
_FUNCTIONS: dict[str, Any] = {}

# Text of one byte a character, so that bytes and characters are the same.
ASCII = st.text(st.characters(min_codepoint=9, max_codepoint=126, exclude_categories=["Cc"]))
TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20)
WORD = st.text("abcdefghijklmnop-_.", min_size=1, max_size=6)
INTS = st.lists(st.integers(-50, 50), max_size=8)
PLAIN = st.recursive(
    st.booleans() | st.integers(0, 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=8,
)
TREE = st.dictionaries(WORD, PLAIN, max_size=4)
many = settings(max_examples=35, deadline=None)


def lib(name: str, *arguments: Any) -> Any:
    """What an expression of `lib` gives for some arguments, as plain data."""
    if name not in _FUNCTIONS:
        _FUNCTIONS[name] = _EVALUATOR.eval_string(f"let lib = import {LIBRARY}; in {name}")
    value = _FUNCTIONS[name]
    if arguments:
        value = _EVALUATOR.call(value, *arguments)
    return _EVALUATOR.run(lambda: to_json(value, set(), _EVALUATOR.coercion))


@many
@given(st.lists(TEXT, max_size=5))
def test_shell_words(words: list[str]) -> None:
    """A shell reads back the words that were quoted for it."""
    assert shlex.split(lib("lib.escapeShellArgs", words)) == words


@many
@given(TEXT)
def test_regular_expressions(text: str) -> None:
    """An escaped text matches itself."""
    assert lib("s: builtins.match (lib.escapeRegex s) s", text) == []


@many
@given(TREE)
def test_pretty_is_nix(tree: dict[str, Any]) -> None:
    """What is printed for people is the value's own expression."""
    for multiline in ("true", "false"):
        text = lib(f"lib.generators.toPretty {{ multiline = {multiline}; }}", tree)
        value = _EVALUATOR.eval_string(text)
        assert _EVALUATOR.run(partial(to_json, value, set(), _EVALUATOR.coercion)) == tree


@many
@given(TREE)
def test_toml(tree: dict[str, Any]) -> None:
    """TOML is read back, by Nix and by Python."""
    text = lib("lib.generators.toTOML { }", tree)
    assert tomllib.loads(text) == tree
    assert lib("builtins.fromTOML", text) == tree


@many
@given(TREE)
def test_yaml_is_json(tree: dict[str, Any]) -> None:
    """YAML is written as JSON."""
    assert json.loads(lib("lib.generators.toYAML { }", tree)) == tree


@many
@given(TREE)
def test_plist(tree: dict[str, Any]) -> None:
    """A property list is read back."""
    text = lib("lib.generators.toPlist { escape = true; }", tree)
    keys_escaped = plistlib.loads(text.encode())
    assert keys_escaped == tree


@many
@given(st.dictionaries(WORD, st.dictionaries(WORD, st.text("abc 123", max_size=8))))
def test_ini(tree: dict[str, dict[str, str]]) -> None:
    """An INI file is read back."""
    parser = configparser.RawConfigParser(delimiters="=", default_section="")
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(lib("lib.generators.toINI { }", tree))
    assert {name: dict(parser[name]) for name in parser.sections()} == {
        name: {key: value.strip() for key, value in section.items()}
        for name, section in tree.items()
    }


@many
@given(st.lists(st.text("ab/.", max_size=4), min_size=1, max_size=5))
def test_split_and_join(parts: list[str]) -> None:
    """Splitting undoes joining where the separator is in no part."""
    assert lib('ps: lib.splitString "," (lib.concatStringsSep "," ps)', parts) == parts


@many
@given(st.integers(0, 2**62), st.integers(2, 36))
def test_digits(number: int, base: int) -> None:
    """Digits add up to the number; hexadecimal digits are read back."""
    digits = lib("lib.toBaseDigits", base, number)
    total = 0
    for digit in digits:
        total = total * base + digit
    assert total == number
    assert lib("n: lib.fromHexString (lib.toHexString n)", number) == number
    assert lib("lib.toHexString", number) == f"{number:X}"


@many
@given(st.integers(-(2**62), 2**62))
def test_integers_as_text(number: int) -> None:
    """Integers are read back from their texts."""
    assert lib("n: lib.toInt (toString n)", number) == number
    assert lib("n: lib.toIntBase10 (toString n)", number) == number


def _distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y)))
    return row[-1]


@many
@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 4))
def test_levenshtein(a: str, b: str, k: int) -> None:
    """The distance is the textbook's; being near is the same as having a small one."""
    assert lib("lib.strings.levenshtein", a, b) == _distance(a, b)
    assert lib("lib.strings.levenshteinAtMost", k, a, b) is (_distance(a, b) <= k)


@many
@given(INTS)
def test_lists(numbers: list[int]) -> None:
    """Sorting, repetitions, halves and reversal are Python's."""
    assert lib("lib.unique", numbers) == list(dict.fromkeys(numbers))
    assert lib("lib.unique", [str(n) for n in numbers]) == list(map(str, dict.fromkeys(numbers)))
    assert lib("lib.sortOn (x: 0 - x)", numbers) == sorted(numbers, key=lambda n: -n)
    assert lib("lib.reverseList", numbers) == numbers[::-1]
    assert lib("l: lib.take 3 l ++ lib.drop 3 l", numbers) == numbers
    assert lib("l: lib.dropEnd 2 l ++ lib.takeEnd 2 l", numbers) == numbers
    assert lib("lib.lists.findFirstIndex (x: x > 10) null", numbers) == next(
        (i for i, n in enumerate(numbers) if n > 10), None
    )
    assert lib("lib.foldr (a: b: a - b) 0", numbers) == _foldr(numbers)


def _foldr(numbers: list[int]) -> int:
    total = 0
    for number in reversed(numbers):
        total = number - total
    return total


@many
@given(st.sets(st.integers(0, 30), max_size=8))
def test_toposort(numbers: set[int]) -> None:
    """Divisors come before what they divide."""
    given_list = sorted(numbers, key=lambda n: n * 7 % 31)
    result = lib("lib.toposort (a: b: a != b && a != 0 && lib.mod b a == 0)", given_list)
    if "cycle" in result:
        assert 0 in numbers  # every number divides 0, and 0 nothing
        return
    order = result["result"]
    assert sorted(order) == sorted(numbers)
    for i, later in enumerate(order):
        assert not any(n != later and later != 0 and n % later == 0 for n in order[:i])


@many
@given(TREE, TREE)
def test_recursive_update(a: dict[str, Any], b: dict[str, Any]) -> None:
    """Updating twice is updating once; the second set's values stand."""
    once = lib("lib.recursiveUpdate", a, b)
    assert lib("lib.recursiveUpdate", once, b) == once
    assert lib("lib.recursiveUpdate", a, {}) == a
    assert _updated(a, b) == once


def _updated(a: Any, b: Any) -> Any:
    if not (isinstance(a, dict) and isinstance(b, dict)):
        return b
    both = {name: _updated(a[name], b[name]) for name in a.keys() & b.keys()}
    return {**a, **b, **both}


@many
@given(st.lists(TREE, max_size=4))
def test_unions(sets: list[dict[str, Any]]) -> None:
    """A union of many is a union of two after another."""
    expected: dict[str, Any] = {}
    for one in sets:
        expected |= one
    assert lib("lib.mergeAttrsList", sets) == expected


@many
@given(st.lists(st.sampled_from(["a", ".", "b", ""]), min_size=1, max_size=6))
def test_subpaths(parts: list[str]) -> None:
    """A normal subpath is normal; joining its components gives it back."""
    path = "/".join(["x", *parts])
    normal = lib("lib.path.subpath.normalise", path)
    assert lib("lib.path.subpath.normalise", normal) == normal
    assert lib("s: lib.path.subpath.join (lib.path.subpath.components s)", path) == normal


def _groups(address: ipaddress.IPv6Address) -> str:
    return ":".join(f"{int(group, 16):x}" for group in address.exploded.split(":"))


@many
@given(st.integers(0, 2**128 - 1), st.integers(1, 128))
def test_ipv6(number: int, prefix: int) -> None:
    """Addresses are those that Python reads, in their long form without leading zeros."""
    address = ipaddress.IPv6Address(number)
    for text in (str(address), address.exploded, address.exploded.upper()):
        found = lib("lib.network.ipv6.fromString", f"{text}/{prefix}")
        assert (found["address"], found["prefixLength"]) == (_groups(address), prefix)


@many
@given(st.dictionaries(WORD, st.lists(st.integers(0, 3), max_size=3), max_size=3))
def test_cartesian_product(choices: dict[str, list[int]]) -> None:
    """There are as many as the sizes multiplied, all different."""
    found = lib("lib.cartesianProduct", choices)
    size = 1
    for values in choices.values():
        size *= len(values)
    assert len(found) == size
    assert all(one[name] in values for one in found for name, values in choices.items())


@pytest.mark.parametrize("text", ["::", "::1", "1::", "1:0:0:2::3", "0:0:1::", "1:2:3:4:5:6:7:8"])
def test_ipv6_edges(text: str) -> None:
    """Addresses at the edges of the rules."""
    found = lib("lib.network.ipv6.fromString", text)
    assert found["address"] == _groups(ipaddress.IPv6Address(text))
