"""Names of flakes: given, asked, pinned and forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.flake.conftest import commit


@pytest.fixture(autouse=True)
def config(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(shell.folder / "config"))
    return shell.folder / "config/neve/registry.json"


def test_a_name_is_used_everywhere(shell: Shell, config: Path) -> None:
    assert "cannot find flake 'flake:tiny'" in shell.fails("eval", "tiny#number")
    shell.run("registry", "add", "tiny", "f")
    assert shell.run("eval", "tiny#number") == "42\n"
    assert shell.run("eval", "flake:tiny#greeting", "--raw") == "hallo"
    assert shell.run("registry", "list") == f"user   flake:tiny path:{shell.folder}/f\n"
    text = '(builtins.getFlake "tiny").number'
    assert shell.run("eval", "--expr", text) == "42\n"
    (shell.folder / "g").mkdir()
    (shell.folder / "g/flake.nix").write_text("{ outputs = { self, tiny }: { x = tiny.number; }; }")
    assert shell.run("eval", "g#x") == "42\n"
    lock = json.loads((shell.folder / "g/flake.lock").read_text())["nodes"]["tiny"]
    assert lock["original"] == {"id": "tiny", "type": "indirect"}
    assert lock["locked"]["path"] == f"{shell.folder}/f"
    shell.run("registry", "remove", "tiny")
    assert "cannot find flake" in shell.fails("eval", "tiny#number")
    assert "has no entry for 'tiny'" in shell.fails("registry", "remove", "tiny", code=2)
    assert json.loads(config.read_text()) == {"flakes": [], "version": 2}


def test_a_pinned_name_stays(shell: Shell) -> None:
    shell.run("registry", "add", "mine", "f")
    first = commit(shell.folder / "f")
    shell.run("registry", "add", "mine", "f")
    shell.run("registry", "pin", "mine")
    assert first in shell.run("registry", "list")
    text = (shell.folder / "f/flake.nix").read_text()
    (shell.folder / "f/flake.nix").write_text(text.replace("hallo", "servus"))
    commit(shell.folder / "f")
    assert shell.run("eval", "--raw", "mine#greeting") == "hallo"
    assert shell.run("eval", "--raw", "f#greeting") == "servus"


def test_names_of_names_and_circles(shell: Shell) -> None:
    shell.run("registry", "add", "one", "flake:two")
    shell.run("registry", "add", "two", "f")
    assert shell.run("eval", "one#number") == "42\n"
    shell.run("registry", "add", "two", "flake:one")
    assert "cycle detected in flake registry" in shell.fails("eval", "one#number")


def test_other_files(shell: Shell, config: Path) -> None:
    other = shell.folder / "other.json"
    shell.run("registry", "add", "tiny", "f", "--registry", other)
    assert not config.exists()
    option = ("--option", "flake-registry", other)
    assert shell.run("eval", "tiny#number", *option) == "42\n"
    assert shell.run("registry", "list", *option).startswith("global flake:tiny")
    other.write_text('{"version": 3}')
    assert "has version 3, not 2" in shell.fails("eval", "tiny#number", *option)
    other.write_text("[")
    assert "is not a registry of flakes" in shell.fails("eval", "tiny#number", *option)


def test_an_input_for_one_command(shell: Shell) -> None:
    """An overridden input is used and not written."""
    for name, word in (("a", "plain"), ("b", "other")):
        (shell.folder / name).mkdir()
        (shell.folder / name / "flake.nix").write_text(f'{{ outputs = _: {{ x = "{word}"; }}; }}')
    (shell.folder / "g").mkdir()
    (shell.folder / "g/flake.nix").write_text(
        f'{{ inputs.a.url = "path:{shell.folder}/a"; '
        "outputs = { self, a }: { inherit (a) x; }; }"
    )
    assert shell.run("eval", "--raw", "g#x") == "plain"
    before = (shell.folder / "g/flake.lock").read_text()
    assert shell.run("eval", "--raw", "g#x", "--override-input", "a", "./b") == "other"
    assert (shell.folder / "g/flake.lock").read_text() == before
    assert shell.run("eval", "--raw", "g#x") == "plain"
