"""Commands as a user types them, in a folder with a store of its own."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.cli.main import neve
from builder.realise.settings import current_system

# A function that makes trees of files, without a sandbox.
TREE = """
    tree = name: spec: derivation {
      inherit name;
      system = "builtin";
      builder = "builtin:tree";
      version = 1;
      spec = builtins.toJSON spec;
    };
"""
FLAKE = """{
  description = "A tiny flake";
  outputs = { self }: let
    TREE
    inner = tree "inner" { "share/greeting".text = "hello"; };
  in {
    packages.SYSTEM = {
      default = tree "outer" { "bin/greet" = { text = "#!/bin/sh\\n"; executable = true; };
                               "inner".link = "${inner}"; };
      inherit inner;
      broken = tree "broken" { "a/../b".text = ""; };
    };
    checks.SYSTEM.ok = inner;
    number = 6 * 7;
    greeting = "hallo";
    values = { list = [ 1 2.5 null true "x" ]; "with.dot" = { a = "ü"; }; };
    fails = throw "on purpose";
    function = x: x;
    nixosConfigurations.m = { };
  };
}
""".replace("TREE", TREE)
_MANY = 200  # files


@dataclass
class Shell:
    """Runs commands in `folder`."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: object, code: int = 0) -> str:
        """Run ``neve`` with these words; its standard output."""
        return self.both(*words, code=code)[0]

    def both(self, *words: object, code: int = 0) -> tuple[str, str]:
        """Standard output and standard error."""
        self.capsys.readouterr()
        try:
            got = neve([str(word) for word in words])
        except SystemExit as end:
            got = end.code if isinstance(end.code, int) else 1
        told = self.capsys.readouterr()
        assert got == code, told.err
        assert "Traceback" not in told.err
        return told.out, told.err

    def fails(self, *words: object, code: int = 1) -> str:
        """Run what must fail; standard error."""
        out, err = self.both(*words, code=code)
        assert out == ""
        return err


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEVE_STORE", str(tmp_path / "root"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("NEVE_DEBIAN_MIRROR", raising=False)
    (tmp_path / "f").mkdir()
    (tmp_path / "f/flake.nix").write_text(FLAKE.replace("SYSTEM", current_system()))
    yield Shell(tmp_path, capsys)
    # A command's end closes what it opened; here that waits for the next look for circles.
    if len([*Path("/proc/self/fd").iterdir()]) > _MANY:
        gc.collect()
