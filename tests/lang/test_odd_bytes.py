"""Files with null bytes and carriage returns: as the real Nix reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_plain
from builder.lang.tracing import format_error
from tests.lang.ours import TracedHost
from tests.reference import nix

NULLS = (
    b"# a\0b\n1",
    b"1 \0 2",
    b"\0",
    b"x\0y",
    b"./a\0b",
    b"http://a\0b",
    b"/* \0 */ 1",
    b'"a\\nb\0c"',
    b'"a${"x"}b\0c"',
    b'"a\\${\0"',
    b'"a\nb $\0 c"',
    b'"a\\\0b"',
    b'"\n\0"',
    b'"\0" + 1 +',
    b'let x = "\0"; in 1',
    b'1 + "x\0"',
    b'{ "a\0b" = 1; }',
    b'{ ${"a\0b"} = 1; }',
    b'{ }."a\0b" or 1',
    b"''a\0b''",
    b"''\n  a ${\"x\"} \0b''",
    b"''a '''\0b''",
    b"''a ''${\0b''",
    b"''  \0\n  b''",
    b"''\n\n \0''",
    b"''''\\\0''",
)
RETURNS = (
    b"# foo\rinvalid\r# bar",
    b"# foo\r\ninvalid\r\n# bar",
    b'[\r1\r\n(1 + "a")\r]',
    b'"a\rb\r\nc"',
    b"''\r  a\r  b\r''",
    b"''\r\n  a\r\n  b\r\n''",
    b"\r\n\r{ a = 1;\r a = 2; }",
    b'builtins.unsafeGetAttrPos "a" {\r\n a = 1; }',
    b"/* a\r */\rx",
)


@pytest.mark.parametrize("program", NULLS + RETURNS, ids=repr)
def test_as_the_reference(program: bytes, tmp_path: Path) -> None:
    """The value, or the message with its place and its excerpt."""
    file = tmp_path / "program.nix"
    file.write_bytes(program)
    evaluator = Evaluator(TracedHost())
    try:
        ours = print_plain(evaluator.force_deep(evaluator.eval_file(str(file))))
    except NixError as error:
        ours = format_error(error)
    ran = nix().run(
        "nix-instantiate", "--store", "dummy://", "--eval", "--strict", str(file), see=[tmp_path]
    )
    assert ours == (ran.err if ran.status else ran.out).rstrip("\n")
