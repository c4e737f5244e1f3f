"""Users and groups as declared: /etc/passwd, group, shadow and their numbers.

A number once given to a name is never given to another: ``/var/lib/neve/ids.json``
remembers them, for names that are gone too. With mutable users, accounts that
the machine made and passwords that it changed stay.
"""

from __future__ import annotations

import json
import os
from typing import Any

from switcher.files import write
from switcher.passwords import hash_password

STATE = "/var/lib/neve/ids.json"
_SYSTEM = range(999, 399, -1)
_NORMAL = range(1000, 30000)
_LOCKED = "!"

Ids = dict[str, dict[str, int]]


def apply_users(spec: dict[str, Any]) -> Ids:
    """Make the account files what `spec` (``users.json``) says; the numbers by name."""
    ids = _load_ids()
    old_users = _table("/etc/passwd", 7)
    old_groups = _table("/etc/group", 4)
    old_shadow = _table("/etc/shadow", 9)
    declared_before = set(ids["declared"])
    groups = _groups(spec, ids, old_groups, declared_before)
    users, shadow = _users(spec, ids, old_users, old_shadow, groups, declared_before)
    ids["declared"] = {entry["name"]: 0 for entry in [*spec["users"], *spec["groups"]]}
    shadow_group = ids["groups"].get("shadow", 0)
    write("/etc/group", "".join(":".join(row) + "\n" for row in groups.values()))
    write("/etc/passwd", "".join(":".join(row) + "\n" for row in users.values()))
    write("/etc/shadow", "".join(":".join(row) + "\n" for row in shadow), 0o640, 0, shadow_group)
    os.makedirs(os.path.dirname(STATE), exist_ok=True)
    write(STATE, json.dumps(ids, indent=1, sort_keys=True) + "\n")
    for user in spec["users"]:
        if user["createHome"]:
            _make_home(user, users[user["name"]])
    return {
        "users": {name: int(row[2]) for name, row in users.items()},
        "groups": {name: int(row[2]) for name, row in groups.items()},
    }


def _load_ids() -> dict[str, dict[str, int]]:
    try:
        with open(STATE, encoding="utf-8") as file:
            loaded: dict[str, dict[str, int]] = json.load(file)
            return loaded
    except FileNotFoundError:
        return {"users": {}, "groups": {}, "declared": {}}


def _table(path: str, fields: int) -> dict[str, list[str]]:
    """The rows of a colon-separated file by their first field; broken rows are left out."""
    try:
        with open(path, encoding="utf-8") as file:
            rows = [line.rstrip("\n").split(":") for line in file]
    except FileNotFoundError:
        return {}
    return {row[0]: row for row in rows if len(row) == fields and row[0]}


def _number(
    name: str, wanted: int | None, system: bool, kept: dict[str, int], taken: set[int]
) -> int:
    """The number of `name`: as declared, as before, or a free one that nobody ever had."""
    if wanted is None:
        wanted = kept.get(name)
    if wanted is None:
        used = taken | set(kept.values())
        for candidate in _SYSTEM if system else _NORMAL:
            if candidate not in used:
                wanted = candidate
                break
        else:
            raise ValueError(f"no free number is left for '{name}'")
    kept[name] = wanted
    taken.add(wanted)
    return wanted


def _groups(
    spec: dict[str, Any],
    ids: dict[str, dict[str, int]],
    old: dict[str, list[str]],
    declared_before: set[str],
) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    taken = {entry["gid"] for entry in spec["groups"] if entry["gid"] is not None}
    names = {entry["name"] for entry in spec["groups"]}
    kept = {
        name: row
        for name, row in old.items()
        if spec["mutable"] and name not in names and name not in declared_before
    }
    taken.update(int(row[2]) for row in kept.values())
    for entry in sorted(spec["groups"], key=lambda entry: entry["name"]):
        name = entry["name"]
        before = old.get(name)
        if before is not None and entry["gid"] is None:
            ids["groups"].setdefault(name, int(before[2]))
        gid = _number(name, entry["gid"], True, ids["groups"], taken)
        members = list(entry["members"])
        if spec["mutable"] and before is not None:
            made = [m for m in before[3].split(",") if m and m not in declared_before]
            members += [member for member in made if member not in members]
        rows[name] = [name, "x", str(gid), ",".join(members)]
    rows.update(kept)
    return dict(sorted(rows.items(), key=lambda item: (int(item[1][2]), item[0])))


def _users(
    spec: dict[str, Any],
    ids: dict[str, dict[str, int]],
    old: dict[str, list[str]],
    old_shadow: dict[str, list[str]],
    groups: dict[str, list[str]],
    declared_before: set[str],
) -> tuple[dict[str, list[str]], list[list[str]]]:
    rows: dict[str, list[str]] = {}
    hashes: dict[str, str] = {}
    taken = {entry["uid"] for entry in spec["users"] if entry["uid"] is not None}
    names = {entry["name"] for entry in spec["users"]}
    kept = {
        name: row
        for name, row in old.items()
        if spec["mutable"] and name not in names and name not in declared_before
    }
    taken.update(int(row[2]) for row in kept.values())
    for entry in sorted(spec["users"], key=lambda entry: entry["name"]):
        name = entry["name"]
        if name in old and entry["uid"] is None:
            ids["users"].setdefault(name, int(old[name][2]))
        uid = _number(name, entry["uid"], entry["system"], ids["users"], taken)
        shell = entry["shell"]
        if spec["mutable"] and name in old and not entry["system"]:
            shell = old[name][6] if old[name][6] not in ("", "/usr/sbin/nologin") else shell
        gid = groups[entry["group"]][2]
        rows[name] = [name, "x", str(uid), gid, entry["description"], entry["home"], shell]
        hashes[name] = _hash(entry, old_shadow.get(name), spec["mutable"])
    rows.update(kept)
    ordered = dict(sorted(rows.items(), key=lambda item: (int(item[1][2]), item[0])))
    shadow = []
    for name in ordered:
        before = old_shadow.get(name, [name, _LOCKED, "1", "", "", "", "", "", ""])
        shadow.append([name, hashes.get(name, before[1]), *before[2:]])
    return ordered, shadow


def _hash(entry: dict[str, Any], before: list[str] | None, mutable: bool) -> str:
    """The password field. What is declared for good wins; what is declared as initial holds
    only for an account that is new, or always when users are not mutable."""
    if entry["hashedPasswordFile"] is not None:
        with open(entry["hashedPasswordFile"], encoding="utf-8") as file:
            return file.read().strip()
    if entry["hashedPassword"] is not None:
        return str(entry["hashedPassword"])
    if entry["password"] is not None:
        return hash_password(entry["password"], before[1] if before else None)
    if before is not None and mutable:
        return before[1]
    if entry["initialHashedPassword"] is not None:
        return str(entry["initialHashedPassword"])
    if entry["initialPassword"] is not None:
        return hash_password(entry["initialPassword"], before[1] if before else None)
    return before[1] if before is not None and mutable else _LOCKED


def _make_home(user: dict[str, Any], row: list[str]) -> None:
    home = user["home"]
    if os.path.isdir(home):
        return
    os.makedirs(os.path.dirname(home), mode=0o755, exist_ok=True)
    os.mkdir(home)
    os.chown(home, int(row[2]), int(row[3]))
    os.chmod(home, int(user["homeMode"], 8))
