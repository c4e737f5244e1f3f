"""What fixupPhase makes of an output, and what it refuses."""

from __future__ import annotations

import pytest

from tests.pkgs.conftest import Packages

BROUGHT = "nix-support/propagated-build-inputs"


def made(install: str, attributes: str = "", *, stdenv: str = "stdenvNoCC") -> str:
    """An expression for a package that is installed by these commands."""
    return f"""pkgs: pkgs.{stdenv}.mkDerivation {{
        name = "x"; dontUnpack = true; {attributes}
        installPhase = ''{install}''; }}"""


def test_units_of_users_move_to_share(packages: Packages) -> None:
    install = "mkdir -p $out/lib/systemd/user; echo u > $out/lib/systemd/user/a.service"
    out = packages.build(made(install))
    assert (out / "lib/systemd/user").readlink().as_posix() == "../../share/systemd/user"
    assert (out / "share/systemd/user/a.service").read_text() == "u\n"
    out = packages.build(made(install, "dontMoveSystemdUserUnits = true;"))
    assert not (out / "share").exists()


def test_links_within_an_output_become_relative(packages: Packages) -> None:
    install = """
        mkdir -p $out/a/b $dev; echo t > $out/t; ln -s $out/t $out/a/b/in; ln -s $out/t $dev/across
        ln -s /usr/bin/env $out/machine; ln -s t $out/relative
    """
    outputs = 'outputs = [ "out" "dev" ];'
    drv = packages.drv(made(install, outputs))
    out, dev = (packages.realise(drv)[name] for name in ("out", "dev"))
    assert (out / "a/b/in").readlink().as_posix() == "../../t"
    assert (dev / "across").readlink().as_posix() == f"/nix/store/{out.name}/t"
    assert (out / "machine").readlink().as_posix() == "/usr/bin/env"
    assert packages.references(out) == []
    out = packages.build(made(install, f"{outputs} dontRewriteSymlinks = true;"))
    assert (out / "a/b/in").readlink().as_posix() == f"/nix/store/{out.name}/t"


def test_a_link_to_nothing_is_refused(packages: Packages) -> None:
    for target in ("$out/nothing", "nothing", "../../$(basename $out)/nothing"):
        install = f"mkdir -p $out/bin; ln -s {target} $out/bin/l"
        told = packages.failure(made(install))
        assert "these links lead to nothing" in told and "/bin/l -> " in told
        packages.build(made(install, "dontCheckForBrokenSymlinks = true;"))


@pytest.mark.parametrize(
    ("attributes", "stripped"),
    [
        ("", "abc"),
        ("dontStrip = true;", ""),
        ("dontStripHost = true;", ""),
        ('stripExclude = [ "a*" ];', "bc"),
        ('stripExclude = [ "lib/sub/*" ];', "ab"),
        ('__structuredAttrs = true; stripExclude = [ "lib/a" "c" ];', "b"),
    ],
)
def test_what_is_stripped(packages: Packages, attributes: str, stripped: str) -> None:
    install = """
        echo 'int main(void) { return 0; }' > m.c
        gcc -g -o m m.c
        mkdir -p $out/lib/sub; cp m $out/lib/a; cp m $out/lib/b; cp m $out/lib/sub/c
        for f in $out/lib/a $out/lib/b $out/lib/sub/c; do
          grep -q debug_info <<< $(readelf -S $f)
        done
    """
    check = """postFixup = ''
        for f in $out/lib/a $out/lib/b $out/lib/sub/c; do
          if ! grep -q debug_info <<< $(readelf -S $f); then printf ''${f##*/} >> $out/told; fi
        done
        touch $out/told
    '';"""
    out = packages.build(made(install, attributes + check, stdenv="stdenv"))
    assert (out / "told").read_text() == stripped


def test_what_comes_along_for_users(packages: Packages) -> None:
    for more in ("", "__structuredAttrs = true;"):
        out = packages.build(
            made("mkdir $out", f'{more} propagatedUserEnvPkgs = [ "/nix/a" "/nix/b" ];')
        )
        text = (out / "nix-support/propagated-user-env-packages").read_text()
        assert text.split() == ["/nix/a", "/nix/b"]


def test_what_users_get_of_several_outputs(packages: Packages) -> None:
    for outputs, wanted in (
        ("out dev man", "out man"),
        ("dev bin out", "bin"),
        ("lib doc", "lib"),
    ):
        names = " ".join(f'"{name}"' for name in outputs.split())
        found = packages.text(
            f"""pkgs: toString (pkgs.stdenv.mkDerivation {{
                name = "x"; outputs = [ {names} ]; }}).meta.outputsToInstall"""
        )
        assert found == wanted


def test_what_is_moved_by_hand(packages: Packages) -> None:
    install = """
        mkdir -p $out/bin $out/lib/x $dev/lib; touch $out/bin/{a,b-config} $out/lib/x/{1,2} $out/t
        moveToOutput 'bin/*-config' "$dev"; moveToOutput lib/x/2 "''${!outputDev}"
        moveToOutput lib "$dev"; moveToOutput t REMOVE
    """
    outputs = packages.realise(packages.drv(made(install, 'outputs = [ "out" "dev" ];')))
    files = {
        name: sorted(str(file.relative_to(tree)) for file in tree.rglob("*") if file.is_file())
        for name, tree in outputs.items()
    }
    assert files == {"out": ["bin/a"], "dev": ["bin/b-config", "lib/x/1", "lib/x/2", BROUGHT]}


def test_old_places_of_documents(packages: Packages) -> None:
    """They move to share, and from there to the output that is for them."""
    install = "mkdir -p $out/man/man1 $out/share/man/man3 $out/info; touch $out/man/man1/a.1"
    install += " $out/share/man/man3/b.3 $out/info/c.info"
    for more, wanted in (
        ('outputs = [ "out" "man" ];', ["out/info/c.info", "man/man1/a.1.gz", "man/man3/b.3.gz"]),
        ('outputs = [ "out" "man" ]; forceShare = "man";', ["man/man1/a.1.gz", "man/man3/b.3.gz"]),
    ):
        outputs = packages.realise(packages.drv(made(install, more)))
        found = [
            f"{name}/{file.relative_to(tree / 'share')}".replace("man/man/", "man/")
            for name, tree in outputs.items()
            for file in (tree / "share").rglob("*")
            if file.is_file()
        ]
        assert sorted(found) == sorted(wanted)
