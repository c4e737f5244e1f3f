"""What a builder says is shown without its power over the terminal."""

from __future__ import annotations

import pytest

from builder.realise.plain_text import plain_lines


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", []),
        ("one\ntwo\n", ["one", "two"]),
        ("one\n\ntwo", ["one", "", "two"]),
        ("10%\r20%\r\ndone\n", ["10%", "20%", "done"]),
        ("a\x1b[31;1mred\x1b[0m\x1b[2J\x1b[?25lb", ["aredb"]),
        ("a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\c", ["ablinkc"]),
        ("a\x1bcb\x1b(Bc\x1b", ["abc"]),
        ("\x1b[", [""]),
        ("a\tb", ["a       b"]),
        ("\x00\x07\x08a\x0b\x0c\x7f\x85\x9b31mb\u2028c", ["a31mb\u2028c"]),
        ("grüße 雪\n", ["grüße 雪"]),
    ],
)
def test_lines(said: str, shown: list[str]) -> None:
    assert plain_lines(said) == shown
