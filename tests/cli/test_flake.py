"""``neve flake``, and the errors that every command explains."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.cli.main import explain, guarded
from builder.flake.errors import FlakeError
from builder.realise.settings import current_system
from builder.store.errors import InvalidPath
from tests.cli.conftest import Shell


def test_show(shell: Shell) -> None:
    tree = json.loads(shell.run("flake", "show", "f", "--json"))
    system = current_system()
    assert tree["packages"][system]["inner"] == "package 'inner'"
    assert tree["checks"][system] == {"ok": "derivation 'inner'"}
    assert tree["nixosConfigurations"] == {"m": "NixOS configuration"}
    lines = shell.run("flake", "show", "f").splitlines()
    assert lines[0].startswith("path:") and "├───checks" in lines
    assert "│   └───" + system in lines


def test_lock_update_metadata(shell: Shell) -> None:
    Path("dep").mkdir()
    Path("dep/x").write_text("1")
    Path("g").mkdir()
    Path("g/flake.nix").write_text(
        f'{{ inputs.dep = {{ url = "path:{shell.folder}/dep"; flake = false; }};'
        ' outputs = { self, dep }: { x = builtins.readFile "${dep}/x"; }; }'
    )
    _, told = shell.both("flake", "lock", "g")
    assert told == f"wrote '{shell.folder}/g/flake.lock'\n"
    _, told = shell.both("flake", "lock", "g")
    assert "is up to date" in told
    assert shell.run("eval", "--raw", "g#x") == "1"
    Path("dep/x").write_text("2")
    _, told = shell.both("flake", "update", "--flake", "g")
    assert told.startswith("wrote ") and "dep: " in told
    assert shell.run("eval", "--raw", "g#x") == "2"
    assert "the flake has no input 'zed'; it has dep" in shell.fails(
        "flake", "update", "zed", "--flake", "g", code=2
    )
    text = shell.run("flake", "metadata", "g")
    assert f"    dep: path:{shell.folder}/dep (" in text
    facts = json.loads(shell.run("flake", "metadata", "--json", "f"))
    assert facts["description"] == "A tiny flake" and facts["locks"]["version"] == 7


def test_a_damaged_lock_is_explained(shell: Shell) -> None:
    Path("f/flake.lock").write_text("{")
    assert "is not a lock file" in shell.fails("eval", "f#number")
    Path("f/flake.lock").write_bytes(b"\xff")
    assert "not UTF-8" in shell.fails("eval", "f#number")


def test_explanations() -> None:
    assert explain(FlakeError("bad", hint="do this")) == "error: bad\nhint: do this"
    assert explain(InvalidPath("gone")) == "error: gone"
    assert explain(FileNotFoundError(2, "No such file", "/x")) == "error: /x: No such file"
    assert explain(OSError(28, "No space left on device")) == (
        "error: No space left on device\nhint: remove what nothing needs with 'neve store gc', "
        "or use a larger disk with --store"
    )
    assert explain(RuntimeError("a bug")) is None


def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    def bug() -> int:
        raise RuntimeError("a bug of ours")

    assert guarded(lambda: 4) == 4
    assert guarded(interrupted) == 130
    assert "interrupted" in capsys.readouterr().err
    with pytest.raises(RuntimeError):
        guarded(bug)


def test_rebuild_away_from_a_machine(shell: Shell) -> None:
    if Path("/run/current-system").exists():
        pytest.skip("this is a Neve machine")
    told = shell.fails("rebuild", "switch", "--flake", "f#n", code=2)
    assert "nixosConfigurations.m" in told
    assert "--rollback does not go with 'build'" in shell.fails(
        "rebuild", "build", "--rollback", code=2
    )
    assert "is not a system in the store" in shell.fails(
        "rebuild", "test", "--store-path", "f", code=2
    )
