"""Sets are gone through in the order in which the reference meets names."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.lang.evaluator import Evaluator
from builder.lang.symbols import KNOWN
from tests.lang.ours import TracedHost, evaluate
from tests.lang.test_cases import check
from tests.reference import nix
from tests.reference.judge import judge


def _set(names: str) -> str:
    """A set of these names that tells in which order it is forced."""
    return f"{{ {' '.join(map(_traced, names.split()))} }}"


def _traced(name: str) -> str:
    return f'"{name}" = builtins.trace "{name}" 0;'


PROGRAMS = (
    # A file's own names, as its grammar reduces them.
    "{ zb = builtins.trace 1 1; za = builtins.trace 2 2; }",
    "{ zb = throw 1; za = throw 2; name = throw 3; }",
    f"let zf = zx: zy: zz.zw; zz = 1; in {_set('zf zx zy zw')}",
    f"zx@{{ zz ? zw, zw, ... }}: {_set('zx zw zz zw2')}",
    f"[ (zq: zp) {_set('zp zq')} (let zp = 1; in zp) ]",
    f"let zp = 1; in [ (zq: zp) {_set('zq zp')} ]",
    f"{{ zc.zb.za = 1; z = {_set('za zb zc')}; }}",
    f'[ {{ "zs ${{"zi"}}" = 1; "zt" = 2; }} {_set("zt zi")} ]',
    f"let zu = {{ }}; in [ (zu.zc or zu ? zb.za) {_set('za zb zc')} ]",
    f"let zu = {{ za = 1; zb = 2; }}; inherit (zu) zb za; in {_set('za zb')}",
    f'let zu.zh.zg = 1; in [ "${{toString zu.zh.zg}}" {_set("zg zh")} ]',
    # Names that no file has, in the order of their set.
    'builtins.listToAttrs (map (name: { inherit name; value = throw name; }) [ "zb" "za" ])',
    """builtins.deepSeq (builtins.mapAttrs (n: v: builtins.trace n v) (builtins.fromJSON ''
      {"zd": 1, "zc": 2, "name": 3}'')) 1""",
    # Comparing, to the first name that one lacks.
    '{ zz = throw "x"; zb = 1; } == { zz = 1; zc = 1; }',
    '{ zb = 1; zz = throw "x"; } == { zc = 1; zz = 1; }',
    "{ zb = 1; za = 2; } == { za = 2; zb = 1; }",
    "assert { zc = 1; za = 2; zd = 2; } == { zc = 1; za = 2; zb = 3; }; 1",
    # The arguments of functions and builtins.
    "({ zb ? 1, zd, zc }: 1) { }",
    "({ zb ? 1 }: 1) { zd = 1; zc = 2; }",
    "builtins.path { zb = 1; za = 2; path = ./.; }",
    'builtins.appendContext "a" { zb = { }; za = { }; }',
    'builtins.flakeRefToString { zb = [ ]; za = null; type = "path"; }',
    "builtins.fetchClosure { zb = [ ]; za = null; fromPath = 1; }",
    'fetchTarball { zb = 1; url = ""; za = 1; }',
    # Variables that nothing binds.
    "{ zz = zq1; za = zq2; }",
    "zq1: { zz = zq3; a = zq1; type = zq4; }",
    "zq1 > zq2",
    "zq1 >= zq2",
    "{ zz = zq3; inherit (zq1) a; name = zq2; }",
    "rec { zb = zq2; inherit zq3; }",
    "let zz = zq1; za = zz; in zq2",
    "{ zb ? zq1, za ? zq2, name ? zq3 }: 1",
    "{ a.zb = zq1; a.type = zq2; ${zq5} = zq3; }",
    "with { }; [ zq1 (let za = zq2; in za) ]",
    "[ (with { }; zq1) (if zq2 then zq3 else zq4) zq5 ]",
    '[ "${zq1}" ./a/${zq2} (__add zq3 zq4) ]',
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_order(tmp_path: Path, program: str) -> None:
    """A program ends as it does alone with the real Nix."""
    file = tmp_path / "program.nix"
    file.write_text(program)
    check(program, file, judge(nix(), [file])[0])


def test_known_from_the_start(tmp_path: Path) -> None:
    """All names that the reference knows before it reads a file, and no other of these."""
    new, *others = "zq", "relative", "success", "json", "url", "narHash", "rev", "version"
    names = [*sorted(KNOWN, reverse=True), *others]
    program = f"{{ {_traced(new)} {' '.join(map(_traced, names))} }}"
    file = tmp_path / "names.nix"
    file.write_text(program)
    traced = judge(nix(), [file])[0].traced
    assert evaluate(program, str(tmp_path), str(file)).traced == traced
    known, _, unknown = traced.partition(f"trace: {new}\n")
    assert [known.count("\n"), unknown.count("\n")] == [len(KNOWN), len(others)]


def test_kept_code_has_the_names(tmp_path: Path) -> None:
    """A file that was compiled before is met as one that is read now."""
    file = tmp_path / "file.nix"
    file.write_text("{ zb = builtins.trace 1 1; za = builtins.trace 2 2; }")
    for _ in range(2):
        host = TracedHost()
        evaluator = Evaluator(host, tmp_path / "cache")
        evaluator.force_deep(evaluator.eval_file(str(file)))
        assert "".join(host.lines) == "trace: 1\ntrace: 2\n"
