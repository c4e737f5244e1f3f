"""What embedders see: values, laziness, the cache, derivations, errors."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from pathlib import Path

import pytest

from builder.lang.context import BuiltOutput, DeepDerivation, PlainPath
from builder.lang.errors import (
    EvalError,
    MissingAttribute,
    NixError,
    ParseError,
    StackOverflow,
    ThrownError,
)
from builder.lang.evaluator import Evaluator, make_builtin
from builder.lang.host import DerivationRequest, Instantiated
from builder.lang.localhost import LocalHost
from builder.lang.printing import print_value
from builder.lang.thunks import force, make_thunk
from builder.lang.tracing import format_error
from builder.lang.values import ContextString, MergedPositions


class RecordingHost(LocalHost):
    """A host that keeps what is asked of it and makes paths up."""

    def __init__(self) -> None:
        super().__init__(environment={"HOME": "/home/u"}, system="x86_64-linux")
        self.requests: list[DerivationRequest] = []
        self.lines: list[str] = []

    def instantiate(self, request: DerivationRequest) -> Instantiated:
        self.requests.append(request)
        outputs = {name: f"/nix/store/{request.name}-{name}" for name in request.outputs}
        return Instantiated(drv_path=f"/nix/store/{request.name}.drv", outputs=outputs)

    def add_path(self, path: str, name: str, **options: object) -> str:
        return f"/nix/store/{name}"

    def add_text(self, name: str, text: bytes, references: object) -> str:
        return f"/nix/store/{name}"

    def realise(self, context: object) -> Mapping[str, str]:
        return {}

    def trace(self, message: str) -> None:
        self.lines.append(message)


@pytest.fixture
def host() -> RecordingHost:
    return RecordingHost()


@pytest.fixture
def world(host: RecordingHost) -> Evaluator:
    return Evaluator(host)


EMPTY = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
DERIVATION = """
derivation {
  name = "x"; system = "s"; builder = "/bin/sh"; args = [ "-c" (toString 1) ];
  flag = true; none = null; list = [ 1 "a" ]; outputs = [ "out" "dev" ];
}
"""


def test_derivation(world: Evaluator, host: RecordingHost) -> None:
    """Attributes become the environment, strings refer to the outputs."""
    value = world.eval_string(DERIVATION)
    assert host.requests == []
    out = world.select(value, ["dev", "outPath"])
    assert isinstance(out, ContextString)
    assert out.text == "/nix/store/x-dev"
    assert out.context == {BuiltOutput("/nix/store/x.drv", "dev")}
    (request,) = host.requests
    assert request.args == ("-c", "1")
    assert request.outputs == ("out", "dev")
    assert request.env == {
        "builder": "/bin/sh",
        "flag": "1",
        "list": "1 a",
        "name": "x",
        "none": "",
        "outputs": "out dev",
        "system": "s",
    }
    drv = world.select(value, ["drvPath"])
    assert drv.context == {DeepDerivation("/nix/store/x.drv")}
    assert print_value(value) == "«derivation /nix/store/x.drv»"


def test_derivation_context(world: Evaluator, host: RecordingHost) -> None:
    """What a derivation's strings refer to reaches the host."""
    world.eval_string(
        f'let d = {DERIVATION}; in (derivation {{ name = "y"; system = "s"; '
        'builder = "${d}/bin"; src = ./test_evaluator.py; }).drvPath',
        str(Path(__file__).parent),
    )
    assert host.requests[-1].context == {
        BuiltOutput("/nix/store/x.drv", "out"),
        PlainPath("/nix/store/test_evaluator.py"),
    }


def test_fixed_output(world: Evaluator, host: RecordingHost) -> None:
    """The hash attributes are handed over."""
    world.eval_string(
        '(derivation { name = "x"; system = "s"; builder = "b"; outputHash = "'
        f'{EMPTY}"; '
        'outputHashMode = "recursive"; }).outPath'
    )
    wanted = host.requests[0].output_hash
    assert wanted is not None
    assert (wanted.algo, wanted.mode, wanted.value) == (
        None,
        "recursive",
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    )


def test_structured(world: Evaluator, host: RecordingHost) -> None:
    """Structured attributes are JSON, and nulls are left out where asked."""
    world.eval_string(
        '(derivation { name = "x"; system = "s"; builder = "b"; __structuredAttrs = true; '
        "__ignoreNulls = true; n = null; l = [ 1 { a = true; } ]; }).outPath"
    )
    request = host.requests[0]
    assert request.env == {}
    assert request.structured == '{"builder":"b","l":[1,{"a":true}],"name":"x","system":"s"}'


def test_to_file_and_paths(world: Evaluator) -> None:
    """Texts and paths that enter the store are referred to."""
    text = world.eval_string('builtins.toFile "n" "text"')
    assert text.context == {PlainPath("/nix/store/n")}
    copied = world.eval_string('"${./test_evaluator.py}"', str(Path(__file__).parent))
    assert copied.text == "/nix/store/test_evaluator.py"
    joined = world.eval_string('builtins.getContext ("a" + (builtins.toFile "n" "text"))')
    assert print_value(joined) == '{ "/nix/store/n" = { path = true; }; }'


def test_home_path(world: Evaluator) -> None:
    """``~/`` is the caller's home."""
    assert world.eval_string("~/x").text == "/home/u/x"


def test_trace(world: Evaluator, host: RecordingHost) -> None:
    """Messages reach the host when the value is needed."""
    value = world.eval_string('{ a = builtins.trace "now" 1; b = builtins.warn "old" 2; }')
    assert host.lines == []
    world.force_deep(value)
    assert host.lines == ["trace: now", "evaluation warning: old"]


def test_trace_shows_what_is_not_evaluated(world: Evaluator, host: RecordingHost) -> None:
    """However cheap it would be to have."""
    world.eval_string("let n = 1; s = { a = n + 1; b = n; }; in builtins.trace s 1")
    world.eval_string("let n = 1; s = { a = n + 1; }; in builtins.seq s.a (builtins.trace s 1)")
    assert host.lines == ["trace: { a = «thunk»; b = 1; }", "trace: { a = 2; }"]


def test_positions_of_a_loop_do_not_pile_up(world: Evaluator) -> None:
    """A set that the same literal changes again and again knows no more places than its names."""
    made = world.eval_string(
        "builtins.foldl' (s: n: s // { x = n; }) { x = 0; y = 0; } (builtins.genList (n: n) 500)"
    )
    assert made.positions.find("x") == ("«string»", 1, 31)
    assert made.positions.find("y") == ("«string»", 1, 50)
    assert not isinstance(made.positions.left, MergedPositions)


def test_sharing(world: Evaluator, host: RecordingHost) -> None:
    """A thunk is evaluated once, and again after it failed."""
    world.eval_string('let x = builtins.trace "once" 1; in x + x')
    assert host.lines == ["trace: once"]


def test_failed_thunk_is_not_a_blackhole(world: Evaluator) -> None:
    """A value that threw throws the same the second time."""
    value = world.eval_string('{ a = throw "x"; }')
    for _ in range(2):
        with pytest.raises(ThrownError):
            world.force(value["a"])


def test_embedding(host: RecordingHost) -> None:
    """Builtins and values from Python."""
    extra = {
        "twice": make_builtin("twice", 1, lambda value: force(value) * 2),
        "late": make_thunk(lambda: {"x": 5}),
    }
    evaluator = Evaluator(host, None, extra)
    assert evaluator.eval_string("builtins.twice builtins.late.x") == 10
    assert evaluator.call(evaluator.eval_string("x: y: x - y"), 5, 3) == 2
    with pytest.raises(MissingAttribute) as caught:
        evaluator.select({"alpha": 1}, ["alpa"])
    assert caught.value.suggestions == ("alpha",)


def test_cache(tmp_path: Path, host: RecordingHost) -> None:
    """Compiled files are used again, whatever their path; damaged ones are made anew."""
    (tmp_path / "a.nix").write_text("{ f = { x, y ? 2 }: x + y; p = ./a.nix; }")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.nix").write_text((tmp_path / "a.nix").read_text())
    cache = tmp_path / "cache"
    first = Evaluator(host, cache).eval_file(str(tmp_path / "a.nix"))
    files = [path for path in cache.rglob("*") if path.is_file()]
    assert len(files) == 1
    marshal.loads(files[0].read_bytes()[4:])
    second = Evaluator(host, cache).eval_file(str(tmp_path / "sub" / "b.nix"))
    assert second["p"].text == str(tmp_path / "sub" / "a.nix")
    assert first["p"].text == str(tmp_path / "a.nix")
    for damage in (b"", b"short", files[0].read_bytes()[:-1], b"\0" * 500):
        files[0].write_bytes(damage)
        again = Evaluator(host, cache)
        value = again.eval_file(str(tmp_path / "a.nix"))
        assert again.call(value["f"], {"x": 1}) == 3


def test_import_once(tmp_path: Path, world: Evaluator, host: RecordingHost) -> None:
    """A file is evaluated once, and a folder stands for its default.nix."""
    (tmp_path / "default.nix").write_text('builtins.trace "loaded" 1')
    world.eval_string(f"import {tmp_path} + import {tmp_path}/default.nix")
    assert host.lines == ["trace: loaded"]


def test_depth(world: Evaluator) -> None:
    """Deep recursion is an error with places, not a crash; so is deep nesting of text."""
    with pytest.raises(StackOverflow):
        world.eval_string("let f = x: [ (f x) ] == [ (f x) ]; in f 1")
    with pytest.raises(StackOverflow):
        world.eval_string("let f = x: builtins.sort (a: b: f x) [ 1 2 3 ]; in f 1")
    nested = "(" * 3000 + "1" + ")" * 3000
    try:
        assert world.eval_string(nested) == 1
    except (ParseError, StackOverflow) as error:
        assert "deep" in str(error) or "overflow" in str(error)


def test_depth_of_the_reference(world: Evaluator) -> None:
    """9,000 calls deep works, in plain functions and through builtins."""
    assert world.eval_string("let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 9000") == 9000
    assert (
        world.eval_string(
            "let f = n: if n == 0 then 0 else builtins.foldl' (a: b: a + f (n - 1)) 1 [ 1 ];"
            " in f 9000"
        )
        == 9000
    )


def test_format_without_trace(world: Evaluator) -> None:
    """Without a trace being asked for, its end is left out and said to be."""
    with pytest.raises(ThrownError) as caught:
        world.eval_string('builtins.head [ (builtins.head (builtins.seq 1 (throw "m"))) ]')
    shown = format_error(caught.value)
    assert "(stack trace truncated; use '--show-trace'" in shown
    assert shown.splitlines()[-1].strip() == "error: m"
    assert "truncated" not in format_error(caught.value, show_trace=True)


def test_errors_are_located_once(world: Evaluator) -> None:
    """An error that passes several boundaries keeps its place."""
    with pytest.raises(NixError) as caught:
        world.eval_string("{ a = 1; }.b")
    pos = caught.value.pos
    assert pos is not None and (pos.line, pos.column) == (1, 1)


def test_no_store_is_said(evaluator: Evaluator) -> None:
    """Without a store, what needs one is an error of its own."""
    with pytest.raises(EvalError, match="needs a store"):
        evaluator.eval_string('builtins.toFile "a" "b"')


def test_pure_has_no_time(evaluator: Evaluator) -> None:
    """`currentTime` is not there unless the host gives it."""
    assert evaluator.eval_string("builtins ? currentTime") is False
    assert evaluator.eval_string("builtins.currentSystem") == "x86_64-linux"
