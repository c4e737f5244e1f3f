"""The steps that the switcher itself knows, on a machine in a folder. As root only."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from switcher.activate import activate
from switcher.errors import SwitchError

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="activation is root's")


def generation(folder: Path, steps: dict[str, Any], users: dict[str, Any] | None = None) -> str:
    (folder / "activation").mkdir(parents=True)
    (folder / "etc").mkdir()
    (folder / "etc-copies.json").write_text("{}")
    spec = {
        "steps": {
            name: {"deps": [], "builtin": None, "script": "", "dry": False, **step}
            for name, step in steps.items()
        },
        "checks": {},
        "hostName": "here",
        "wrappers": {},
    }
    (folder / "activation/activation.json").write_text(json.dumps(spec))
    (folder / "activation/users.json").write_text(json.dumps(users or {}))
    return str(folder)


def test_name_and_id(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "proc/sys/kernel").mkdir(parents=True)
    (root / "run").mkdir()
    top = generation(
        tmp_path / "top",
        {
            "etc": {"builtin": "etc"},
            "machine-id": {"builtin": "machine-id", "deps": ["etc"]},
            "hostname": {"builtin": "hostname"},
        },
    )
    activate(top, action="boot", root=str(root))
    assert (root / "proc/sys/kernel/hostname").read_text() == "here"
    first = (root / "etc/machine-id").read_text()
    assert len(first) == 33 and int(first, 16)
    activate(top, action="boot", root=str(root))
    assert (root / "etc/machine-id").read_text() == first
    (root / "etc/machine-id").write_text("uninitialized\n")
    activate(top, action="boot", root=str(root))
    assert len((root / "etc/machine-id").read_text()) == 33


def test_commands_see_what_is_done_and_the_usual_mask(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "run").mkdir(parents=True)
    script = "echo $NIXOS_ACTION $systemConfig > $systemConfig/seen; umask >> $systemConfig/seen"
    top = generation(tmp_path / "top", {"x": {"script": script}})
    os.umask(0o077)
    activate(top, action="test", root=str(root))
    assert (tmp_path / "top/seen").read_text() == f"test {top}\n0022\n"


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"script": "exit 3"}, "step 'x' failed: its commands ended with exit code 3"),
        ({"script": "kill -9 $$"}, "step 'x' failed: its commands ended with exit code -9"),
        ({"builtin": "users"}, "step 'x' failed: no 'groups'"),
        ({"builtin": "dance"}, "step 'x' failed: this generation's switcher knows no step 'dance'"),
    ],
)
def test_the_step_that_failed_is_named(tmp_path: Path, step: dict[str, Any], message: str) -> None:
    root = tmp_path / "root"
    (root / "run").mkdir(parents=True)
    with pytest.raises(SwitchError, match=message) as caught:
        activate(generation(tmp_path / "top", {"x": step}), action="boot", root=str(root))
    assert caught.value.code == 2
