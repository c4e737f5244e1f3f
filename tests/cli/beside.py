"""The same packages built by Neve and by the real Nix."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.cli.main import neve
from builder.realise.settings import current_system
from builder.store.paths import STORE_DIR
from tests.cli.conftest import Shell
from tests.reference import pinned
from tests.reference.building import RealBuilds, real_builds
from tests.reference.nix import Ran

_FLAKE = r"""{
  outputs = { self }: let
    make = args: derivation ({
      system = "SYSTEM";
      builder = "/usr/bin/bash-static";
      outputs = [ "out" "dev" "lib" ];
      args = [ "-c" "for o in $outputs; do echo $o > \${!o}; done" ];
      __tools = "${./tools}";
    } // args);
    multi = make { name = "multi"; };
  in {
    packages.SYSTEM = {
      default = multi;
      inherit multi;
      later = make { name = "later"; outputs = [ "dev" "out" ]; };
      without = make { name = "without"; outputs = [ "dev" "bin" ]; };
      marked = multi // { meta.outputsToInstall = [ "lib" "dev" ]; };
      dev = multi.dev // { outputSpecified = true; meta.outputsToInstall = [ "lib" ]; };
      wrong = multi // { meta.outputsToInstall = [ "nothing" ]; };
    } // import ./more.nix;
    odd = import ./odd.nix;
  };
}
"""


# What a flake may provide and a file may hold beside plain packages.
_MORE = r"""let
  make = args: derivation ({
    system = "SYSTEM";
    builder = "${./tools}/bin/bash-static";
    outputs = [ "out" ];
    args = [ "-c" "for o in $outputs; do echo $o > \${!o}; done" ];
  } // args);
  looked = set: set // { recurseForDerivations = true; };
in rec {
  single = make { name = "single"; };
  three = make { name = "three"; outputs = [ "out" "dev" "lib" ]; };
  two = make { name = "two"; outputs = [ "dev" "out" ]; };
  set = { a = single; b = two; c.d = three; };
  deep = { recurseForDerivations = true; inherit single; x = looked { y = two; }; };
  list = [ three single three.dev ];
  chosen = three // { meta.outputsToInstall = [ "lib" "dev" ]; };
  said = three.lib // { outputSpecified = true; };
  text = "${single}";
  word = "${three.dev}";
  inside = "${three.dev}/share";
  below = "${./tools}/file";
  folder = ./tools;
  copied = "${./tools}";
  function = { n ? "1" }: make { name = "function-${n}"; };
  number = 3;
  plain = "/nix/store/plain";
  several = "${single}${two}";
  deepText = single.drvPath;
  loud = make {
    name = "loud";
    outputs = [ "out" "dev" ];
    args = [ "-c" "echo so loud; for o in $outputs; do > \${!o}; done" ];
  };
  nested = make { name = "nested"; inherit single; deeper = make { name = "below"; }; };
  private = make { name = "private"; allowSubstitutes = false; };
  chatty = make {
    name = "chatty-1.0";
    args = [ "-c" "printf 'one\\n\\033[31mred\\033[0m\\n\\ttab\\nlast'; > $out" ];
  };
  fails = make { name = "fails"; args = [ "-c" "exit 3" ]; };
  fails2 = make { name = "fails2"; args = [ "-c" "exit 4" ]; };
}
"""


# Derivations that say odd things of their outputs.
_ODD = r"""let inherit (import ./more.nix) single three; in {
  a = { type = "derivation"; };
  b = { type = "derivation"; name = "b"; drvPath = "/nix/store/b"; };
  c = single // { drvPath = 1; };
  d = single // { drvPath = single.outPath; };
  e = single // { meta.outputsToInstall = 3; };
  f = single // { meta.outputsToInstall = [ 3 ]; };
  g = single // { meta.outputsToInstall = [ "nothing" ]; };
  h = three // { meta.outputsToInstall = [ ]; };
  i = single // { meta.outputsToInstall = throw "it"; };
  j = three // { outputs = [ "nothing" ]; };
  k = three // { outputs = [ "dev" ]; };
  l = three // { outputs = [ ]; };
  m = three // { outputSpecified = true; outputName = "nothing"; };
  n = three // { outputSpecified = true; outputName = 3; };
  o = three // { outputSpecified = 3; };
  p = removeAttrs three [ "outputs" "meta" "outputName" ];
}
"""


@dataclass
class Both:
    """The same flake for Neve and for the real Nix; in words, "@" stands for it, "%" for the
    folder that it lies in."""

    shell: Shell
    real: RealBuilds
    monkeypatch: pytest.MonkeyPatch

    def by_nix(self, *words: str, code: int = 0) -> tuple[dict[str, str], str]:
        """The links that ``nix build`` makes, and what it prints."""
        done = self.nix(*words)
        assert done.status == code, done.err
        return _links(self.shell.folder / "by-nix"), done.out

    def nix(self, *words: str) -> Ran:
        """``nix build`` in a folder of its own."""
        folder = self._empty("by-nix")
        place = f"local?state={self.real.state}&log={self.real.state}/log"
        return self.real.judge.run(
            *("nix", "build", "--store", place, *self.named(words)),
            see=[self.shell.folder / "f"],
            write=[self.real.state, folder],
            cwd=str(folder),
        )

    def by_neve(self, *words: str) -> tuple[dict[str, str], str]:
        """The links that ``neve build`` makes, and what it prints."""
        folder = self._empty("by-neve")
        self.monkeypatch.chdir(folder)
        out = self.shell.run("build", *self.named(words))
        return _links(folder), out

    def any_end(self, words: tuple[str, ...]) -> tuple[tuple[str, str], int]:
        """What ``neve build`` prints on both streams, and how it ends."""
        self.shell.capsys.readouterr()
        code = neve(["build", *self.named(words)])
        told = self.shell.capsys.readouterr()
        assert "Traceback" not in told.err
        return (told.out, told.err), code

    def _empty(self, name: str) -> Path:
        folder = self.shell.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def named(self, words: tuple[str, ...]) -> list[str]:
        folder = str(self.shell.folder / "f")
        return [word.replace("@", f"path:{folder}").replace("%", folder) for word in words]


def _links(folder: Path) -> dict[str, str]:
    found = (file for file in folder.rglob("*") if file.is_symlink())
    return {str(file.relative_to(folder)): file.readlink().name for file in found}


@pytest.fixture
def both(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Both:
    flake = shell.folder / "f"
    (flake / "flake.nix").write_text(_FLAKE.replace("SYSTEM", current_system()))
    (flake / "more.nix").write_text(_MORE.replace("SYSTEM", current_system()))
    (flake / "odd.nix").write_text(_ODD)
    (flake / "tools/bin").mkdir(parents=True)
    program = (pinned.tools("nix") / "bin/bash-static").readlink()
    shutil.copy(pinned.store() / program.relative_to(STORE_DIR), flake / "tools/bin")
    programs = shell.folder / "bin"
    programs.mkdir()
    (programs / "bwrap").write_text(f'#!/bin/sh\nexec {shlex.join(pinned.bubblewrap())} "$@"\n')
    (programs / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return Both(shell, real_builds(shell.folder), monkeypatch)
