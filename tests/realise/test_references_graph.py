"""`exportReferencesGraph`: the files that a builder finds, beside those of the real Nix."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.pkgs.conftest import Packages, packages
from tests.reference import Ran
from tests.reference.building import real_builds

GRAPHS = """
let
  a = builtins.toFile "a" "x";
  b = builtins.toFile "b" "see ${a}";
  make = name: script: more: derivation ({
    inherit name;
    system = "x86_64-linux";
    builder = "/bin/bash";
    PATH = "/usr/bin:/bin";
    args = [ "-ec" script ];
  } // tools // more);
  d = make "d" "mkdir $out; echo ${b} > $out/b; echo $out > $out/self" { };
in
{
  classic = make "classic" "cat one two > $out" {
    exportReferencesGraph = [ "one" b "two" "${d}/self" ];
  };
  drv = make "drv" "cat g > $out" { exportReferencesGraph = [ "g" d.drvPath ]; };
  structured = make "structured" ''
    . $NIX_ATTRS_SH_FILE
    cat $NIX_ATTRS_JSON_FILE > "''${outputs[out]}"
  '' {
    __structuredAttrs = true;
    exportReferencesGraph = { one = b; "two" = [ d a ]; };
  };
  outside = make "outside" "cat g > $out" {
    exportReferencesGraph = [ "g" (builtins.unsafeDiscardStringContext b) ];
  };
  odd = make "odd" "cat g > $out" { exportReferencesGraph = [ "g" ]; };
  slash = make "slash" "cat g > $out" { exportReferencesGraph = [ "a/g" b ]; };
}
"""


Build = Callable[[str], tuple[Ran, str]]


@pytest.fixture(scope="module")
def real_build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Builds an attribute of GRAPHS with the real Nix."""
    folder = tmp_path_factory.mktemp("real")
    graphs = folder / "graphs.nix"
    graphs.write_text(GRAPHS.replace("// tools", ""))
    builds = real_builds(folder)

    def run(attribute: str) -> tuple[Ran, str]:
        ran = builds.run("-A", attribute, str(graphs), see=[graphs])
        return ran, builds.made(ran).read_text() if ran.out.strip() else ""

    return run


def ours(packages: Packages, attribute: str) -> str:
    graphs = GRAPHS.replace("// tools", "// { __tools = pkgs.tools.shell; }")
    return f"pkgs: ({graphs}).{attribute}"


def comparable(text: str) -> str:
    """Without the hashes in paths: the tools at /usr are an input of ours alone."""
    return re.sub(r"/nix/store/[a-z0-9]{32}-", "", text)


def test_files(packages: Packages, real_build: Build) -> None:
    ran, wanted = real_build("classic")
    assert ran.status == 0, ran.err
    got = packages.build(ours(packages, "classic")).read_text()
    # What no tools went into is the same to the byte; the other paths differ in their hashes.
    first = wanted[: wanted.index("-b\n\n1\n") + 60]
    assert "-a\n\n0\n" in first and got.startswith(first)
    assert _records(got) == _records(wanted)
    assert wanted.count("\n\n") == 5


def test_outputs_of_a_derivation(packages: Packages, real_build: Build) -> None:
    ran, wanted = real_build("drv")
    assert ran.status == 0, ran.err
    mine = _records(packages.build(ours(packages, "drv")).read_text())
    real = _records(wanted)
    # Our derivation has the tools as inputs too; the records of the others are the same.
    assert set(real) == {"a", "b", "d", "d.drv"}
    assert {name: mine[name] for name in ("a", "b", "d")} == {
        name: real[name] for name in ("a", "b", "d")
    }
    assert set(mine["d.drv"]) > set(real["d.drv"])


def _records(text: str) -> dict[str, list[str]]:
    lines = iter(comparable(text).splitlines())
    found = {}
    for path in lines:
        assert next(lines) == ""
        found[path] = sorted(next(lines) for _ in range(int(next(lines))))
    return found


def test_structured(packages: Packages, real_build: Build) -> None:
    ran, wanted = real_build("structured")
    assert ran.status == 0, ran.err
    mine = json.loads(packages.build(ours(packages, "structured")).read_text())
    real = json.loads(wanted)
    for name in ("one", "two"):
        fields = [
            {comparable(entry["path"]): sorted(entry) for entry in given[name]}
            for given in (mine, real)
        ]
        assert fields[0] == fields[1]
    assert mine["one"] == real["one"]
    assert json.dumps(mine["one"]) == json.dumps(real["one"])


@pytest.mark.parametrize(
    ("attribute", "told"),
    [
        ("outside", "because it is not in the input closure of the derivation"),
        ("odd", "odd number of tokens in 'exportReferencesGraph': 'g'"),
        ("slash", "invalid file name 'a/g' in 'exportReferencesGraph'"),
    ],
)
def test_mistakes(packages: Packages, real_build: Build, attribute: str, told: str) -> None:
    ran, _ = real_build(attribute)
    assert ran.status != 0
    assert told in ran.err
    assert told in packages.failure(ours(packages, attribute))


__all__ = ["packages"]
