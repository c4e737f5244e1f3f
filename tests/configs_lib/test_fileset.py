"""`lib.fileset`: sets of files are sets; sources have exactly those files."""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

import pytest
from dulwich import porcelain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.lang.comparison import text_of
from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.manual.library import LIBRARY
from builder.store.local import LocalStore
from tests.hosts import idle_host, plain_value
from tests.reference.nix import nix

FILES = ("a.c", "a.h", "d/x.c", "d/y", "d/e/z.c", "f/g/h/i", "j")
FOLDERS = ("empty", "f/hollow")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with some files, and folders without any."""
    root = tmp_path_factory.mktemp("tree")
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    for name in FOLDERS:
        (root / name).mkdir(parents=True)
    return root


@pytest.fixture(scope="module")
def evaluator(tmp_path_factory: pytest.TempPathFactory) -> Evaluator:
    """An evaluator with a store."""
    store = LocalStore(tmp_path_factory.mktemp("store"))
    return Evaluator(idle_host(store, say=_SAID.append))


_SAID: list[str] = []


def _text(expression: str, tree: Path) -> str:
    return f"with (import {LIBRARY}).fileset; let t = {tree}; in {expression}"


# An expression, and the files that it means.
Meant = tuple[str, frozenset[str]]


def _leaf(name: str) -> Meant:
    inside = frozenset(file for file in FILES if file == name or file.startswith(f"{name}/"))
    return f'(t + "/{name}")', inside


_LEAVES = st.sampled_from(
    [
        ("t", frozenset(FILES)),
        ('(maybeMissing (t + "/none"))', frozenset()),
        ("(unions [ ])", frozenset()),
        ('(fileFilter (f: f.hasExt "c") t)', frozenset(f for f in FILES if f.endswith(".c"))),
        *(_leaf(name) for name in (*FILES, *FOLDERS, "d", "d/e", "f", "f/g")),
    ]
)


def _combined(inner: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    def join(how: str, a: Meant, b: Meant) -> Meant:
        result = {"union": a[1] | b[1], "intersection": a[1] & b[1], "difference": a[1] - b[1]}
        return f"({how} {a[0]} {b[0]})", result[how]

    names = st.sampled_from(["union", "intersection", "difference"])
    return st.builds(join, names, inner, inner)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.recursive(_LEAVES, _combined, max_leaves=6))
def test_sets(evaluator: Evaluator, tree: Path, meant: Meant) -> None:
    """Unions, intersections and differences are those of sets of files."""
    expression, files = meant
    found = plain_value(evaluator, _text(f"map toString (toList {expression})", tree))
    assert len(found) == len(set(found))
    assert set(found) == {f"{tree}/{file}" for file in files}


SOURCES = [
    "t",
    '(t + "/a.c")',
    '(difference t (t + "/d"))',
    '(fileFilter (f: f.hasExt "c") t)',
    '(unions [ (t + "/f") (t + "/empty") (t + "/d/e") ])',
    '(intersection (t + "/d") (fileFilter (f: f.name == "y") t))',
    "(unions [ ])",
]


@pytest.mark.parametrize("expression", SOURCES)
def test_sources(evaluator: Evaluator, tree: Path, expression: str) -> None:
    """A source is the same path of the store as in the real Nix."""
    text = _text(f'"${{toSource {{ root = t; fileset = {expression}; }}}}"', tree)
    found, _ = evaluator.coerce_to_string(evaluator.eval_string(text))
    ran = nix().eval(text, see=[LIBRARY, tree])
    assert f'"{text_of(found)}"' == ran.out.strip(), ran.err


def test_sources_have_no_empty_folders(evaluator: Evaluator, tree: Path) -> None:
    """Folders are there for the files in them."""
    text = _text("toSource { root = t; fileset = t; }", tree)
    filter_ = f'let s = {text}; in map (n: s.filter ({tree} + "/${{n}}") "directory")'
    found = plain_value(evaluator, f'{filter_} [ "empty" "f" "f/hollow" "d/e" ]')
    assert found == [False, True, False, True]


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("t", "T (all files in directory)"),
        ("(difference t (t + \"/a.h\"))", "T\n- a.c (regular)\n- d (all files in directory)\n- f (all files in directory)\n- j"),
        ("(t + \"/d\")", "T/d (all files in directory)"),
        ("(unions [ (t + \"/a.c\") (t + \"/d/e\") ])", "T\n- a.c (regular)\n- d\n  - e (all files in directory)"),
        ("(unions [ ])", "(empty)"),
        ("(t + \"/empty\")", "(empty)"),
    ],
)  # fmt: skip
def test_traces(evaluator: Evaluator, tree: Path, expression: str, shown: str) -> None:
    """A set is shown as a tree; whole folders as such."""
    _SAID.clear()
    evaluator.eval_string(_text(f"trace {expression} null", tree))
    assert _SAID[0].startswith("trace: " + shown.replace("T", str(tree)))


def test_git(evaluator: Evaluator, tmp_path: Path) -> None:
    """What git tracks is a set; what it does not is not in it."""
    for name in ("kept", "d/also", "not"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    porcelain.init(str(tmp_path))
    tracked = [str(tmp_path / "kept"), str(tmp_path / "d" / "also")]
    porcelain.add(str(tmp_path), paths=tracked)
    who = b"n <n@localhost>"
    head = porcelain.commit(str(tmp_path), message=b"one", author=who, committer=who)
    found = plain_value(evaluator, _text("map toString (toList (gitTracked t))", tmp_path))
    assert found == [f"{tmp_path}/d/also", f"{tmp_path}/kept"]
    text = f"(import {LIBRARY}).commitIdFromGitRepo {tmp_path}/.git"
    assert evaluator.eval_string(text) == head.decode()


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("union t 1", "lib.fileset.union: Second argument is of type int, but it should be a file set or a path instead."),
        ("union (t + \"/none\") t", "is a path that does not exist."),
        ("toSource { root = t + \"/a.c\"; fileset = t; }", "is a file, but it should be a directory instead."),
        ("toSource { root = t + \"/d\"; fileset = t + \"/a.c\"; }", "which is not under the `root`"),
        ("toSource { root = \"/x\"; fileset = t; }", "is a string-like value, but it should be a path instead."),
        ("fileFilter (f: true) (unions [ ])", "Second argument is a file set, but it should be a path instead."),
        ("toList { _isLibCleanSourceWith = true; outPath = \"\"; }", "you can use `lib.fileset.fromSource`"),
        ("unions [ ]", "Directly evaluating a file set is not supported."),
    ],
)  # fmt: skip
def test_errors(evaluator: Evaluator, tree: Path, expression: str, message: str) -> None:
    """Mistakes are told as nixpkgs tells them."""
    with pytest.raises(NixError) as caught:
        evaluator.force_deep(
            evaluator.eval_string(_text(f"({expression}).x or ({expression})", tree))
        )
    assert message in caught.value.message
