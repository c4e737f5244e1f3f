"""Deep recursion: what the reference allows works, what never ends is an error."""

from __future__ import annotations

import pytest

from tests.lang.ours import evaluate

DEEP = {
    "plain": ("1 + f (n - 1)", "0"),
    "fold": ("builtins.foldl' (a: b: a + f (n - 1)) 1 [ 1 ]", "0"),
    "concatMap": ("builtins.concatMap (x: f (n - 1)) [ 1 ]", "[ ]"),
    "map": ("builtins.head (map (x: f (n - 1)) [ 1 ])", "1"),
    "text of a list": ("toString (map (x: f (n - 1)) [ 1 ])", '""'),
    "outPath": ('"${{ outPath = f (n - 1); }}"', '""'),
    "operator": (
        "builtins.seq (builtins.genericClosure "
        "{ startSet = [ { key = 1; } ]; operator = x: f (n - 1); }) [ ]",
        "[ ]",
    ),
    "curried": ("(a: b: c: a + f b) 1 (n - 1) 2", "0"),
    "equal": ("[ (f (n - 1)) ] == [ true ]", "true"),
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
    """Nearly 10,000 levels of every construct; the reference stops half way in some, since it
    counts two calls for each."""
    body, end = DEEP[name]
    made = evaluate(f"let f = n: if n == 0 then {end} else {body}; in builtins.seq (f 9900) true")
    assert made.value == "true", made


NESTED = "builtins.foldl' (a: b: { a = [ a ]; }) { } (builtins.genList (i: i) 4900)"
CHAIN = "l = builtins.genList (i: if i == 0 then 0 else 1 + builtins.elemAt l (i - 1)) 9900"


@pytest.mark.parametrize(
    "text",
    [
        f"builtins.deepSeq ({NESTED}) true",
        f"builtins.stringLength (builtins.toJSON ({NESTED})) == 39202",
        f"builtins.isString (builtins.toXML ({NESTED}))",
        f"{NESTED} == {NESTED}",
        f"builtins.isString (toString (map (x: x) [ [ ] ])) && {NESTED} != {{ }}",
        f"let {CHAIN}; in builtins.elemAt l 9899 == 9899",
        "(" * 9900 + "true" + ")" * 9900,
        "!" * 9900 + "true",
        "[ " * 9900 + "] " * 9900 + "!= 1",
    ],
)
def test_deep_data(text: str) -> None:
    """Values, chains of values and texts that nest 9,900 levels deep."""
    assert evaluate(text).value == "true"


def test_deep_value_is_printed() -> None:
    """A value that nests 9,800 levels deep is shown whole."""
    shown = evaluate(NESTED).value
    assert shown is not None
    assert shown.count("a = [") == 4900


@pytest.mark.parametrize(
    "text",
    [
        "let f = x: f x; in f 1",
        "let f = n: builtins.foldl' (a: b: a + f (n - 1)) 1 [ 1 ]; in f 1",
        "let f = n: toString (map (x: f (n - 1)) [ 1 ]); in f 1",
        "let f = n: builtins.sort (a: b: f (n - 1)) [ 1 1 ]; in f 1",
        "let f = x: [ (f x) ]; in f 1 == f 1",
        "let f = x: [ (f x) ]; in f 1",
        "builtins.foldl' (a: b: { v = a.v + 1; }) { v = 0; } (builtins.genList (i: i) 300000)",
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


def test_where_calls_are_too_deep() -> None:
    """The call that is one too many is named, also that of an operator's builtin."""
    made = evaluate("let f = n: if n <= 0 then 1 else f (n - 1) + 1; in f 123456789.0")
    assert made.failure is not None
    assert made.failure.message == "stack overflow; max-call-depth exceeded"
    assert made.failure.place == (1, 39)


def test_nested_text() -> None:
    """A deeply nested text is read, or refused as one."""
    made = evaluate("(" * 5000 + "1" + ")" * 5000)
    assert made.value == "1" or "deep" in str(made)
