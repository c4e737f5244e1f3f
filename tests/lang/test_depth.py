"""Deep recursion: what the reference allows works, what never ends is an error."""

from __future__ import annotations

import pytest

from tests.lang.ours import evaluate

DEEP = {
    "plain": ("1 + f (n - 1)", "0"),
    "fold": ("builtins.foldl' (a: b: a + f (n - 1)) 1 [ 1 ]", "0"),
    "concatMap": ("builtins.concatMap (x: f (n - 1)) [ 1 ]", "[ ]"),
    "map": ("builtins.head (map (x: f (n - 1)) [ 1 ])", "1"),
    "filter": ("builtins.filter (x: f (n - 1) == [ ]) [ ]", "[ ]"),
    "sort": ("builtins.head (builtins.sort (a: b: f (n - 1) == 1) [ 1 1 ])", "1"),
    "closure": (
        "(builtins.head (builtins.genericClosure "
        "{ startSet = [ { key = f (n - 1); } ]; operator = x: [ ]; })).key",
        "1",
    ),
    "toString": ("toString { __toString = s: f (n - 1); }", '""'),
    "update": ("f (n - 1) // { a = n; }", "{ }"),
    "with": ("(with f (n - 1); { inherit a; })", "{ a = 1; }"),
    "functor": ("{ __functor = s: m: f m; } (n - 1)", "1"),
    "select": ("{ a.b = f (n - 1); }.a.b", "1"),
    "interpolation": ('"${f (n - 1)}"', '""'),
    "seq": ("builtins.seq (f (n - 1)) 1", "1"),
    "tryEval": ("(builtins.tryEval (f (n - 1))).value", "1"),
    "pattern": ("({ m }: f m) { m = n - 1; }", "1"),
}


@pytest.mark.parametrize("name", DEEP)
def test_deep(name: str) -> None:
    """Nearly 5,000 levels of every construct: the reference counts two calls for some."""
    body, end = DEEP[name]
    made = evaluate(f"let f = n: if n == 0 then {end} else {body}; in builtins.seq (f 4900) true")
    assert made.value == "true", made


@pytest.mark.parametrize(
    "text",
    [
        "let f = x: f x; in f 1",
        "let f = x: 1 + f x; in f 1",
        "let f = x: map f [ x ]; in builtins.deepSeq (f 1) 1",
        "let x = { a = x; }; in builtins.toJSON x",
        "let x = [ x ]; in builtins.toXML x",
        "let f = { x }: f { inherit x; }; in f { x = 1; }",
        "let o = { __functor = s: x: s x; }; in o 1",
        "let x = { __toString = s: toString s; }; in toString x",
        "let x = { outPath = x; }; in \"${x}\"",
        "let x = [ x ]; in builtins.seq (builtins.concatStringsSep \"\" [ (toString x) ]) 1",
    ],
)  # fmt: skip
def test_endless(text: str) -> None:
    """What never ends runs out of depth, and that is an error of the language."""
    made = evaluate(text)
    assert made.failure is not None
    assert made.failure.message.startswith(("stack overflow", "infinite recursion")), made


def test_nested_text() -> None:
    """A deeply nested text is read, or refused as one."""
    made = evaluate("(" * 5000 + "1" + ")" * 5000)
    assert made.value == "1" or "deep" in str(made)
