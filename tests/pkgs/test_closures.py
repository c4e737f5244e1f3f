"""What tells the contents of closures, and outputs that hold nothing, beside the real Nix."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.store.paths import StorePath
from tests.pkgs.conftest import Packages
from tests.reference import nix

PATHS = 'a = pkgs.writeText "a" "x"; b = pkgs.writeText "b" "${a}"; c = pkgs.writeText "c" "${b}";'


def _closure(packages: Packages, roots: list[str]) -> list[str]:
    made = [packages.build(f"pkgs: let {PATHS} in {root}") for root in roots]
    store = packages.session.store
    paths = {StorePath.parse(f"/nix/store/{path.name}") for path in made}
    return sorted(str(info.path) for info in store.closure(paths))


@pytest.mark.parametrize("roots", [["c"], ["a", "b"]])
def test_write_closure(packages: Packages, roots: list[str]) -> None:
    made = packages.build(f"pkgs: let {PATHS} in pkgs.writeClosure [ {' '.join(roots)} ]")
    assert made.read_text().split() == _closure(packages, roots)


def test_the_real_nix_loads_what_is_told_of_a_closure(packages: Packages, tmp_path: Path) -> None:
    made = packages.build(f"pkgs: let {PATHS} in pkgs.closureInfo {{ rootPaths = [ c ]; }}")
    paths = _closure(packages, ["c"])
    assert sorted((made / "store-paths").read_text().split()) == paths
    store = packages.session.store
    sizes = [store.query(StorePath.parse(path)).nar_size for path in paths]
    assert int((made / "total-nar-size").read_text()) == sum(sizes)
    folder = str(tmp_path / "store")

    def ask(*command: str, stdin: str = "") -> list[str]:
        ran = nix().run("nix-store", "--store", folder, *command, write=[tmp_path], stdin=stdin)
        assert ran.status == 0, ran.err
        return ran.out.split()

    ask("--load-db", stdin=(made / "registration").read_text())
    for path, size in zip(paths, sizes, strict=True):
        references = store.references(StorePath.parse(path))
        assert ask("--query", "--size", path) == [str(size)]
        assert ask("--query", "--references", path) == sorted(map(str, references))


def test_of_nothing(packages: Packages) -> None:
    made = packages.build("pkgs: pkgs.closureInfo { rootPaths = [ ]; }")
    assert (made / "total-nar-size").read_text() == "0\n"
    assert (made / "store-paths").read_text() == (made / "registration").read_text() == ""


def test_what_holds_nothing(packages: Packages) -> None:
    assert packages.build("pkgs: pkgs.emptyFile").read_bytes() == b""
    assert list(packages.build("pkgs: pkgs.emptyDirectory").iterdir()) == []
    assert packages.text("pkgs: pkgs.emptyFile.outPath") == (
        "/nix/store/ij3gw72f4n5z4dz6nnzl1731p9kmjbwr-empty-file"
    )


def test_direct_references(packages: Packages) -> None:
    made = packages.build(f"pkgs: let {PATHS} in pkgs.writeDirectReferencesToFile c")
    assert [line.partition("-")[2] for line in made.read_text().splitlines()] == ["b"]


def test_references_are_removed(packages: Packages) -> None:
    made = packages.build(
        f'pkgs: let {PATHS} in pkgs.runCommand "x" {{ inherit a b; '
        "nativeBuildInputs = [ pkgs.removeReferencesTo ]; } "
        "\"printf '%s %s\\\\n\\\\377' $a $b > $out; remove-references-to -t $a -t $b $out $a-not\""
    )
    e = "e" * 32
    assert made.read_bytes() == f"/nix/store/{e}-a /nix/store/{e}-b\n".encode() + b"\xff"
    assert packages.references(made) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [("-t /a $out", "'/a' is no store path"), ("-x", "no option -x"), ("$out", "no path is given")],
)
def test_wrong_words_for_removing(packages: Packages, words: str, told: str) -> None:
    assert told in packages.failure(
        'pkgs: pkgs.runCommand "x" { nativeBuildInputs = [ pkgs.removeReferencesTo ]; } '
        f'"remove-references-to {words}"'
    )
