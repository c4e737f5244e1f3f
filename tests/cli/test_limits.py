"""Limits of builds as users give them: options, neve.conf, packages; deadlines of commands."""

from __future__ import annotations

import shlex
import shutil
import time
from pathlib import Path

import pytest

from builder.realise.settings import current_system
from tests.cli.conftest import Shell
from tests.realise.conftest import copy_program
from tests.reference.pinned import bubblewrap

_FLAKE = """{
  outputs = { self }: let
    build = name: script: meta: derivation {
      inherit name;
      system = "SYSTEM";
      builder = "/usr/bin/dash";
      args = [ "-c" script ];
      PATH = "/usr/bin";
      __tools = "${./tools}";
    } // { inherit meta; };
  in {
    packages.SYSTEM = rec {
      slow = build "slow" "while sleep 0.1; do echo on; done" { };
      silent = build "silent" "sleep 60" { };
      hasty = build "hasty" "while sleep 0.1; do echo on; done" { timeout = 1; };
      quiet = build "quiet" "sleep 60" { maxSilent = 1; };
      user = build "user" "echo ${slow} > $out" { };
      endless =
        let
          sum = n: builtins.foldl' builtins.add n (builtins.genList (x: x) 100000);
          again = n: if n == 5000 then 0 else builtins.seq (sum n) (again (n + 1));
        in
        again 0;
    };
  };
}
"""


@pytest.fixture
def limited(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    flake = shell.folder / "f"
    (flake / "flake.nix").write_text(_FLAKE.replace("SYSTEM", current_system()))
    for name in ("dash", "sleep"):
        copy_program(Path(shutil.which(name) or ""), flake / "tools")
    programs = shell.folder / "bin"
    programs.mkdir()
    (programs / "bwrap").write_text(f'#!/bin/sh\nexec {shlex.join(bubblewrap())} "$@"\n')
    (programs / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return shell


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("f#slow", "--timeout", "1"), "it took longer than 1 seconds"),
        (("f#slow", "--option", "timeout", "1"), "it took longer than 1 seconds"),
        (("f#slow", "--max-log-size", "5"), "its log grew over 5 bytes"),
        (("f#silent", "--max-silent-time", "1"), "it said nothing for 1 seconds"),
        (("f#hasty",), "it took longer than 1 seconds"),
        (("f#quiet",), "it said nothing for 1 seconds"),
        # What the user says goes before what a package says of itself.
        (("f#quiet", "--timeout", "2", "--max-silent-time", "9"), "it took longer than 2 seconds"),
    ],
)
def test_limits_of_a_build(limited: Shell, words: tuple[str, ...], told: str) -> None:
    begun = time.monotonic()
    assert told in limited.fails("build", "--no-link", *words)
    assert time.monotonic() - begun < 20


def test_settings_are_read_from_the_file(limited: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEVE_CONFIG", "timeout = 1\nmax-jobs = auto\nkeep-going = true")
    told = limited.fails("build", "--no-link", "f#user")
    assert "it took longer than 1 seconds" in told
    assert "1 other derivation that needs it was not built" in told  # so it was kept going
    monkeypatch.setenv("NEVE_CONFIG", "max-jobs = 0")
    told = limited.fails("build", "--no-link", "f#user", code=2)
    assert "NEVE_CONFIG:1: with 'max-jobs' 0 nothing could be built" in told


def test_a_deadline_ends_a_build(limited: Shell) -> None:
    begun = time.monotonic()
    told = limited.fails("build", "--no-link", "f#user", "--deadline", "2.5", code=124)
    assert 2.5 < time.monotonic() - begun < 20
    assert "error: the deadline of 2.5 seconds has passed\n" in told
    assert "2 of 2 derivations were not finished, begun were slow\n" in told
    assert not list((limited.folder / "root/nix/var/nix/builds").iterdir())


def test_a_deadline_ends_an_evaluation_and_only_this_one(limited: Shell) -> None:
    told = limited.fails("eval", "f#endless", "--deadline", "1", code=124)
    assert "error: the deadline of 1 seconds has passed\n" in told
    limited.run("eval", "--expr", "1", "--deadline", "1")
    time.sleep(1.2)  # no alarm is left that would end this
