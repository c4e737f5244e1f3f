"""The functors of types: what a type is made of makes the type again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Show = Callable[[str], str]

MADE = [
    "attrsOf int",
    "lazyAttrsOf str",
    'attrsWith { elemType = int; placeholder = "id"; }',
    "listOf (nullOr int)",
    "nonEmptyListOf int",
    "nullOr (enum [ 1 2 ])",
    "functionTo int",
    'unique { message = "m"; } int',
    "enum [ 1 2 ]",
    "lines",
    'separatedString "-"',
    'strMatching "a+"',
    "path",
    "externalPath",
    "submodule { options.a = mkOption { }; }",
    'submoduleWith { modules = [ ]; description = "d"; shorthandOnlyDefinesConfig = null; }',
    "deferredModuleWith { staticModules = [ { } ]; }",
    "attrTag { a = mkOption { type = int; }; }",
]
PLAIN = ["int", "str", "bool", "anything", "raw", "attrs", "package", "optionType", "ints.u8"]


@pytest.mark.parametrize("text", MADE)
def test_made_again(show: Show, text: str) -> None:
    """A functor's `type` gives the type from its payload, and that is the same."""
    told = "t: with t; [ name description (attrNames (t.getSubOptions [ ])) functor.payload ]"
    shown = "t: toJSON (map (x: if isAttrs x then attrNames x else x) (tell t))"
    assert (
        show(
            f"with types; let t = {text}; tell = {told}; shown = {shown}; "
            "again = t.functor.type t.functor.payload; "
            "in [ (shown t == shown again) (isOptionType again) ]"
        )
        == "[ true true ]"
    )


@pytest.mark.parametrize("text", PLAIN)
def test_made_of_nothing(show: Show, text: str) -> None:
    """A type without parts is its own functor's `type`."""
    assert show(f"types.{text}.functor.type.name == types.{text}.name") == "true"
    assert show(f"types.{text}.functor.payload") == "null"


@pytest.mark.parametrize("text", [*MADE[:13], *PLAIN])
def test_merged_by_functors(show: Show, text: str) -> None:
    """`defaultTypeMerge` of a type's functors does what its `typeMerge` does."""
    found = show(
        f"with types; let f = (types.{text}).functor; in "
        f"(defaultTypeMerge f f).description == (types.{text}).description"
        if text in PLAIN
        else f"with types; let f = ({text}).functor; in "
        f"(defaultTypeMerge f f).description == ({text}).description"
    )
    assert found == "true"


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("enum [ 1 ]", "enum [ 2 ]", '"one of 1, 2"'),
        ("listOf (enum [ 1 ])", "listOf (enum [ 2 ])", '"list of (one of 1, 2)"'),
        ("listOf int", "listOf str", "null"),
        ('separatedString ","', 'separatedString ":"', "null"),
        ("path", "pathInStore", "null"),
        ("int", "str", "null"),
        ("attrsOf int", "lazyAttrsOf int", "null"),
    ],
)
def test_different_ones(show: Show, one: str, two: str, expected: str) -> None:
    """Payloads combine as the types do."""
    found = show(
        f"with types; let t = defaultTypeMerge ({one}).functor ({two}).functor; in "
        "if t == null then null else t.description"
    )
    assert found == expected


def test_both_of_either(show: Show) -> None:
    """A functor's `type` of an either takes both types."""
    assert show(
        "((types.either types.int types.str).functor.type types.str types.int).description"
    ) == ('"string or signed integer"')
