"""Profiles and their generations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from switcher.errors import SwitchError
from switcher.profile import Profile
from switcher.rebuild import list_generations, rollback, specialised


def test_generations_are_numbered_and_chosen(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profiles/system")
    assert profile.current() is None and profile.generations() == []
    assert profile.add("/a") == (1, True)
    profile.select(1)
    assert profile.add("/a") == (1, False)
    assert profile.add("/b") == (2, True)
    profile.select(2)
    assert (tmp_path / "profiles/system").readlink() == Path("system-2-link")
    assert profile.add("/a") == (3, True)
    (tmp_path / "profiles/system-x-link").symlink_to("/x")
    (tmp_path / "profiles/other-9-link").symlink_to("/x")
    rows = [(item.number, item.toplevel, item.current) for item in profile.generations()]
    assert rows == [(1, "/a", False), (2, "/b", True), (3, "/a", False)]
    assert profile.before_current().number == 1
    with pytest.raises(SwitchError, match="generation 2 is the current one"):
        profile.remove(2)
    profile.remove(3)
    with pytest.raises(SwitchError, match="there is no generation 3"):
        profile.find(3)


def test_there_may_be_nothing_to_go_back_to(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "system")
    profile.add("/gone")
    profile.add("/b")
    profile.select(1)
    with pytest.raises(SwitchError, match="no generation before the current one"):
        rollback("switch", profile)
    profile.select(2)
    with pytest.raises(SwitchError, match="generation 1 is '/gone', which is not there any more"):
        rollback("switch", profile)


def test_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = Profile(tmp_path / "system")
    top = tmp_path / "top"
    (top / "specialisation/loud").mkdir(parents=True)
    (top / "nixos-version").write_text("1.2\n")
    (top / "kernel").symlink_to("/x/vmlinuz-6.12-amd64")
    profile.add(str(top))
    profile.add("/nowhere")
    profile.select(1)
    list_generations(as_json=True, profile=profile)
    rows = json.loads(capsys.readouterr().out)
    assert [row["generation"] for row in rows] == [2, 1]
    assert rows[1]["nixosVersion"] == "1.2" and rows[1]["kernelVersion"] == "6.12-amd64"
    assert rows[1]["specialisations"] == ["loud"] and rows[1]["current"] is True
    list_generations(as_json=False, profile=profile)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["Generation", "Build", "date", "Version", "Kernel", "Current"]
    assert lines[2].split()[0] == "1" and lines[2].endswith("True")
    assert specialised(str(top), None) == str(top)
    assert specialised(str(top), "loud") == str(top / "specialisation/loud")
    with pytest.raises(SwitchError, match="no specialisation 'quiet'") as caught:
        specialised(str(top), "quiet")
    assert caught.value.hint == "it has: loud"
