"""TOML texts of all kinds are read or refused, never more than that."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.lang.errors import EvalError
from builder.lang.toml_errors import explain
from builder.lang.toml_text import from_toml
from tests.lang.ours import evaluate
from tests.reference import nix
from tests.reference.judge import read_failure

_PIECES = st.sampled_from([
    *["a", "b", "=", " = ", ".", "[", "]", "[[", "]]", "{", "}", ",", "\n", "\r\n", "\r", "#", " "],
    *["1", "0", "_", "e", "-", "+", ":", "0x", "1979-05-27", "T", "07:32:00", "Z", "inf", "nan"],
    *['"', "'", '"""', "'''", "\\", "\\u00", "é", "\ufeff", "\x01", "\x7f", "\udcff", "true"],
])  # fmt: skip
_TEXTS = st.lists(_PIECES | st.text(max_size=3), max_size=25).map("".join)


@given(_TEXTS)
def test_a_text_is_read_or_refused(text: str) -> None:
    """A text is a table, or an `EvalError` says in the reference's form what is wrong."""
    try:
        assert isinstance(from_toml(text), dict)
    except EvalError as error:
        assert error.message.startswith("while parsing TOML: ")


@given(_TEXTS.filter(lambda text: text.isascii()))
def test_no_fault_is_found_in_a_text_that_is_read(text: str) -> None:
    """The reader of faults agrees with the reader of values on what is right."""
    try:
        from_toml(text)
    except EvalError:
        return
    assert explain(text.encode()) is None


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfa = 1",
        b"\xef\xbb\xbfa = @",
        b'a = "\xff"',
        b"a = 1 # \xff",
        b"\xff = 1",
        b'a = "\xed\xa0\x80"',
        b"# a\x01b\nc = 1",
        b'a = "x\x01"',
        b"a = '\x7f'",
        b"a \x1b = 1",
        "\u202e = 1".encode(),
    ],
)
def test_odd_bytes(text: bytes, tmp_path: Path) -> None:
    """Bytes that a program cannot hold are read from files as the reference does."""
    file = tmp_path / "a.toml"
    file.write_bytes(text)
    program = f"builtins.fromTOML (builtins.readFile {file})"
    ran = nix().eval(program, "--strict", see=[tmp_path])
    ours = evaluate(program)
    if ran.status == 0:
        assert ours.value == ran.out.strip()
    else:
        assert ours.failure is not None
        assert ours.failure.message == read_failure(ran.err).message
