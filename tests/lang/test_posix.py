"""Regular expressions beside the real Nix: what is one, what matches, what the groups are."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.lang.builtins.posix import BadExpression, TooBig, parse
from tests.lang.ours import evaluate
from tests.reference import nix
from tests.reference.judge import judge

PATTERNS = [
    *("${x}", "a**", "a*+", "a+?", "a??", "a{2}{3}", "*a", "+", "?", "|", "a|", "|a", "()"),
    *("(|a)", "(a|b", "a)", "(a", "[", "[a", "[]a]", "[^]a]", "[a-z]", "[z-a]", "[a-]", "[-a]"),
    *("[[:alpha:]]", "[[:foo:]]", "[[.a.]]", "[[:alpha:]-z]", "\\d", "\\.", "\\n", "(a)\\1"),
    *("a\\", "a{", "a{}", "a{1", "a{1,", "a{,2}", "a{1,2}", "a{2,1}", "{1}", "a{x}", "}", "a}"),
    *("^a", "a^", "a$", "$a", "(^a)", "^*", "()*", "(a*)*", "(a*)+", "(a|b)*c", ".", "a.c"),
    *("[\\]", "[\\n]", "[a\\]b]", "[$]", "[^a]", "(?:a)", "a{0}", "a{300}", "[a-c-e]", "[--a]"),
    *("a|b|c", "(a)(b)?", "((a)|b)*", "\\{", "/", "\\/", "x{2,}", "(x{2,}){2}", "[a--]", ""),
    *("ä", "[ä]", "[a-ä]", "a.*b", "(.*)(.*)", "(a?)(ab)?", "(a|ab)(c|bcd)(d*)", "a*(ab)?"),
    *("(ab|a)(bc)?", "x*", "(x*)y", "[[:space:]]+", "([0-9]+)\\.([0-9]+)", "a||b", "(a||b)"),
    *("/|-|\\.", "(a|b|.)+", "((a|b)|ab)*", "(a|b|c){2}|ab"),
    *("^$", "[]", "[^]", "[]]", "(*a)", "a|*b", "[:alpha:]", "[[:alpha:", "[[.", "\n", "[\n]"),
]
TEXTS = [
    *("", "a", "ab", "aab", "abcd", "aaa", "b", "abab", "xx1.2yy", "foo bar", "a\nb", "xxxx"),
    *("${x}", "1.2", "a]", "-", "A1", "\\", "ä", "aäb", "{", "}", "a}", "^", "$"),
]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "\\${")


def test_like_the_reference(tmp_path: Path) -> None:
    """Every pattern on every text, matched and split."""
    texts = " ".join(map(_quoted, TEXTS))
    programs = []
    for index, (pattern, name) in enumerate(itertools.product(PATTERNS, ("match", "split"))):
        programs.append(tmp_path / f"{index}.nix")
        programs[-1].write_text(f"map (builtins.{name} {_quoted(pattern)}) [ {texts} ]")
    differing = []
    for program, verdict in zip(programs, judge(nix(), programs), strict=True):
        ours = evaluate(program.read_text(), str(tmp_path), str(program))
        if str(ours).partition(" @")[0] != str(verdict).partition(" @")[0]:
            differing.append((program.read_text(), str(ours), str(verdict)))
    assert not differing


@pytest.mark.parametrize("pattern", ["a{100000}", "((a{100}){100}){100}"])
def test_too_big(pattern: str) -> None:
    """What unfolds to too many states is refused before it is tried."""
    with pytest.raises(TooBig):
        parse(pattern.encode())


@settings(max_examples=300)
@given(
    st.text(alphabet="ab()[]{}*+?|^$.\\-,1:=", max_size=12), st.text(alphabet="ab1-", max_size=6)
)
def test_any_pattern(pattern: str, text: str) -> None:
    """Every text is an expression that can be tried or is refused."""
    try:
        parse(pattern.encode())
    except (BadExpression, TooBig):
        assert "regular expression" in str(
            evaluate(f"builtins.split {_quoted(pattern)} ''{text}''")
        )
        return
    assert evaluate(f"builtins.split {_quoted(pattern)} ''{text}''").value is not None
