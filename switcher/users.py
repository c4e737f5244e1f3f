"""Users and groups as declared: /etc/passwd, group and shadow.

With mutable users, accounts that the machine made, members that it added and
passwords that it changed stay. Formats: passwd(5), group(5), shadow(5).
"""

from __future__ import annotations

import os

from switcher.files import write
from switcher.numbers import Remembered
from switcher.passwords import hash_password

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Row = list[str]
    Table = dict[str, Row]
    Ids = dict[str, dict[str, int]]

_LOCKED = "!"
# Name, password, day of the last change, and what ageing would need.
_NEW_SHADOW = ("", _LOCKED, "1", "", "", "", "", "", "")


def apply_users(spec: Mapping[str, Any], *, root: str = "") -> Ids:
    """Make the account files below `root` what `spec` (``users.json``) says.

    The result maps "users" and "groups" to the numbers of all names, also of
    those that the machine made. Raises ValueError for a user's unknown group
    and when no number is left, OSError for a password file that is missing.
    """
    memory = Remembered.load(root)
    old = {
        "passwd": _table(f"{root}/etc/passwd", 7),
        "group": _table(f"{root}/etc/group", 4),
        "shadow": _table(f"{root}/etc/shadow", 9),
    }
    groups = _groups(spec, memory, old["group"])
    users = _users(spec, memory, old["passwd"], groups)
    shadow = _shadow(spec, users, old["shadow"])
    memory.declared = {
        kind: sorted(entry["name"] for entry in spec[kind]) for kind in ("users", "groups")
    }
    memory.members = {entry["name"]: sorted(entry["members"]) for entry in spec["groups"]}
    os.makedirs(f"{root}/etc", exist_ok=True)
    # The memory first: a number that is in a file must never be given away.
    memory.save(root)
    write(f"{root}/etc/group", _text(groups))
    write(f"{root}/etc/passwd", _text(users))
    owner = int(groups["shadow"][2]) if "shadow" in groups else 0
    write(f"{root}/etc/shadow", _text(shadow), 0o640, 0, owner)
    for user in spec["users"]:
        if user["createHome"]:
            _make_home(root + user["home"], user["homeMode"], users[user["name"]])
    return {
        "users": {name: int(row[2]) for name, row in users.items()},
        "groups": {name: int(row[2]) for name, row in groups.items()},
    }


def _table(path: str, fields: int) -> Table:
    """The rows of a colon-separated file by their first field; broken rows are left out."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            rows = [line.rstrip("\n").split(":") for line in file]
    except FileNotFoundError:
        return {}
    numbered = fields < 9
    return {
        row[0]: row
        for row in rows
        if len(row) == fields and row[0] and (row[2].isdecimal() or not numbered)
    }


def _text(table: Table) -> bytes:
    lines = "".join(":".join(row) + "\n" for row in table.values())
    return lines.encode(errors="surrogateescape")


def _numbers(table: Table) -> dict[str, int]:
    return {name: int(row[2]) for name, row in table.items()}


def _kept(spec: Mapping[str, Any], kind: str, memory: Remembered, old: Table) -> Table:
    """Rows that the machine made itself, when it may: neither declared now nor before."""
    ours = {*memory.declared[kind], *(entry["name"] for entry in spec[kind])}
    return {name: row for name, row in old.items() if spec["mutable"] and name not in ours}


def _by_number(rows: Table) -> Table:
    return dict(sorted(rows.items(), key=lambda item: (int(item[1][2]), item[0])))


def _groups(spec: Mapping[str, Any], memory: Remembered, old: Table) -> Table:
    entries = [{"name": entry["name"], "number": entry["gid"]} for entry in spec["groups"]]
    numbers = memory.assign("groups", entries, _numbers(old), [item["name"] for item in entries])
    rows = _kept(spec, "groups", memory, old)
    for entry in spec["groups"]:
        name = entry["name"]
        members = list(entry["members"])
        if spec["mutable"] and name in old:
            declared = memory.members.get(name, [])
            made = [member for member in old[name][3].split(",") if member]
            members += [m for m in made if m not in declared and m not in members]
        rows[name] = [name, "x", str(numbers[name]), ",".join(members)]
    return _by_number(rows)


def _users(spec: Mapping[str, Any], memory: Remembered, old: Table, groups: Table) -> Table:
    entries = [{"name": entry["name"], "number": entry["uid"]} for entry in spec["users"]]
    system = [entry["name"] for entry in spec["users"] if entry["system"]]
    numbers = memory.assign("users", entries, _numbers(old), system)
    rows = _kept(spec, "users", memory, old)
    for entry in spec["users"]:
        name, group = entry["name"], entry["group"]
        if group not in groups:
            raise ValueError(f"user '{name}' is of the group '{group}', which does not exist")
        rows[name] = [
            *(name, "x", str(numbers[name]), groups[group][2]),
            *(entry["description"], entry["home"], entry["shell"]),
        ]
    return _by_number(rows)


def _shadow(spec: Mapping[str, Any], users: Table, old: Table) -> Table:
    declared = {entry["name"]: entry for entry in spec["users"]}
    rows: Table = {}
    for name in users:
        before = old.get(name)
        row = [*(before or _NEW_SHADOW)]
        row[0] = name
        if name in declared:
            row[1] = _password(declared[name], before, spec["mutable"])
        rows[name] = row
    return rows


def _password(entry: Mapping[str, Any], before: Row | None, mutable: bool) -> str:
    """The password field. What is declared holds for an account that is new, or always when
    users are not mutable: otherwise the machine's own passwords are its users' to change."""
    old = before[1] if before is not None else None
    if old is not None and mutable:
        return old
    if entry["hashedPasswordFile"] is not None:
        with open(entry["hashedPasswordFile"], encoding="utf-8") as file:
            return file.read().strip()
    if entry["hashedPassword"] is not None:
        return str(entry["hashedPassword"])
    if entry["password"] is not None:
        return hash_password(entry["password"], old)
    if entry["initialHashedPassword"] is not None:
        return str(entry["initialHashedPassword"])
    if entry["initialPassword"] is not None:
        return hash_password(entry["initialPassword"], old)
    return _LOCKED


def _make_home(home: str, mode: str, row: Row) -> None:
    if os.path.isdir(home):
        return
    os.makedirs(os.path.dirname(home), mode=0o755, exist_ok=True)
    aside = f"{home}.neve-new"
    os.makedirs(aside, exist_ok=True)
    os.chown(aside, int(row[2]), int(row[3]))
    os.chmod(aside, int(mode, 8))
    os.rename(aside, home)
