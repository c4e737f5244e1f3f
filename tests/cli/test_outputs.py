"""Which outputs are built, and the names of the links to them, as the real Nix has both."""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.cli.attribute import split_outputs
from builder.cli.errors import UsageError
from builder.realise.settings import current_system
from builder.store.paths import STORE_DIR
from tests.cli.conftest import Shell
from tests.reference import pinned
from tests.reference.building import RealBuilds, real_builds

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
    };
  };
}
"""


@dataclass
class Both:
    """The same flake for Neve and for the real Nix; in words, "@" stands for it."""

    shell: Shell
    real: RealBuilds
    monkeypatch: pytest.MonkeyPatch

    def by_nix(self, *words: str) -> tuple[dict[str, str], str]:
        """The links that ``nix build`` makes, and what it prints."""
        folder = self._empty("by-nix")
        place = f"local?state={self.real.state}&log={self.real.state}/log"
        done = self.real.judge.run(
            *("nix", "build", "--store", place, *self._named(words)),
            see=[self.shell.folder / "f"],
            write=[self.real.state, folder],
            cwd=str(folder),
        )
        assert done.status == 0, done.err
        return _links(folder), done.out

    def by_neve(self, *words: str) -> tuple[dict[str, str], str]:
        """The links that ``neve build`` makes, and what it prints."""
        folder = self._empty("by-neve")
        self.monkeypatch.chdir(folder)
        out = self.shell.run("build", *self._named(words))
        return _links(folder), out

    def _empty(self, name: str) -> Path:
        folder = self.shell.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def _named(self, words: tuple[str, ...]) -> list[str]:
        return [word.replace("@", f"path:{self.shell.folder / 'f'}") for word in words]


def _links(folder: Path) -> dict[str, str]:
    found = (file for file in folder.rglob("*") if file.is_symlink())
    return {str(file.relative_to(folder)): file.readlink().name for file in found}


@pytest.fixture
def both(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Both:
    flake = shell.folder / "f"
    (flake / "flake.nix").write_text(_FLAKE.replace("SYSTEM", current_system()))
    (flake / "tools/bin").mkdir(parents=True)
    program = (pinned.tools("nix") / "bin/bash-static").readlink()
    shutil.copy(pinned.store() / program.relative_to(STORE_DIR), flake / "tools/bin")
    programs = shell.folder / "bin"
    programs.mkdir()
    (programs / "bwrap").write_text(f'#!/bin/sh\nexec {shlex.join(pinned.bubblewrap())} "$@"\n')
    (programs / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return Both(shell, real_builds(shell.folder), monkeypatch)


def test_links_have_the_names_that_nix_gives_them(both: Both) -> None:
    for words in (
        ("@",),
        ("@^dev",),
        ("@#multi", "@#multi^dev", "@#later"),
        ("@#multi^lib,dev,lib",),
        ("@#multi^*", "-o", "further/name"),
        ("@#later",),
        ("@#without^*",),
        ("@#marked", "@#multi^dev"),
        ("@#dev", "@#dev^out,lib"),
        ("@#multi^*", "--no-link"),
    ):
        links, _ = both.by_nix(*words)
        assert links or "--no-link" in words
        assert both.by_neve(*words)[0] == links, words
        assert both.by_neve(*words)[0] == links, words  # as remembered


def test_outputs_are_printed_as_nix_prints_them(both: Both) -> None:
    words = ("@#marked", "@#multi^*")
    printed = both.by_nix(*words, "--print-out-paths")[1]
    assert len(printed.split()) == 5
    assert both.by_neve(*words, "--print-out-paths")[1] == printed
    links, listed = both.by_nix(*words, "--json", "--no-link")
    again, ours = both.by_neve(*words, "--json", "--no-link")
    assert links == again == {}
    assert json.loads(ours) == json.loads(listed)


def test_other_choices(both: Both) -> None:
    """Where Nix builds another output than the one that is named, or none."""
    assert set(both.by_neve("@#multi.dev")[0]) == {"result-dev"}
    assert set(both.by_neve("@#without")[0]) == {"result-dev"}
    # Nix makes four links here.
    assert set(both.by_neve("@", "@")[0]) == {"result", "result-1"}


def test_outputs_that_are_not_there(both: Both) -> None:
    for name, told in (
        ("multi^nothing,dev", "does not have wanted outputs 'nothing'"),
        ("wrong", "does not have wanted outputs 'nothing'"),
        ("multi^", "'' after the ^ in"),
        ("multi^dev,*", "'dev,*' after the ^ in"),
    ):
        err = both.shell.fails("build", f"f#{name}", code=2)
        assert told in err and "hint: " in err
    assert not Path("result").exists()


def test_all_outputs_are_copied(both: Both) -> None:
    other = both.shell.folder / "other"
    _, told = both.shell.both("store", "copy", "f#multi^dev,lib", "--to", other)
    assert told.endswith(f"copied 2 of 2 store paths to {other}\n")
    assert both.shell.run("store", "path-info", "f#multi^*").count("\n") == 3


@pytest.mark.parametrize("link", [".", "/", "", "f"])
def test_a_link_that_cannot_be_made(shell: Shell, link: str) -> None:
    told = shell.fails("build", "f#inner", "-o", link)
    assert "cannot create the link" in told and "--out-link" in told


def test_texts_with_outputs() -> None:
    assert split_outputs("f#a.b") == ("f#a.b", ())
    assert split_outputs("f#a.b^*") == ("f#a.b", ("*",))
    assert split_outputs("f#a^b^dev,x.y,dev") == ("f#a^b", ("dev", "x.y"))
    for text in ("f^", "f^a,", "f^.", "f^a b", "f^..,a", "f^**"):
        with pytest.raises(UsageError):
            split_outputs(text)
