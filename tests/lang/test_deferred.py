"""Sets whose attributes are found one by one."""

from __future__ import annotations

import pytest

from builder.lang.deferred import DeferredAttrs
from builder.lang.errors import MissingAttribute
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_value


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def attrs(asked: list[str]) -> DeferredAttrs:
    source = {"one": 1, "two": 2, "three": 3}

    def find(name: str) -> object:
        asked.append(name)
        return source[name]

    return DeferredAttrs(find, lambda: source)


@pytest.mark.parametrize(
    "text", ["s: s.one", "s: (s // { four = 4; }).one", "s: if s ? nine then 2 else s.one or 5"]
)
def test_one_name(evaluator: Evaluator, attrs: DeferredAttrs, asked: list[str], text: str) -> None:
    """A name is found without the others."""
    assert evaluator.call(evaluator.eval_string(text), attrs) == 1
    assert "two" not in asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("builtins.attrNames", '[ "one" "three" "two" ]'),
        ("s: s // { one = 5; four = 4; }", "{ four = 4; one = 5; three = 3; two = 2; }"),
        ("s: { one = 9; zero = 0; } // s", "{ one = 1; three = 3; two = 2; zero = 0; }"),
        ("builtins.mapAttrs (n: v: v + 1)", "{ one = 2; three = 4; two = 3; }"),
        ('s: removeAttrs s [ "one" ]', "{ three = 3; two = 2; }"),
        ("s: s == { one = 1; two = 2; three = 3; }", "true"),
        ("builtins.intersectAttrs { one = 0; x = 0; }", "{ one = 1; }"),
        ("s: (({ one, ... }: one) s)", "1"),
        ("s: with s; two", "2"),
        ("builtins.attrValues", "[ 1 3 2 ]"),
        ("s: builtins.toJSON s", r'"{\"one\":1,\"three\":3,\"two\":2}"'),
        ('s: builtins.getAttr "two" s', "2"),
        (
            "s: builtins.zipAttrsWith (n: v: v) [ s ]",
            "{ one = [ 1 ]; three = [ 3 ]; two = [ 2 ]; }",
        ),
    ],
)
def test_as_any_set(evaluator: Evaluator, attrs: DeferredAttrs, text: str, expected: str) -> None:
    """All operations see the whole set."""
    value = evaluator.call(evaluator.eval_string(text), attrs)
    assert evaluator.run(lambda: print_value(value)) == expected


def test_missing(evaluator: Evaluator, attrs: DeferredAttrs) -> None:
    """A missing name is an error with the nearest ones."""
    with pytest.raises(MissingAttribute) as caught:
        evaluator.call(evaluator.eval_string("s: s.tow"), attrs)
    assert caught.value.suggestions == ("two",)
