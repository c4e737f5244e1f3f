"""/etc as declared: links into the generation's tree, and copies of some files.

``/etc/static`` is the one link that changes at a switch; every declared file
is a link through it. What a generation put there and the next one does not
declare goes away; files that the machine made itself stay.

A link through ``/etc/static`` to its own place is known by its look. Copies,
and links to places outside of the store, are not: ``/var/lib/neve/etc.json``
remembers them, ``{"copies": [path], "links": {path: target}}``.
"""

from __future__ import annotations

import json
import os

from switcher.files import link, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

STATIC = "/etc/static"
STATE = "/var/lib/neve/etc.json"
_STORE = "/nix/store/"


def apply_etc(toplevel: str, ids: Mapping[str, Mapping[str, int]], *, root: str = "") -> None:
    """Make /etc (below `root`) what the generation declares.

    `ids` maps "users" and "groups" to the numbers of their names. Raises
    OSError, also where the machine has a folder and a file is declared, and
    ValueError for a copy's unknown owner.
    """
    tree = os.path.realpath(f"{toplevel}/etc")
    with open(f"{toplevel}/etc-copies.json", encoding="utf-8") as file:
        copies: dict[str, dict[str, str]] = json.load(file)
    links = _links(tree, copies)
    etc, state = f"{root}/etc", f"{root}{STATE}"
    os.makedirs(etc, exist_ok=True)
    _remove_stale(etc, links, copies, _remembered(state))
    link(tree, f"{root}{STATIC}")
    _remember(state, links, copies)
    for path in sorted(links):
        place = _place(etc, path)
        link(links[path], place)
    for path, entry in sorted(copies.items()):
        with open(f"{tree}/{path}", "rb") as source:
            data = source.read()
        uid = _number(entry["user"], ids["users"], "user", path)
        gid = _number(entry["group"], ids["groups"], "group", path)
        write(_place(etc, path), data, int(entry["mode"], 8), uid, gid)


def _links(tree: str, copies: Mapping[str, object]) -> dict[str, str]:
    """Path below /etc to the target of its link, for every file of the tree but the copies."""
    found: dict[str, str] = {}
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(f"{tree}/{inside}") as entries:
            for entry in entries:
                path = inside + entry.name
                if path in copies:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                    continue
                source = os.readlink(entry.path) if entry.is_symlink() else ""
                # A link to a place outside of the store is shown as it is: programs read its
                # target, as those that look at /etc/localtime do.
                outside = source.startswith("/") and not source.startswith(_STORE)
                found[path] = source if outside else f"{STATIC}/{path}"
    return found


def _place(etc: str, path: str) -> str:
    """Where `path` is; the folders above it are made, a folder there is an error."""
    place = f"{etc}/{path}"
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if os.path.isdir(place) and not os.path.islink(place):
        raise OSError(f"/etc/{path} is declared as a file, but the machine has a folder there")
    return place


def _remembered(state: str) -> dict[str, Any]:
    try:
        with open(state, encoding="utf-8") as file:
            loaded: dict[str, Any] = json.load(file)
            return loaded
    except FileNotFoundError:
        return {"copies": [], "links": {}}


def _remember(state: str, links: Mapping[str, str], copies: Mapping[str, object]) -> None:
    """Written before anything is made: what a crash leaves behind is known as ours."""
    outside = {path: to for path, to in links.items() if not to.startswith(f"{STATIC}/")}
    data = {"copies": sorted(copies), "links": outside}
    os.makedirs(os.path.dirname(state), exist_ok=True)
    write(state, json.dumps(data, indent=1, sort_keys=True) + "\n")


def _remove_stale(
    etc: str,
    links: Mapping[str, str],
    copies: Mapping[str, object],
    before: Mapping[str, Any],
) -> None:
    """Remove what an older generation put there and this one does not have at all; what it
    has in another form is replaced later, at once."""
    stale = [path for path in _through_static(etc, "") if path not in links]
    for path, target in before["links"].items():
        if path not in links and _target(f"{etc}/{path}") == target:
            stale.append(path)
    for path in before["copies"]:
        if path not in links and _is_file(f"{etc}/{path}"):
            stale.append(path)
    for path in dict.fromkeys(stale):
        if path not in copies:
            os.unlink(f"{etc}/{path}")
            _remove_empty(etc, os.path.dirname(path))


def _through_static(etc: str, inside: str) -> list[str]:
    """The paths below /etc that are links through /etc/static to their own place."""
    found = []
    with os.scandir(f"{etc}/{inside}") as entries:
        for entry in entries:
            path = inside + entry.name
            if entry.is_symlink():
                if os.readlink(entry.path) == f"{STATIC}/{path}":
                    found.append(path)
            elif entry.is_dir(follow_symlinks=False):
                found += _through_static(etc, f"{path}/")
    return found


def _target(path: str) -> str | None:
    return os.readlink(path) if os.path.islink(path) else None


def _is_file(path: str) -> bool:
    return os.path.isfile(path) and not os.path.islink(path)


def _remove_empty(etc: str, inside: str) -> None:
    """Remove the folder `inside` of /etc, and those above it, as far as they are empty now."""
    while inside and not os.listdir(f"{etc}/{inside}"):
        os.rmdir(f"{etc}/{inside}")
        inside = os.path.dirname(inside)


def _number(name: str, known: Mapping[str, int], kind: str, path: str) -> int:
    if name.lstrip("+").isdigit():
        return int(name)
    if name not in known:
        raise ValueError(f"environment.etc.\"{path}\".{kind} is '{name}': there is no such {kind}")
    return known[name]
