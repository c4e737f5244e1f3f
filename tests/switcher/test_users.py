"""Accounts over generations. As root only: the files are root's."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switcher.accounts import Accounts
from switcher.numbers import NORMAL, SYSTEM, Remembered
from switcher.users import apply_users

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="account files are root's")


def fixed_of(wanted: dict[str, int | None]) -> list[int]:
    return [number for number in wanted.values() if number is not None]


names = st.dictionaries(
    st.sampled_from("abcdefgh"), st.none() | st.sampled_from([1000, 1001, 998, 5]), max_size=6
).filter(lambda wanted: len(fixed_of(wanted)) == len(set(fixed_of(wanted))))


@given(st.lists(names, min_size=1, max_size=8))
def test_a_number_is_never_given_to_another_name(generations: list[dict[str, int | None]]) -> None:
    memory = Remembered()
    given_out: dict[int, str] = {}
    last: dict[str, int] = {}
    for wanted in generations:
        entries = [{"name": name, "number": number} for name, number in wanted.items()]
        made = memory.assign("users", entries, {}, ["a", "b", "c"])
        fixed = set(fixed_of(wanted))
        for name, number in made.items():
            if wanted[name] is not None:
                assert number == wanted[name]
            else:
                assert number in (SYSTEM if name in "abc" else NORMAL) or last.get(name) == number
                if name in last and last[name] not in fixed:
                    assert number == last[name]
                assert given_out.get(number, name) == name
        # A number that is declared for a name is that name's from now on.
        given_out.update({number: name for name, number in made.items()})
        last = {name: n for name, n in last.items() if n not in fixed} | made


def user(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": "",
        "uid": None,
        "group": "users",
        "system": False,
        "home": f"/home/{name}",
        "homeMode": "0700",
        "createHome": False,
        "shell": "/bin/sh",
        **dict.fromkeys(("password", "initialPassword", "hashedPassword", "initialHashedPassword")),
        "hashedPasswordFile": None,
        **more,
    }


def spec(*users: dict[str, Any], mutable: bool = True, **groups: list[str]) -> dict[str, Any]:
    listed = {"users": [], "shadow": [], **groups}
    return {
        "mutable": mutable,
        "users": list(users),
        "groups": [{"name": n, "gid": None, "members": m} for n, m in listed.items()],
    }


def rows(root: Path, name: str) -> dict[str, list[str]]:
    lines = (root / "etc" / name).read_text().splitlines()
    return {line.split(":")[0]: line.split(":") for line in lines}


@needs_root
def test_ids_stay_when_accounts_come_and_go(tmp_path: Path) -> None:
    root = str(tmp_path)
    first = apply_users(spec(user("ann"), user("bob")), root=root)
    apply_users(spec(user("bob")), root=root)
    assert set(rows(tmp_path, "passwd")) == {"bob"}
    third = apply_users(spec(user("aaa"), user("ann"), user("bob")), root=root)
    assert third["users"] == {**first["users"], "aaa": 1002}
    assert list(rows(tmp_path, "passwd")) == ["ann", "bob", "aaa"]
    status = (tmp_path / "etc/shadow").stat()
    assert (status.st_mode & 0o777, status.st_gid) == (0o640, third["groups"]["shadow"])


@needs_root
def test_what_the_machine_made_stays_if_it_may(tmp_path: Path) -> None:
    root = str(tmp_path)
    apply_users(spec(user("ann", initialHashedPassword="$1"), wheel=["ann"]), root=root)
    etc = tmp_path / "etc"
    (etc / "passwd").write_text(
        (etc / "passwd").read_text() + "eve:x:1500:999:Eve:/home/eve:/bin/sh\nbroken:x\n"
    )
    shadow = (etc / "shadow").read_text().replace("$1", "$changed")
    (etc / "shadow").write_text(shadow + "eve:$e:1::::::\n")
    (etc / "group").write_text((etc / "group").read_text().replace("ann", "ann,eve"))
    found = apply_users(
        spec(user("ann", initialHashedPassword="$2"), user("joe"), wheel=[]), root=root
    )
    assert found["users"] == {"ann": 1000, "eve": 1500, "joe": 1001}
    assert rows(tmp_path, "shadow")["ann"][1] == "$changed"
    assert rows(tmp_path, "shadow")["eve"][1] == "$e"
    assert rows(tmp_path, "group")["wheel"][3] == "eve"
    strict = spec(user("ann", initialHashedPassword="$2"), mutable=False, wheel=["ann"])
    apply_users(strict, root=root)
    assert set(rows(tmp_path, "passwd")) == {"ann"}
    assert rows(tmp_path, "shadow")["ann"][1] == "$2"
    assert rows(tmp_path, "group")["wheel"][3] == "ann"


@needs_root
def test_passwords(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("$6$file\n")
    users = [
        user("plain", password="pw"),
        user("first", initialPassword="pw"),
        user("hashed", hashedPassword="$6$x", initialPassword="no"),
        user("file", hashedPasswordFile=str(tmp_path / "secret")),
        user("none"),
    ]
    apply_users(spec(*users), root=str(tmp_path))
    before = rows(tmp_path, "shadow")
    assert before["plain"][1].startswith("$y$") and before["first"][1].startswith("$y$")
    assert [before[name][1] for name in ("hashed", "file", "none")] == ["$6$x", "$6$file", "!"]
    apply_users(spec(*users), root=str(tmp_path))
    assert rows(tmp_path, "shadow") == before


@needs_root
@pytest.mark.parametrize("mutable", [True, False])
def test_a_password_changed_on_the_machine(tmp_path: Path, mutable: bool) -> None:
    users = [user("ann", hashedPassword="$6$x"), user("bob", initialHashedPassword="$6$y")]
    declared = {**spec(*users), "mutable": mutable}
    apply_users(declared, root=str(tmp_path))
    shadow = tmp_path / "etc/shadow"
    shadow.write_text(shadow.read_text().replace(":$6$", ":$6$own"))
    apply_users(declared, root=str(tmp_path))
    found = [rows(tmp_path, "shadow")[name][1] for name in ("ann", "bob")]
    assert found == (["$6$ownx", "$6$owny"] if mutable else ["$6$x", "$6$y"])


@needs_root
def test_a_failed_switch_gives_accounts_back(tmp_path: Path) -> None:
    root = str(tmp_path)
    one = spec(user("ann"), user("bob"), wheel=["bob"])
    apply_users(one, root=root)
    shadow = tmp_path / "etc/shadow"
    shadow.write_text(shadow.read_text().replace("bob:!", "bob:$y$chosen"))
    passwd = tmp_path / "etc/passwd"
    passwd.write_text(passwd.read_text() + "joe:x:1700:100::/:/bin/sh\n")
    before = {path.name: path.read_bytes() for path in (tmp_path / "etc").iterdir()}
    kept = Accounts.read(root)
    given_out = apply_users(spec(user("ann"), user("joe"), user("new")), root=root)["users"]
    assert given_out["joe"] == 1700 and rows(tmp_path, "passwd").keys() == {"ann", "joe", "new"}
    kept.restore()
    apply_users(one, root=root)
    after = {path.name: path.read_bytes() for path in (tmp_path / "etc").iterdir()}
    assert after["group"] == before["group"] and after["passwd"] == before["passwd"]
    assert rows(tmp_path, "shadow")["bob"][1] == "$y$chosen"
    assert apply_users(spec(user("late")), root=root)["users"]["late"] != given_out["new"]


@needs_root
def test_homes(tmp_path: Path) -> None:
    ids = apply_users(spec(user("ann", createHome=True)), root=str(tmp_path))
    home = tmp_path / "home/ann"
    status = home.stat()
    assert (status.st_mode & 0o777, status.st_uid) == (0o700, ids["users"]["ann"])
    home.chmod(0o755)
    apply_users(spec(user("ann", createHome=True)), root=str(tmp_path))
    assert home.stat().st_mode & 0o777 == 0o755


@needs_root
def test_an_unknown_group_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="user 'ann' is of the group 'x', which does not exist"):
        apply_users(spec(user("ann", group="x")), root=str(tmp_path))
    assert not (tmp_path / "etc").exists()


@needs_root
@settings(max_examples=25, deadline=None)
@given(st.lists(st.sets(st.sampled_from("abcde")), min_size=1, max_size=5))
def test_applying_twice_changes_nothing(generations: list[set[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for wanted in generations:
            declared = spec(*(user(name) for name in sorted(wanted)))
            once = apply_users(declared, root=folder)
            files = {path.name: path.read_bytes() for path in sorted(Path(folder, "etc").iterdir())}
            assert apply_users(declared, root=folder) == once
            assert files == {
                path.name: path.read_bytes() for path in sorted(Path(folder, "etc").iterdir())
            }
