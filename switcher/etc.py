"""/etc as declared: links into the generation's tree, and copies of some files.

``/etc/static`` is the one link that changes at a switch; every declared file
is a link through it. What a generation put there and the next one does not
declare goes away; files that the machine made itself stay. The list of copies
is kept in ``/var/lib/neve/etc-copies``, since a copy does not say where it is from.
"""

from __future__ import annotations

import json
import os

from switcher.files import link, write

STATIC = "/etc/static"
STATE = "/var/lib/neve/etc-copies"


def apply_etc(toplevel: str, ids: dict[str, dict[str, int]]) -> None:
    """Make /etc what the generation declares.

    `ids` maps "users" and "groups" to the numbers of their names. Raises
    OSError, and KeyError for a copy's unknown owner.
    """
    tree = os.path.realpath(f"{toplevel}/etc")
    with open(f"{toplevel}/etc-copies.json", encoding="utf-8") as file:
        copies: dict[str, dict[str, str]] = json.load(file)
    link(tree, STATIC)
    _link_all(tree, "", copies)
    _remove_stale(tree)
    _copy_all(tree, copies, ids)


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _link_all(tree: str, inside: str, copies: dict[str, dict[str, str]]) -> None:
    """Link every entry of the folder `inside` the tree; folders of the tree are made for real."""
    folder = f"{tree}/{inside}" if inside else tree
    place = f"/etc/{inside}" if inside else "/etc"
    os.makedirs(place, exist_ok=True)
    for name in sorted(os.listdir(folder)):
        path = f"{inside}/{name}" if inside else name
        if path in copies:
            continue
        target = f"/etc/{path}"
        if _is_folder(f"{tree}/{path}"):
            if os.path.islink(target):
                os.unlink(target)
            _link_all(tree, path, copies)
        else:
            if _is_folder(target):
                # An older generation had a folder here, and its links are stale now.
                _remove_folder(target)
            source = os.readlink(f"{tree}/{path}")
            # A link to a place outside of the store is shown as it is: it names that place.
            link(source if not source.startswith("/nix/store/") else f"{STATIC}/{path}", target)


def _remove_folder(path: str) -> None:
    for name in os.listdir(path):
        inner = f"{path}/{name}"
        if _is_folder(inner):
            _remove_folder(inner)
        elif os.path.islink(inner) and os.readlink(inner).startswith(f"{STATIC}/"):
            os.unlink(inner)
    os.rmdir(path)


def _remove_stale(tree: str) -> None:
    """Remove links through /etc/static to what the tree no longer has, and emptied folders."""
    for folder, _, names in os.walk("/etc", topdown=False):
        removed = False
        for name in [*names, *_linked_folders(folder)]:
            path = f"{folder}/{name}"
            if not os.path.islink(path):
                continue
            target = os.readlink(path)
            if target.startswith(f"{STATIC}/") and not os.path.lexists(
                f"{tree}/{target[len(STATIC) + 1 :]}"
            ):
                os.unlink(path)
                removed = True
        if removed and folder != "/etc" and not os.listdir(folder):
            os.rmdir(folder)


def _linked_folders(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_symlink() and entry.is_dir()]


def _copy_all(tree: str, copies: dict[str, dict[str, str]], ids: dict[str, dict[str, int]]) -> None:
    try:
        with open(STATE, encoding="utf-8") as file:
            before = file.read().splitlines()
    except FileNotFoundError:
        before = []
    for path in before:
        if path not in copies and os.path.isfile(f"/etc/{path}"):
            os.unlink(f"/etc/{path}")
    for path, entry in sorted(copies.items()):
        with open(f"{tree}/{path}", encoding="utf-8") as file:
            text = file.read()
        target = f"/etc/{path}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        uid = _number(entry["user"], ids["users"], "user", path)
        gid = _number(entry["group"], ids["groups"], "group", path)
        write(target, text, int(entry["mode"], 8), uid, gid)
    os.makedirs(os.path.dirname(STATE), exist_ok=True)
    write(STATE, "".join(f"{path}\n" for path in sorted(copies)))


def _number(name: str, known: dict[str, int], kind: str, path: str) -> int:
    if name.lstrip("+").isdigit():
        return int(name)
    if name not in known:
        raise KeyError(f"environment.etc.\"{path}\": there is no {kind} '{name}'")
    return known[name]
