"""What counts as the same message, where the reference puts off what we show."""

from __future__ import annotations

import pytest

from tests.reference.judge import same_message


@pytest.mark.parametrize(
    ("ours", "reference", "same"),
    [
        ("a set: { a = 1; }", "a set: { a = 1; }", True),
        ("a set: { a = [ 1 ]; b = 2; }", "a set: { a = «thunk»; b = 2; }", True),
        ('a set: { a = [ "]" { } ]; }', "a set: { a = «thunk»; }", True),
        ("a list: [ «lambda f @ /x:1:2» ]", "a list: [ «thunk» ]", True),
        ("a set: { a = [ 1 ]; b = 3; }", "a set: { a = «thunk»; b = 2; }", False),
        ("a set: { a = [ 1 ]; b = 2; }", "a set: { a = «thunk»; }", False),
        # Seed 110000618: what is inside of the list is shown in it, and not again.
        (
            "a set: { b = [ { f = 1; } ]; foo = 1; z = «repeated»; }",
            "a set: { b = «thunk»; foo = 1; z = { f = 1; }; }",
            True,
        ),
        ("a set: { a = 1; z = «repeated»; }", "a set: { a = 1; z = { f = 1; }; }", False),
        ("", "«thunk»", False),
    ],
)
def test_same_message(ours: str, reference: str, same: bool) -> None:
    assert same_message(ours, reference) is same
