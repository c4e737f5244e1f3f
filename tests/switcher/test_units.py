"""Unit files, and what a change of them means."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switcher.plan import Definitions, SwitchPlan, make_plan
from switcher.systemctl import ActiveUnit
from switcher.transition import Action, Difference, compare, decide, fstab_actions
from switcher.unit_file import Sections, UnitFile, parse, read_unit, wanted_by

word = st.text("abcXY-1", min_size=1, max_size=6)
section = st.dictionaries(word, st.lists(word, min_size=1, max_size=3).map(tuple), max_size=4)
sections = st.dictionaries(st.sampled_from(["Unit", "Service", "Install", "Mount"]), section)


def unit(name: str, text: str) -> UnitFile:
    return UnitFile(name, parse(text))


@given(sections)
def test_what_is_written_is_read(wanted: Sections) -> None:
    text = "; a comment\n"
    for name, keys in wanted.items():
        text += f"[{name}]\n# another\n"
        for key, values in keys.items():
            text += "".join(f"{key} = {value}\n" for value in values)
    assert parse(text) == wanted


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(parse(text), dict)


def test_continued_lines_comments_and_emptied_lists() -> None:
    text = "[Service]\nExecStart=a \\\n# no\n  b\nExecStart=\nExecStart=c \\\n d\nType=x\\"
    assert parse(text) == {"Service": {"ExecStart": ("c  d",), "Type": ("x",)}}


@given(sections, sections)
def test_comparing_is_symmetric(one: Sections, other: Sections) -> None:
    a, b = UnitFile("x.service", one), UnitFile("x.service", other)
    assert compare(a, b) is compare(b, a)
    assert compare(a, a) is Difference.EQUAL


OLD = "[Unit]\nDescription=a\n[Service]\nExecStart=/x\nExecReload=/r\n[Install]\nWantedBy=y\n"


@pytest.mark.parametrize(
    ("new", "action"),
    [
        (OLD, Action.NOTHING),
        (OLD.replace("=a", "=b").replace("=y", "=z"), Action.NOTHING),
        (OLD.replace("=/r", "=/s"), Action.RELOAD),
        (OLD + "[Unit]\nX-Reload-Triggers=1\n", Action.RELOAD),
        (OLD.replace("=/x", "=/z"), Action.STOP_START),
        (OLD + "[Unit]\nX-Restart-Triggers=1\n", Action.STOP_START),
        (OLD.replace("=/x", "=/z\nX-StopIfChanged=false"), Action.RESTART),
        (OLD.replace("=/x", "=/z\nX-RestartIfChanged=false"), Action.SKIP),
        (OLD.replace("=/x", "=/z\nX-ReloadIfChanged=true"), Action.RELOAD),
        (OLD.replace("=/x", "=/z") + "[Unit]\nRefuseManualStop=yes\n", Action.SKIP),
    ],
)
def test_a_service(new: str, action: Action) -> None:
    assert decide(unit("a.service", OLD), unit("a.service", new)) is action


@pytest.mark.parametrize(
    ("name", "old", "new", "action"),
    [
        ("a.service", OLD, None, Action.STOP),
        ("a.service", OLD + "[Unit]\nX-StopOnRemoval=no\n", None, Action.NOTHING),
        ("a.service", None, OLD, Action.NOTHING),
        ("a.target", "", "", Action.START),
        ("a.target", "", "[Unit]\nRefuseManualStart=true", Action.NOTHING),
        ("a.target", "", "[Unit]\nX-StopOnReconfiguration=true", Action.STOP_START),
        ("suspend.target", "", "", Action.NOTHING),
        ("a.path", "", "[Path]\nPathExists=/x", Action.NOTHING),
        ("a.slice", "", "[Slice]\nCPUWeight=1", Action.NOTHING),
        ("a.socket", "", "[Socket]\nListenStream=1", Action.STOP_START),
        ("a.timer", "", "[Timer]\nOnCalendar=daily", Action.RESTART),
        ("a.mount", "", "[Mount]\nType=x", Action.RESTART),
        ("-.mount", "", "[Mount]\nType=x", Action.RELOAD),
        ("a.mount", "", "[Mount]\nOptions=x", Action.RELOAD),
    ],
)
def test_other_units(name: str, old: str | None, new: str | None, action: Action) -> None:
    before = unit(name, old) if old is not None else None
    after = unit(name, new) if new is not None else None
    assert decide(before, after) is action


@pytest.mark.parametrize("name", ["dbus.service", "user@0.service", "getty@tty1.service"])
def test_sessions_are_not_ended(name: str) -> None:
    assert decide(unit(name, OLD), unit(name, OLD.replace("=/x", "=/z"))) is Action.SKIP


def test_an_upgraded_program_restarts_its_service(tmp_path: Path) -> None:
    for package in ("web-1", "web-2", "other-1", "other-2"):
        (tmp_path / package / "usr/sbin").mkdir(parents=True)
        (tmp_path / package / "usr/sbin" / package.partition("-")[0]).write_text(package)
    text = "[Service]\nExecStart=-/usr/sbin/web -x\nExecStartPre=/usr/sbin/gone\n"
    text += "ExecStartPost=/usr/sbin/copied\nExecStartPost=/nix/store/x/run\n"
    for number, (web, other) in enumerate([(1, 1), (1, 2), (2, 2)]):
        top = tmp_path / str(number)
        (top / "etc/systemd/system").mkdir(parents=True)
        (top / "etc/systemd/system/web.service").write_text(text)
        tree = tmp_path / f"tree-{number}"
        (tree / "sbin").mkdir(parents=True)
        (top / "sw").symlink_to(tree)
        (tree / "sbin/copied").write_text(str(number))
        (tree / "sbin/web").symlink_to(tmp_path / f"web-{web}/usr/sbin/web")
        (tree / "sbin/other").symlink_to(tmp_path / f"other-{other}/usr/sbin/other")
    first, second, third = (read_unit(str(tmp_path / n), "web.service") for n in "012")
    assert decide(first, second) is Action.NOTHING
    assert decide(second, third) is Action.STOP_START


def test_a_masked_unit_stops() -> None:
    assert decide(unit("a.service", OLD), UnitFile("a.service", masked=True)) is Action.STOP


def test_fstab() -> None:
    old = (
        "# comment\n/dev/a / ext4 rw 0 1\n/dev/b /gone ext4 rw\n/dev/c /o ext4 rw 0 0\n"
        "/dev/d /my\\040disk ext4 rw\n/dev/s none swap sw\n/dev/t none swap sw\n/dev/k /same x\n"
    )
    new = (
        "/dev/z / ext4 rw 0 1\n/dev/c /o ext4 ro 0 0\n/dev/e /my\\040disk ext4 rw\n"
        "/dev/t none swap nofail\n/dev/k /same x defaults\n"
    )
    assert fstab_actions(old, new) == {
        "/": Action.RELOAD,
        "/gone": Action.STOP,
        "/o": Action.RELOAD,
        "/my disk": Action.RESTART,
        "swap:/dev/s": Action.STOP,
    }
    assert fstab_actions("/dev/a / ext4 rw\n/dev/n /nix/store x rw\n", "") == {}


def plan(
    old: dict[str, str],
    new: dict[str, str],
    *,
    running: set[str],
    wants: dict[str, list[str]] | None = None,
    fstab: tuple[str, str] = ("", ""),
) -> SwitchPlan:
    def side(units: dict[str, str], text: str) -> Definitions:
        return Definitions(
            unit=lambda name: unit(name, units[name]) if name in units else None,
            wants=lambda name: (wants or {}).get(name, ()),
            fstab=text,
        )

    return make_plan(
        [ActiveUnit(name, "active") for name in running],
        side(old, fstab[0]),
        side(new, fstab[1]),
        mount_unit=lambda point: f"{point.strip('/') or '-'}.mount",
    )


CHANGED = OLD.replace("=/x", "=/z")


def test_a_service_behind_a_socket_is_left_to_it() -> None:
    both = {"a.service", "a.socket"}
    socket = "[Socket]\nListenStream=1\n"
    made = plan(
        {"a.service": OLD, "a.socket": socket},
        {"a.service": CHANGED, "a.socket": socket},
        running=both,
    )
    assert (made.stop, made.start) == (both, {"a.socket"})


def test_a_changed_socket_takes_its_unchanged_service_along() -> None:
    both = {"a.service", "a.socket"}
    made = plan(
        {"a.service": OLD, "a.socket": "[Socket]\nListenStream=1\n"},
        {"a.service": OLD, "a.socket": "[Socket]\nListenStream=2\n"},
        running=both,
    )
    assert (made.stop, made.start) == (both, {"a.socket"})


def test_a_service_whose_socket_goes_starts_itself() -> None:
    made = plan(
        {"a.service": OLD, "a.socket": ""},
        {"a.service": CHANGED},
        running={"a.service", "a.socket"},
    )
    assert (made.stop, made.start) == ({"a.service", "a.socket"}, {"a.service"})


def test_a_socket_that_does_not_run_is_no_matter() -> None:
    made = plan(
        {"a.service": OLD, "a.socket": ""},
        {"a.service": CHANGED, "a.socket": ""},
        running={"a.service"},
    )
    assert (made.stop, made.start) == ({"a.service"}, {"a.service"})


def test_targets_pull_new_units_in_and_the_rest_stays() -> None:
    made = plan(
        {"multi.target": "", "old.service": OLD},
        {"multi.target": "", "old.service": OLD, "new.service": OLD, "deep.service": OLD},
        running={"multi.target", "old.service", "stranger.service"},
        wants={"multi.target": ["new.service", "old.service"], "new.service": ["deep.service"]},
    )
    assert made == SwitchPlan(targets={"multi.target"}, pulled={"new.service", "deep.service"})


def test_mounts_that_are_not_mounted_are_left() -> None:
    old = "/dev/a /x ext4 rw\n/dev/b /y ext4 rw\n/dev/s none swap sw\n"
    made = plan({}, {}, running={"x.mount"}, fstab=(old, ""))
    assert made == SwitchPlan(stop={"x.mount"}, swap_off={"/dev/s"})


def test_definitions_come_from_the_generation(tmp_path: Path) -> None:
    etc, lib = tmp_path / "etc/systemd/system", tmp_path / "sw/lib/systemd/system"
    etc.mkdir(parents=True)
    lib.mkdir(parents=True)
    (lib / "a.service").write_text("[Service]\nExecStart=/a\nType=x\n")
    (lib / "t@.service").write_text("[Service]\nExecStart=/t %i\n")
    (lib / "l.service").write_text("[Service]\nExecStart=/l\n")
    (etc / "alias.service").symlink_to("/usr/lib/systemd/system/l.service")
    (etc / "masked.service").symlink_to("/dev/null")
    for name, text in (("10-x.conf", "ExecStart=\nExecStart=/b\n"), ("note.txt", "Type=no\n")):
        (etc / "a.service.d").mkdir(exist_ok=True)
        (etc / "a.service.d" / name).write_text(f"[Service]\n{text}")
    (etc / "t@.service.d").mkdir()
    (etc / "t@.service.d/o.conf").write_text("[Unit]\nA=1\n")
    (etc / "m.target.wants").mkdir()
    (etc / "m.target.wants/a.service").symlink_to("../a.service")
    top = str(tmp_path)
    assert read_unit(top, "a.service") == UnitFile(
        "a.service", {"Service": {"ExecStart": ("/b",), "Type": ("x",)}}
    )
    assert read_unit(top, "t@1.service") == UnitFile(
        "t@1.service", {"Service": {"ExecStart": ("/t %i",)}, "Unit": {"A": ("1",)}}
    )
    assert read_unit(top, "alias.service") == UnitFile(
        "alias.service", {"Service": {"ExecStart": ("/l",)}}
    )
    masked = read_unit(top, "masked.service")
    assert masked is not None and masked.masked
    assert read_unit(top, "none.service") is None
    assert wanted_by(top, "m.target") == {"a.service"}
