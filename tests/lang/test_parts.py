"""Parts of a file are compiled when they are needed, and nothing else shows it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from builder.lang import compile_chains, compile_parts, emit, flow, free_names
from builder.lang.errors import InfiniteRecursion, UndefinedVariable
from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost
from builder.lang.parts import FileCode
from builder.lang.printing import print_value
from builder.lang.thunks import call, force
from tests.lang.ours import evaluate
from tests.lang.test_cases import SUBJECTS, read

CORPUS = sorted(Path(__file__).parent.glob("*.nix"))
ALWAYS, NEVER = 0, 1_000_000_000
LONG = "/* " + "a long comment, " * 40 + "*/"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_cases_come_out_the_same(subject: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values, messages, traces: whatever may be a part is one, or nothing is."""
    for program, _ in read(subject):
        monkeypatch.setattr(compile_parts, "LEAST", NEVER)
        whole = evaluate(program)
        monkeypatch.setattr(compile_parts, "LEAST", ALWAYS)
        assert evaluate(program) == whole, program


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_programs_come_out_the_same(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for the longer programs."""
    text = file.read_text(encoding="utf-8")
    monkeypatch.setattr(compile_parts, "LEAST", NEVER)
    whole = evaluate(text, str(file.parent), str(file))
    monkeypatch.setattr(compile_parts, "LEAST", ALWAYS)
    assert evaluate(text, str(file.parent), str(file)) == whole


@pytest.mark.parametrize("subject", SUBJECTS)
def test_long_and_deep_code_comes_out_the_same(
    subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code made as for very deep and very long texts: parts in parts, lists and bindings in
    slices, variables in dicts."""
    for program, _ in read(subject):
        plain = evaluate(program)
        with monkeypatch.context() as patch:
            patch.setattr(compile_parts, "LEAST", ALWAYS)
            patch.setattr(compile_parts, "_DEEPEST", 1)
            patch.setattr(compile_parts, "_SLICE", 1)
            patch.setattr(flow, "MOST_LOCALS", 0)
            patch.setattr(compile_chains, "_LONG", 0)
            patch.setattr(compile_chains, "_KEPT", 1)
            patch.setattr(emit, "_MOST_OPERANDS", 1)
            patch.setattr(free_names, "_FAR", 2)
            made = evaluate(program)
        assert (str(made), made.traced) == (str(plain), plain.traced), program


LONG_TEXTS = {
    "calls": ("(x: x) (" * 4900 + "1" + ")" * 4900, "1"),
    "functions": ("x: " * 4900 + "1", "<LAMBDA>"),
    "let in let": ("let a = " * 3000 + "1" + "; in a" * 3000, "1"),
    "let after let": (
        "let a0 = 0; in " + "".join(f"let a{i} = a{i - 1} + 1; in " for i in range(1, 4000))
        + "a3999",
        "3999",
    ),
    "assertions": ("assert true; " * 4900 + "1", "1"),
    "bindings": (
        "let a0 = x: 0; "
        + "".join(f"a{i} = x: a{i - 1} x + 1; b{i} = a{i} 1; " for i in range(1, 4000))
        + "in b3999",
        "3999",
    ),
    "inheritance": (
        "let s0.a = 1; " + "".join(f"s{i} = {{ inherit (s{i - 1}) a; }}; " for i in range(1, 4000))
        + "in s3999.a",
        "1",
    ),
    "functions that wait for a variable": (
        "let s = { " + "".join(f"f{i} = x: a + {i}; " for i in range(1200)) + "}; l = [ "
        + "(x: a + x) " * 1200 + "]; a = 1; in [ (s.f3 0) (builtins.head l 1) ]",
        "[ 4 2 ]",
    ),
    "a list": (
        "let f = x: x; l = [" + "(f 1) [ f ]" * 6000 + "]; in builtins.length l + builtins.head l",
        "12001",
    ),
    "a set": (
        "let f = x: x; s = { " + "".join(f"a{i} = f {i};" for i in range(12000))
        + " inherit ({ b = 1; }) b; }; in s.a11999 + s.b",
        "12000",
    ),
    "withs": (
        "with { x0 = 0; }; "
        + "".join(f"with {{ x{n} = x{n - 1} + 1; }}; " for n in range(1, 3000))
        + "x9",
        "9",
    ),
    "a recursive set": (
        "let s = rec { a0 = 0; "
        + "".join(f"a{i} = a{i - 1} + 1; b{i} = a{i - 1}; c{i} = {i}; " for i in range(1, 9000))
        + "}; in s.a2000 + s.b2000 + s.c8999",
        "12998",
    ),
    "functions in a set": (
        "let s = {" + "".join(f"f{i} = x: x + {i};" for i in range(30_000)) + "}; in s.f29999 1",
        "30000",
    ),
    "a sum": ("let x = 1; in x" + " + 1" * 49_999, "50000"),
    "a product of differences": ("let x = 1; in x" + " * 2 / 2 - 1 + 1" * 2400, "1"),
    "a sum of texts": ('builtins.stringLength ("a"' + ' + "b"' * 20_000 + ")", "20001"),
    "conditions": ("true" + " && true" * 20_000, "true"),
    "a string": ('let x = "yy"; in builtins.stringLength "' + "${x} " * 20_000 + '"', "60000"),
}  # fmt: skip


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_long_texts(name: str) -> None:
    """What the reference reads in an instant takes no minutes: compiling is linear.

    The limit is far above what it takes, and far below what it took by the square.
    """
    text, value = LONG_TEXTS[name]
    start = time.process_time()
    made = evaluate(text)
    assert made.failure is None, made
    assert made.value == value
    assert time.process_time() - start < 20


def test_parts_in_cached_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of a part that was read from the cache is found by compiling what is around it."""
    monkeypatch.setattr(compile_parts, "LEAST", 0)
    monkeypatch.setattr(compile_parts, "_DEEPEST", 1)
    (tmp_path / "a.nix").write_text("{ f = x: y: z: w: a: { deeper = b: { c = d: b + d; }; }; }")

    def evaluate_with(text: str) -> object:
        evaluator = Evaluator(LocalHost(), tmp_path / "cache")
        return evaluator.eval_string(text, str(tmp_path))

    assert evaluate_with("(import ./a.nix).f 1 2 3 4 5 ? deeper") is True
    assert evaluate_with("((import ./a.nix).f 1 2 3 4 5).deeper 1 ? c") is True
    assert evaluate_with("(((import ./a.nix).f 1 2 3 4 5).deeper 1).c 2") == 3


def _files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_only_what_is_needed_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two long functions, of which one is called; the cache grows with the other one."""
    file = tmp_path / "a.nix"
    file.write_text(f"rec {{ f = x: {LONG} x + k; g = y: {LONG} y * k; k = 2; }}")
    compiled: list[str] = []
    plain = FileCode.part

    def part(code: FileCode, name: str) -> object:
        if name not in code.parts:
            compiled.append(name)
        return plain(code, name)

    monkeypatch.setattr(FileCode, "part", part)

    def called(name: str) -> object:
        evaluator = Evaluator(LocalHost(), tmp_path / "cache")
        attrs = evaluator.eval_file(str(file))
        assert not compiled
        function = evaluator.force(attrs[name])
        result = evaluator.call(function, 3)
        assert evaluator.call(function, 3) == result
        return result

    assert called("f") == 5
    assert len(compiled) == 1
    (first,) = _files(tmp_path / "cache")
    compiled.clear()
    assert called("f") == 5
    assert not compiled
    assert _files(tmp_path / "cache") == [first]
    assert called("g") == 6
    assert len(compiled) == 1
    (both,) = _files(tmp_path / "cache")
    assert len(both) > len(first)


def test_a_stub_becomes_its_function(evaluator: Evaluator) -> None:
    """After the first call nothing lies between the caller and the function."""
    function = evaluator.eval_string(f"let k = 1; in {{ f = x: {LONG} x + k; }}")["f"]
    function = force(function)
    stub = function.__code__
    assert evaluator.run(lambda: call(function, 1)) == 2
    assert function.__code__ is not stub
    assert evaluator.run(lambda: call(function, 5)) == 6


def test_undefined_variables_are_found_at_once(evaluator: Evaluator) -> None:
    """Also in a function that nothing calls."""
    with pytest.raises(UndefinedVariable, match="undefined variable 'nothing'"):
        evaluator.eval_string(f"{{ f = x: {LONG} let y = x; in nothing; }}")


def test_a_with_inside_may_hold_names(evaluator: Evaluator) -> None:
    """What the set of a `with` inside of a part holds need not be bound outside."""
    text = f"let s = {{ here = 1; }}; in {{ f = x: {LONG} with s; here + x; }}.f 1"
    assert evaluator.eval_string(text) == 2


@pytest.mark.parametrize(
    ("operators", "value"),
    [
        ("let __sub = a: b: a * b; in s: { f = x: @ x - 3; }", 12),
        ("let __sub = a: b: b; in s: { f = x: @ -x; }", 4),
        ("let __lessThan = a: b: 7; in s: { f = x: @ x < 1; }", 7),
        ("with { __mul = a: b: 8; }; s: { f = x: @ x * 1; }", 4),
    ],
)
def test_parts_take_what_operators_stand_for(
    evaluator: Evaluator, operators: str, value: int
) -> None:
    """A function of the program's own in the place of an operator's is one of a part's names."""
    assert evaluator.eval_string(f"({operators.replace('@', LONG)}) 0").keys() == {"f"}
    assert evaluator.eval_string(f"(({operators.replace('@', LONG)}) 0).f 4") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[" + "".join(f"(f {i})" for i in range(900)) + "]", 450),
        ("builtins.attrValues {" + "".join(f"a{1000 + i} = f {i};" for i in range(900)) + "}", 450),
        ("let " + "".join(f"a{i} = f {i};" for i in range(900)) + "in map (x: a450) [ 1 ]", 450),
    ],
)
def test_one_slice_is_compiled(
    text: str, value: int, evaluator: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a long list, a long set and many bindings only what lies around what is needed."""
    compiled: list[str] = []
    plain = FileCode.part

    def part(code: FileCode, name: str) -> object:
        compiled.append(name)
        return plain(code, name)

    monkeypatch.setattr(FileCode, "part", part)
    items = evaluator.eval_string(f"let f = x: x; in {text}")
    assert not compiled
    assert evaluator.force(items[450 % len(items)]) == value
    assert len(compiled) == 1


def test_items_of_slices_are_evaluated_once(evaluator: Evaluator) -> None:
    """Another name of a binding is the same value, and who is evaluated already is told so."""
    filler = "".join(f"x{i} = {i};" for i in range(900))
    text = f"rec {{ a = b; {filler} b = builtins.trace 1 [ 2 ]; c = b; d = d; }}"
    attrs = evaluator.eval_string(text)
    assert evaluator.force(attrs["a"]) is evaluator.force(attrs["b"])
    assert evaluator.force(attrs["c"]) is evaluator.force(attrs["b"])
    with pytest.raises(InfiniteRecursion):
        evaluator.force(attrs["d"])


def test_functions_of_many_variables_have_their_names(evaluator: Evaluator) -> None:
    """A function is found by its code, which begins with the dict of its variables."""
    many = "".join(f"v{i} = {i};" for i in range(500))
    value = evaluator.eval_string(f"{{ named = x: let {many} in x + v499; }}", name="/a.nix")
    assert print_value(value) == "{ named = «lambda named @ /a.nix:1:11»; }"
