"""``pkgs.testers``: each holds for what is right, and fails for what is not."""

from __future__ import annotations

import pytest

from tests.pkgs.conftest import Packages

FAILS = 'pkgs.runCommand "fail" { } "echo ok-ish > $out; echo failing though; exit 3"'
PROGRAM = (
    'program = pkgs.writeScriptBin "tool" "#!/bin/bash\\necho tool 1.2.3 \\"$@\\"\\n" '
    '// { pname = "tool"; version = "1.2.3"; };'
)


@pytest.mark.parametrize("structured", ["false", "true"])
def test_a_build_that_fails(packages: Packages, structured: str) -> None:
    made = packages.realise(
        packages.drv(
            "pkgs: pkgs.testers.testBuildFailure (pkgs.stdenvNoCC.mkDerivation "
            f'{{ name = "x"; __structuredAttrs = {structured}; outputs = [ "out" "doc" ]; '
            'buildCommand = "mkdir $out; echo a > $out/b; echo told; exit 7"; })'
        )
    )
    assert (made["out"] / "testBuildFailure.log").read_text() == "told\n"
    assert (made["out"] / "testBuildFailure.exit").read_text() == "7\n"
    assert (made["out"] / "result/b").read_text() == "a\n"
    assert list(made["doc"].iterdir()) == []


PASSING = [
    f'testBuildFailure\' {{ drv = {FAILS}; expectedBuilderExitCode = 3; '
    'expectedBuilderLogEntries = [ "failing though" ]; script = "grep ok-ish $failed/result"; }',
    'testEqualContents { assertion = "Same as 1!"; actual = pkgs.writeText "a" "x"; '
    'expected = pkgs.writeText "b" "x"; }',
    'testEqualContents { assertion = "mode"; actual = pkgs.writeScript "a" "x"; '
    'expected = pkgs.writeText "b" "x"; checkMetadata = false; }',
    'testEqualDerivation "same" (pkgs.writeText "a" "x") (pkgs.writeText "a" "x")',
    "testVersion { package = program; }",
    'testVersion { package = program; command = "tool x"; version = "x"; }',
    'shellcheck { name = "a"; src = pkgs.writeText "a" "#!/bin/bash\\necho \\"$1\\"\\n"; }',
    "hasPkgConfigModules { package = library; versionCheck = true; }",
    'runCommand { name = "n"; script = "touch $out"; }',
]  # fmt: skip

FAILING = [
    ('testBuildFailure (pkgs.runCommand "a" { } "touch $out")', "had to fail"),
    (f"testBuildFailure' {{ drv = {FAILS}; }}", "status is 3; 1 was expected"),
    (
        f"testBuildFailure' {{ drv = {FAILS}; expectedBuilderExitCode = 3; "
        'expectedBuilderLogEntries = [ "no" ]; }',
        "log has no 'no'",
    ),
    (
        'testEqualContents { assertion = "s"; actual = pkgs.writeText "a" "x"; '
        'expected = pkgs.writeText "b" "y"; postFailureMessage = "look there"; }',
        "look there",
    ),
    (
        'testEqualContents { assertion = "s"; actual = pkgs.writeScript "a" "x"; '
        'expected = pkgs.writeText "b" "x"; }',
        "were not",
    ),
    ('testEqualDerivation "same" (pkgs.writeText "a" "x") (pkgs.writeText "a" "y")', "is not"),
    ('testVersion { package = program; version = "1.2.4"; }', "no version 1.2.4"),
    ('shellcheck { name = "a"; src = pkgs.writeText "a" "#!/bin/bash\\necho $1\\n"; }', "SC2086"),
    ('hasPkgConfigModules { package = library; moduleNames = [ "none" ]; }', "none"),
    (
        'hasPkgConfigModules { package = library; version = "2"; versionCheck = true; }',
        "version is not 2",
    ),
    ('runCommand { name = "n"; script = "echo a > $out"; }', "hash"),
]

LIBRARY = """
library = pkgs.stdenvNoCC.mkDerivation {
    pname = "lib"; version = "1"; meta.pkgConfigModules = [ "some" ];
    buildCommand = "mkdir -p $out/lib/pkgconfig; printf \
      'Name: some\\\\nDescription: d\\\\nVersion: 1\\\\n' > $out/lib/pkgconfig/some.pc";
};
"""


@pytest.mark.parametrize("check", PASSING)
def test_what_holds(packages: Packages, check: str) -> None:
    assert packages.build(f"pkgs: let {PROGRAM} {LIBRARY} in pkgs.testers.{check}").exists()


@pytest.mark.parametrize(("check", "told"), FAILING)
def test_what_does_not(packages: Packages, check: str, told: str) -> None:
    assert told in packages.failure(f"pkgs: let {PROGRAM} {LIBRARY} in pkgs.testers.{check}")


def test_another_fetcher_fetches_again(packages: Packages) -> None:
    """Its name has a part that depends on how it is fetched."""
    fetched = (
        "pkgs: (pkgs.testers.invalidateFetcherByDrvHash pkgs.fetchurl "
        '{ name = "n"; url = "http://NAME"; hash = pkgs.lib.fakeHash; }).name'
    )
    one, two = (packages.text(fetched.replace("NAME", name)) for name in ("a", "b"))
    assert one.startswith("n-salted-") and two.startswith("n-salted-") and one != two
