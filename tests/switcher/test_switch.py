"""Whole switches of a machine in a folder, whose systemctl is a small program of ours.

It keeps the states of units in a folder and writes down what it is asked.
As root only: only root can switch.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from switcher.errors import SwitchError
from switcher.profile import Profile
from switcher.switch import LOCK, main, switch_to

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can switch")

SYSTEMCTL = """#!/bin/sh
units=@/units
verb=$1
[ "$verb" = list-units ] && {
    cd $units; for unit in *; do echo "$unit loaded $(cat $unit) x $unit"; done; exit 0
}
echo "$*" >> @/log
[ "$2" = -- ] && shift
shift
for unit; do
    case $verb:$unit in
    *:--*|daemon*) ;;
    *:bad*) echo failed > $units/$unit; status=1 ;;
    stop:*) rm -f $units/$unit ;;
    start:*|restart:*) echo active > $units/$unit ;;
    esac
done
exit ${status:-0}
"""


@dataclass
class Machine:
    """A machine in `root` with a generation `one` that runs and is the boot default."""

    root: Path
    tools: Path
    profile: Profile

    def generation(
        self,
        name: str,
        units: dict[str, str],
        steps: dict[str, Any] | None = None,
        checks: dict[str, str] | None = None,
        loader: str = "none",
    ) -> str:
        top = self.root.parent / name
        folder = top / "etc/systemd/system"
        folder.mkdir(parents=True)
        for unit, text in units.items():
            (folder / unit).write_text(text)
        (top / "activation").mkdir()
        scripts = {
            step: {"deps": [], "builtin": None, "script": "", "dry": False, **more}
            for step, more in {"etc": {"builtin": "etc"}, **(steps or {})}.items()
        }
        spec = {"steps": scripts, "checks": checks or {}, "hostName": "", "wrappers": {}}
        (top / "activation/activation.json").write_text(json.dumps(spec))
        (top / "etc-copies.json").write_text("{}")
        (top / "activate").write_text("")
        (top / "systemd").symlink_to("/usr")
        (top / "bootloader.json").write_text(json.dumps({"kind": loader}))
        return str(top)

    def log(self) -> list[str]:
        """What systemctl was asked since the last time."""
        file = self.tools / "log"
        lines = file.read_text().splitlines() if file.exists() else []
        file.write_text("")
        return lines

    def running(self) -> set[str]:
        return {path.name for path in (self.tools / "units").iterdir()}

    def switch(self, top: str, action: str = "switch") -> int:
        return switch_to(top, action, self.profile, root=str(self.root))

    def current(self) -> str:
        return str((self.root / "run/current-system").readlink())


SERVICE = "[Service]\nExecStart=/x\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    tools = tmp_path / "tools"
    (tools / "units").mkdir(parents=True)
    for name in ("systemctl", "loginctl", "systemd-tmpfiles", "systemd-escape", "swapoff"):
        program = tools / name
        program.write_text(
            SYSTEMCTL.replace("@", str(tools)) if name == "systemctl" else "#!/bin/sh\n"
        )
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    root = tmp_path / "root"
    (root / "run").mkdir(parents=True)
    made = Machine(root, tools, Profile(root / "nix/var/nix/profiles/system"))
    one = made.generation("one", {"a.service": SERVICE, "b.service": SERVICE, "m.target": ""})
    for unit in ("a.service", "b.service", "m.target"):
        (tools / "units" / unit).write_text("active")
    (root / "run/current-system").symlink_to(one)
    made.profile.add(one)
    made.profile.select(1)
    return made


CHANGED = {"a.service": SERVICE + "Nice=1\n", "b.service": SERVICE, "m.target": ""}


def test_a_switch(machine: Machine) -> None:
    two = machine.generation("two", {**CHANGED, "b.service": SERVICE})
    assert machine.switch(two) == 0
    assert machine.log() == [
        "stop -- a.service",
        "reset-failed",
        "daemon-reload",
        "start -- a.service m.target",
    ]
    assert machine.current() == two
    assert machine.profile.current() == 2
    assert (machine.root / "etc/systemd/system/a.service").is_symlink()
    roots = machine.root / "nix/var/nix/gcroots"
    assert str((roots / "current-system").readlink()) == "/run/current-system"


def test_what_starts_others_stops_first(machine: Machine) -> None:
    one = Path(machine.current(), "etc/systemd/system")
    for name in ("s.service", "s.socket", "t.timer"):
        (one / name).write_text("")
        (machine.tools / "units" / name).write_text("active")
    assert machine.switch(machine.generation("two", CHANGED)) == 0
    assert machine.log()[:2] == ["stop -- s.socket t.timer", "stop -- a.service s.service"]
    assert machine.running() == {"a.service", "b.service", "m.target"}


def test_test_and_boot_each_do_their_half(machine: Machine) -> None:
    two = machine.generation("two", CHANGED)
    assert machine.switch(two, "test") == 0
    assert machine.current() == two and machine.profile.current() == 1
    three = machine.generation("three", CHANGED)
    machine.log()
    assert machine.switch(three, "boot") == 0
    assert machine.current() == two and machine.profile.current() == 2
    assert machine.log() == []


def test_a_failed_step_leads_back(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    steps = {
        "a-fine": {"script": "touch $systemConfig/fine"},
        "b-bad": {"deps": ["etc"], "script": "echo oh no >&2; false; touch $systemConfig/after"},
        "c-later": {"deps": ["b-bad"], "script": "touch $systemConfig/after"},
    }
    two = machine.generation("two", CHANGED, steps)
    one = machine.current()
    with pytest.raises(SwitchError, match="activation step 'b-bad' failed") as caught:
        machine.switch(two)
    assert caught.value.code == 2
    assert Path(two, "fine").exists() and not Path(two, "after").exists()
    assert machine.current() == one
    assert [item.number for item in machine.profile.generations() if item.current] == [1]
    assert len(machine.profile.generations()) == 1
    assert str((machine.root / "etc/static").readlink()) == f"{one}/etc"
    assert machine.log() == ["stop -- a.service", "daemon-reload", "start -- a.service"]
    assert machine.running() == {"a.service", "b.service", "m.target"}
    assert "going back to the generation that ran before" in capfd.readouterr().err


@pytest.mark.parametrize("damage", ["circle", "no spec", "unknown builtin"])
def test_a_generation_that_cannot_be_activated(machine: Machine, damage: str) -> None:
    steps: dict[str, dict[str, Any]] = {
        "circle": {"x": {"deps": ["x"]}},
        "unknown builtin": {"x": {"builtin": "new-thing"}},
    }
    two = machine.generation("two", CHANGED, steps.get(damage))
    if damage == "no spec":
        Path(two, "activation/activation.json").write_text("{")
    one = machine.current()
    with pytest.raises(SwitchError) as caught:
        machine.switch(two)
    assert caught.value.code == 2
    assert machine.current() == one and machine.profile.current() == 1
    assert machine.running() == {"a.service", "b.service", "m.target"}


def test_a_unit_that_fails(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    bad = {"bad.service": SERVICE}
    (machine.tools / "units/bad.service").write_text("active")
    Path(machine.current(), "etc/systemd/system/bad.service").write_text(SERVICE)
    two = machine.generation("two", {**CHANGED, "bad.service": SERVICE + "Nice=2\n"})
    assert bad and machine.switch(two) == 4
    assert machine.profile.current() == 2
    assert "warning: the following units failed: bad.service" in capfd.readouterr().err


def test_dry_activation_only_tells(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    steps = {
        "told": {"script": "echo action $NIXOS_ACTION", "dry": True},
        "done": {"script": "echo not dry"},
    }
    two = machine.generation("two", {**CHANGED, "n.service": SERVICE}, steps)
    wants = Path(two, "etc/systemd/system/m.target.wants")
    wants.mkdir()
    (wants / "n.service").symlink_to("../n.service")
    before = sorted(machine.root.rglob("*"))
    assert machine.switch(two, "dry-activate") == 0
    told = capfd.readouterr()
    assert told.out == "action dry-activate\n"
    assert told.err.splitlines() == [
        "would stop: a.service",
        "would activate the configuration",
        "would start: a.service",
        "would start the following new units: n.service",
    ]
    assert machine.log() == []
    assert [
        path for path in sorted(machine.root.rglob("*")) if path.name != Path(LOCK).name
    ] == before


def test_checks_come_first(machine: Machine) -> None:
    two = machine.generation("two", CHANGED, checks={"a": "true", "space": "echo too full; exit 3"})
    with pytest.raises(SwitchError, match=r"the check 'space' .* failed:\ntoo full") as caught:
        machine.switch(two)
    assert caught.value.code == 1 and machine.log() == []
    good = machine.generation("good", CHANGED)
    assert machine.switch(good, "check") == 0 and machine.profile.current() == 1


def test_a_menu_that_cannot_be_written_keeps_the_default(machine: Machine) -> None:
    two = machine.generation("two", CHANGED, loader="lilo")
    with pytest.raises(SwitchError, match="the boot menu cannot be written"):
        machine.switch(two, "boot")
    assert machine.profile.current() == 1 and len(machine.profile.generations()) == 1


def test_only_one_at_a_time(machine: Machine) -> None:
    two = machine.generation("two", CHANGED)
    with open(f"{machine.root}{LOCK}", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SwitchError, match="another switch is under way"):
            machine.switch(two)


def test_an_existing_generation_becomes_current_again(machine: Machine) -> None:
    two = machine.generation("two", CHANGED)
    machine.switch(two)
    one = machine.profile.find(1)
    code = switch_to(one.toplevel, "switch", machine.profile, number=1, root=str(machine.root))
    assert code == 0 and machine.profile.current() == 1
    assert [item.number for item in machine.profile.generations()] == [1, 2]


def test_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("/x", []) == 1
    assert main("/x", ["jump"]) == 1
    assert "usage: switch-to-configuration check|switch" in capsys.readouterr().err
