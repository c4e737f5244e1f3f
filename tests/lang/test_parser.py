"""Trees, as the reference prints them; and that nothing makes the parser crash."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.lang.errors import ParseError
from builder.lang.lexer import Lexer
from builder.lang.parser import parse
from builder.lang.show import show
from builder.lang.source import Source


def _shown(text: str) -> str:
    return show(parse(Source(text, "test")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "(1 + (__mul 2 3))"),
        ("a -> b -> c", "(a -> (b -> c))"),
        ("a // b // c", "(a // (b // c))"),
        ("a - b - c", "(__sub (__sub a b) c)"),
        ("!a ? b && c", "((! ((a) ? b)) && c)"),
        ("-a + b", "((__sub 0 a) + b)"),
        ("f a b.c [ x ]", "(f a (b).c [ (x) ])"),
        ("{ a, b ? 1, ... }@args: a", "({ a, b ? 1, ... } @ args: a)"),
        ("args@{ }: 1", "({  } @ args: 1)"),
        ("with a; assert b; c", "(with a; assert b; c)"),
        ("{ a.b = 1; a.c = 2; }", "{ a = { b = 1; c = 2; }; }"),
        ("let a = 1; in a", "(let a = 1; in a)"),
        ("a.b or c", "(a).b or (c)"),
        ("a >= b", "(! (__lessThan a b))"),
        ("<nixpkgs/lib>", '(__findFile __nixPath "nixpkgs/lib")'),
        ('"a${b}c"', '("a" + b + "c")'),
    ],
)
def test_tree(text: str, expected: str) -> None:
    """Precedence, associativity and every construct."""
    assert _shown(text) == expected


def test_url_literals_can_be_switched_off() -> None:
    source = Source("[ http://a.b/c ]", "test")
    assert show(parse(source)) == '[ ("http://a.b/c") ]'
    with pytest.raises(ParseError, match="URL literals are disabled") as caught:
        parse(source, frozenset({"no-url-literals"}))
    assert caught.value.pos == source.at(2)


def test_pipes_need_their_switch() -> None:
    """Pipe operators are an experimental feature."""
    with pytest.raises(ParseError):
        parse(Source("1 |> f", "test"))
    assert show(parse(Source("1 |> f |> g", "test"), frozenset({"pipe-operators"}))) == "(g (f 1))"
    assert show(parse(Source("f <| g <| 1", "test"), frozenset({"pipe-operators"}))) == "(f (g 1))"


def test_places_count_bytes() -> None:
    """Columns are counted in bytes, as Nix does."""
    with pytest.raises(ParseError) as caught:
        parse(Source('"é" é', "test"))
    assert caught.value.pos is not None
    assert (caught.value.pos.line, caught.value.pos.column) == (1, 6)


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    """Whatever a file holds is a tree or a `ParseError`."""
    try:
        parse(Source(data.decode("utf-8", "surrogateescape"), "test"))
    except ParseError as error:
        assert error.pos is not None


@given(st.text(alphabet="{}[]()\"'$;:=.,?@!/*+-<>|&ab1 \n\\#", max_size=40))
def test_any_text(text: str) -> None:
    """Every text is a tree or a `ParseError`."""
    _read(text)


def _read(text: str) -> None:
    try:
        parse(Source(text, "test"))
    except ParseError as error:
        assert error.pos is not None


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a.b", ["names"]),
        ("a .b", ["id", ".", "id"]),
        ("a.or.b", ["id", ".", "or", ".", "id"]),
        ("rec.b", ["rec", ".", "id"]),
        ("a.b.${c}", ["names", ".", "${", "id", "}"]),
        ('"a b" "a${', ["str", '"', "id", "${"]),
        ("a.b/c", ["path"]),
        ("a.b:c", ["uri"]),
        ("a'b:c", ["id", ":", "id"]),
        ("a'b.c/d", ["id", "path"]),
        ("a.b.c+d:e", ["uri"]),
        ("a-b+c/d", ["path"]),
        ("a // b", ["id", "//", "id"]),
        ("a//b", ["id", "//", "id"]),
        ("a: b", ["id", ":", "id"]),
        ("a/* c */b # d\n in", ["id", "id", "in"]),
        ("inner in-b let", ["id", "id", "let"]),
    ],
)
def test_names_paths_and_uris(text: str, kinds: list[str]) -> None:
    """What looks like a name at first may be a longer token, as in the reference."""
    lexer = Lexer(Source(text, "test"))
    found = []
    while lexer.kind != "eof":
        found.append(lexer.kind)
        lexer.advance()
    assert found == kinds


TOKENS = (
    *("{", "}", "[", "]", "(", ")", '"', "''", "${", "let ", " in ", "if ", " then ", " else "),
    *("rec ", "inherit ", " or ", "with ", "assert ", ";", ":", "@", ",", "?", "...", ".", "="),
    *("==", "!", "-", "+", "++", "//", "->", "&&", "<", ">=", "1", "1.5", "a", "./a", "/a/b"),
    *("<a>", "a:b", "#", "/*", "*/", "\\", "$", "é", "\n", "%", "'", "|>", "__curPos", "~/"),
)


@given(st.lists(st.sampled_from(TOKENS), max_size=60))
def test_any_tokens(tokens: list[str]) -> None:
    """Tokens in any order are a tree or a `ParseError`."""
    _read("".join(tokens))


FILES = sorted((Path(__file__).parents[2] / "configs").rglob("*.nix"))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_damaged_files(file: Path, data: st.DataObject) -> None:
    """A real file with a piece replaced is a tree or a `ParseError`."""
    text = file.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    piece = data.draw(st.sampled_from(TOKENS))
    _read(text[:start] + piece + text[end:])


@pytest.mark.parametrize(
    "text",
    [
        *("1" * 9000, "a." * 5000, "1." * 5000, "/*" * 9000, "'" * 9000, '"' + "$" * 9000),
        *("a/" * 9000, "{" + "a," * 9000, "<a/" * 9000, "a:" * 9000, '"' + "\\" * 9000),
    ],
    ids=lambda text: text[:4],
)
def test_long_texts(text: str) -> None:
    """What goes on and on is refused soon, or read."""
    start = time.process_time()
    _read(text)
    assert time.process_time() - start < 5
