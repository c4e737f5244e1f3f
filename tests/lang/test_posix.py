"""POSIX expressions in Python's notation."""

from __future__ import annotations

import re

import pytest

from builder.lang.builtins.posix import translate


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("[[:alpha:]_]+", "a_B", True),
        ("[^]]", "]", False),
        ("[\\]", "\\", True),
        ("a{2,3}", "aaa", True),
        ("a\\.b", "axb", False),
        ("(a*)+", "aaa", True),
        ("a*?", "aaa", True),
        ("[[:digit:]-]+", "1-2", True),
        ("^a$", "a", True),
        ("[&|~]", "&", True),
    ],
)
def test_translation(pattern: str, text: str, matches: bool) -> None:
    """A translated expression matches what the POSIX one does."""
    assert bool(re.fullmatch(translate(pattern), text, re.DOTALL)) is matches
