"""Debian's packages changed: rebuilt from their sources, or with other files."""

from __future__ import annotations

import pytest

from tests.pkgs.conftest import Packages
from tests.pkgs.test_programs import PROGRAMS

HOSTNAME = """(pkgs.hostname.overrideAttrs (old: {
    patches = old.patches ++ [ (pkgs.writeText "p" ''
      --- a/hostname.c
      +++ b/hostname.c
      @@ -1,2 +1,3 @@
      +static const char neve[] __attribute__((used)) = "patched by neve";
       /*
        * hostname - This file is part of the net-tools suite for Linux.
    '') ];
    postPatch = "sed -i 's/Usage: hostname/Usage, in Neve: hostname/' hostname.c";
}))"""

# Without the variants for other word lengths, which need a second compiler. The older of the
# suite's two versions: not every mirror has the sources of what was added to a release.
ZLIB = """(final: prev: ((prev.debianSource {
      name = "zlib"; version = "1:1.3.dfsg+really1.3.1-1"; profiles = [ "nocheck" "nobiarch" ];
    }).overrideAttrs {
      postPatch = ''sed -i 's/ZLIB_VERSION "1.3.1"/ZLIB_VERSION "1.3.1.neve"/' zlib.h'';
    }).packages)"""


def test_a_package_rebuilt_with_a_patch(packages: Packages) -> None:
    made = packages.realise(packages.drv(f"pkgs: {HOSTNAME}"))
    program = (made["out"] / "usr/bin/hostname").read_bytes()
    assert b"patched by neve" in program and b"Usage, in Neve: hostname" in program
    assert (made["doc"] / "usr/share/man/man1/hostname.1.gz").is_file()
    assert packages.text(f"pkgs: {HOSTNAME}.debianName") == "hostname"
    usr = f"""pkgs: pkgs.linkTree {{
        name = "usr"; packages = pkgs.closure [ {HOSTNAME} pkgs.bash ]; }}"""
    told = packages.run(usr, ["/bin/bash", "-c", "hostname --help 2>&1 || true"])
    assert "Usage, in Neve: hostname" in told


def test_a_rebuilt_package_is_the_same_again(packages: Packages) -> None:
    assert packages.differences(packages.drv(f"pkgs: {HOSTNAME}.sourcePackage")) == {}


def test_an_overlay_replaces_a_package_wherever_it_is_needed(packages: Packages) -> None:
    usr = f"""pkgs: let final = pkgs.extend {ZLIB}; in final.linkTree {{
        name = "usr"; packages = final.closure [ ({PROGRAMS} final).make final.bash ]; }}"""
    assert packages.run(usr, ["/bin/greet"]).startswith("hello there: zlib 1.3.1.neve at")
    # Also where nothing of ours asks for it, and where it is only one of many.
    closure = """pkgs: toString (pkgs.lib.sort pkgs.lib.lessThan (map (p: p.drvPath) (
        pkgs.lib.filter (p: p.debianName == "zlib1g") (FINAL.closure [ pkgs.curl ]))))"""
    plain = packages.text(closure.replace("FINAL", "pkgs"))
    changed = packages.text(closure.replace("FINAL", f"(pkgs.extend {ZLIB})"))
    rebuilt = packages.text(f"pkgs: (pkgs.extend {ZLIB}).zlib1g.drvPath")
    assert plain == packages.text("pkgs: pkgs.zlib1g.drvPath") != rebuilt == changed
    # What is built beside it stays the same, and so do the tools that build.
    program = f"pkgs: ({PROGRAMS} EXTENDED).cmake.drvPath"
    assert packages.text(program.replace("EXTENDED", "pkgs")) == packages.text(
        program.replace("EXTENDED", f"(pkgs.extend {ZLIB})")
    )
    tools = 'pkgs: (EXTENDED.runCommand "x" { } "").__tools.drvPath'
    assert packages.text(tools.replace("EXTENDED", "pkgs")) == packages.text(
        tools.replace("EXTENDED", f"(pkgs.extend {ZLIB})")
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ('"zlibb"', "there is no source package 'zlibb' in this suite; did you mean zlib"),
        ('{ name = "hostname"; version = "1"; }', "is not there in version 1, only in 3.25"),
        ('{ nam = "hostname"; }', "debian.lib.source needs the argument 'name'"),
    ],
)
def test_a_source_that_is_not_there(packages: Packages, arguments: str, told: str) -> None:
    assert told in packages.failure(f"pkgs: pkgs.debianSource {arguments}")


def test_a_package_with_other_files(packages: Packages) -> None:
    changed = """(pkgs.hostname.overrideFiles {
        remove = [ "usr/bin/*domainname" ];
        add."usr/share/neve/note" = pkgs.writeText "note" "hello";
        add."usr/bin/hostname" = pkgs.writeShellScript "hostname" "echo mine";
        postBuild = "ln -s hostname $out/usr/bin/name";
    })"""
    made = packages.build(f"pkgs: {changed}")
    assert sorted(path.name for path in (made / "usr/bin").iterdir()) == ["hostname", "name"]
    assert (made / "usr/share/neve/note").read_text() == "hello"
    usr = f"""pkgs: let final = pkgs.extend (_: _: {{ hostname = {changed}; }});
        in final.linkTree {{
          name = "usr"; packages = final.closure [ final.hostname final.bash ]; }}"""
    assert packages.run(usr, ["/bin/name"]) == "mine\n"


def test_mistakes_in_other_files(packages: Packages) -> None:
    absent = 'pkgs: pkgs.hostname.overrideFiles { remove = [ "usr/bin/nothing" ]; }'
    assert "hostname has no usr/bin/nothing to remove" in packages.failure(absent)
    outside = 'pkgs: pkgs.hostname.overrideFiles { remove = [ "../x" ]; }'
    assert "../x is not a path inside the package" in packages.failure(outside)


def test_dpkg_reads_the_database_that_its_builds_have(packages: Packages) -> None:
    """The database of the packages that build `hostname`, asked by the real dpkg."""
    source = '(pkgs.debianSource "hostname")'
    database = packages.text(f"pkgs: {source}.DPKG_ADMINDIR")
    # Building the source package has made it.
    packages.build(f"pkgs: {source}")
    usr = 'pkgs: pkgs.toolTree "dpkg" [ "dpkg" "coreutils" ]'

    def ask(*words: str) -> list[str]:
        return packages.run(usr, ["/bin/dpkg-query", f"--admindir={database}", *words]).splitlines()

    lines = ask("-W", "-f=${Package} ${db:Status-Abbrev} ${Version}\n")
    listed = {package: status for package, status, _ in map(str.split, lines)}
    assert {"bash", "debhelper", "gcc", "libc6"} <= set(listed)
    assert all(status.startswith("ii") for status in listed.values())
    assert ask("-S", "/usr/bin/dh") == ["debhelper: /usr/bin/dh"]
    assert "/usr/bin/dpkg-shlibdeps" in ask("-L", "dpkg-dev")
    (symbols,) = ask("--control-path", "libc6:amd64", "symbols")
    assert symbols == f"{database}/info/libc6:amd64.symbols"
