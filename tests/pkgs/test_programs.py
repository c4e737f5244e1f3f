"""Programs built from source with each build system, run with what a machine would have, and built
again in another environment."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import pytest

from builder.store.paths import StorePath
from tests.pkgs.conftest import Packages

PROGRAMS = f"({(Path(__file__).parent / 'programs.nix').read_text()})"
NAMES = ("make", "autotools", "cmake", "meson", "python", "user")


def usr(name: str) -> str:
    """What stands at /usr on a machine that has the program and nothing else."""
    return f"""pkgs: pkgs.linkTree {{
        name = "usr";
        packages = pkgs.closure [ ({PROGRAMS} pkgs).{name} pkgs.bash pkgs.coreutils ];
    }}"""


@pytest.mark.parametrize(
    ("name", "command", "answer"),
    [
        ("make", "greet", "hello there: zlib 1.3.1 at Jan  1 1980\n"),
        ("make", "again", "hello there: zlib 1.3.1 at Jan  1 1980\n"),
        ("autotools", "auto", "42\n"),
        ("cmake", "measure-it", "7 metres\n"),
        ("meson", "weigh", "weighs 2363233923\n"),
        ("python", "count", "counts 3\n"),
        ("user", "user && echo fine", "fine\n"),
    ],
)
def test_it_runs_where_only_its_dependencies_are(
    packages: Packages, name: str, command: str, answer: str
) -> None:
    assert packages.run(usr(name), ["/bin/bash", "-ec", command]) == answer


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_same_when_built_again(packages: Packages, name: str) -> None:
    assert packages.differences(packages.drv(f"pkgs: ({PROGRAMS} pkgs).{name}")) == {}


def test_outputs_hold_what_belongs_to_them(packages: Packages) -> None:
    made = packages.realise(packages.drv(PROGRAMS, "make"))
    pages = made["man"] / "share/man/man1"
    assert gzip.decompress((pages / "greet.1.gz").read_bytes()) == b".TH greet 1\n"
    assert (pages / "again.1.gz").readlink() == Path("greet.1.gz")
    assert not (made["out"] / "share").exists()
    assert (made["out"] / "bin/again").read_text().splitlines()[0] == "#!/usr/bin/bash"
    # Neither debug information nor assertions name the compiler's own headers.
    assert packages.references(made["out"]) == []

    made = packages.realise(packages.drv(PROGRAMS, "autotools"))
    assert {path.name for path in (made["lib"] / "lib").iterdir()} >= {"libauto.so", "libauto.la"}
    assert (made["dev"] / "include/auto.h").is_file()
    assert [path.name for path in made["out"].rglob("*")] == ["bin", "auto"]
    # The program finds the library by its path, and who takes `dev` gets it too.
    assert packages.references(made["out"]) == ["auto-1-lib"]
    assert packages.references(made["dev"]) == ["auto-1", "auto-1-lib"]

    made = packages.realise(packages.drv(PROGRAMS, "cmake"))
    assert packages.references(made["out"]) == [made["out"].name[33:]]
    assert (made["dev"] / "include/measure.hh").is_file()


def test_structured_attributes_build_the_same(packages: Packages) -> None:
    structured = f"""pkgs: ({PROGRAMS} pkgs).make.overrideAttrs {{
        __structuredAttrs = true;
        preBuild = ''
          makeFlagsArray+=(CFLAGS="-g -O2 -DGREETING='\\"hello there\\"'")
        '';
    }}"""
    drv = packages.drv(structured)
    plain, made = packages.realise(packages.drv(PROGRAMS, "make")), packages.realise(drv)
    names = [
        sorted(str(path.relative_to(outputs["out"])) for path in outputs["out"].rglob("*"))
        for outputs in (plain, made)
    ]
    assert names[0] == names[1] == ["bin", "bin/again", "bin/greet"]
    assert (made["man"] / "share/man/man1/greet.1.gz").is_file()
    log = packages.session.store.log_file(drv)
    text = bz2.decompress(log.with_name(f"{log.name}.bz2").read_bytes()).decode()
    assert "declare" not in text and "warning" not in text


def test_what_a_machine_needs_is_known_before_it_is_built(packages: Packages) -> None:
    def needs(name: str) -> str:
        return packages.text(
            f"pkgs: toString (map (p: p.debianName) ({PROGRAMS} pkgs).{name}.debianDependencies)"
        )

    assert needs("make") == "zlib1g libc6 libgcc-s1 libstdc++6"
    assert needs("python") == "python3 python3-jinja2 libc6 libgcc-s1 libstdc++6"
    # Through a library of the store, too.
    through = """pkgs: toString (map (p: p.debianName) (pkgs.stdenvNoCC.mkDerivation {
        name = "x";
        buildInputs = [
          (pkgs.stdenv.mkDerivation { name = "y"; buildInputs = [ pkgs.libssl-dev ]; })
        ];
    }).debianDependencies)"""
    assert "libssl3t64" in packages.text(through).split()


def test_a_dependency_that_a_machine_would_lack_is_told(packages: Packages) -> None:
    script = """pkgs: pkgs.stdenv.mkDerivation {
        name = "forgetful";
        dontUnpack = true;
        nativeBuildInputs = [ pkgs.zlib1g-dev pkgs.perl ];
        MORE
        installPhase = ''
            mkdir -p $out/bin
            echo '#include <zlib.h>' > x.c
            echo 'int main(void) { return !zlibVersion(); }' >> x.c
            gcc x.c -lz -o $out/bin/x
            printf '#!/usr/bin/env perl\\nprint 1;\\n' > $out/bin/y
            chmod +x $out/bin/y
        '';
    }"""
    told = packages.failure(script.replace("MORE", ""))
    assert "/bin/x needs the library libz.so.1, which Debian's zlib1g-1-1" in told
    assert "/bin/y is a script for /usr/bin/perl, which Debian's perl-base-5" in told
    assert "add the Debian packages to buildInputs or debianDependencies" in told
    packages.build(script.replace("MORE", "debianDependencies = [ pkgs.zlib1g pkgs.perl-base ];"))
    ignored = 'ignoreMissingDebianDependencies = [ "libz.so.*" "/usr/bin/perl" ];'
    packages.build(script.replace("MORE", ignored))


def test_a_machine_gets_the_debian_packages_with_it(packages: Packages) -> None:
    tree = packages.build(usr("meson"))
    assert (tree / "lib/x86_64-linux-gnu/libz.so.1").is_symlink()
    assert not (tree / "include").exists()
    assert StorePath.parse(f"/nix/store/{tree.name}").name == "usr"
