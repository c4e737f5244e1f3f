"""Set-user-id programs: copies in a file system of their own, made at activation.

``/run/wrappers/bin`` is a link to a folder of one generation's wrappers beside
it, so that all of them change at once.
"""

from __future__ import annotations

import os

from switcher.files import link, remove_tree
from switcher.programs import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ROOT = "/run/wrappers"
_PREFIX = "wrappers."
_LETTERS = {"r": 4, "w": 2, "x": 1}
_WHO = {"u": 6, "g": 3, "o": 0}


def mount_wrappers(folder: str = ROOT) -> None:
    """Mount the file system that wrappers live in; raises OSError."""
    if os.path.ismount(folder):
        return
    os.makedirs(folder, mode=0o755, exist_ok=True)
    options = "mode=755,nodev,suid,exec"
    if code := run(["mount", "-t", "tmpfs", "-o", options, "wrappers", folder]):
        raise OSError(f"mounting '{folder}' failed with exit code {code}")


def apply_wrappers(
    spec: Mapping[str, Mapping[str, Any]],
    ids: Mapping[str, Mapping[str, int]],
    folder: str = ROOT,
) -> None:
    """Make the wrappers of `spec` (program to its source, owner, group and mode).

    Raises OSError for a source that is missing, ValueError for an unknown
    owner or a mode that cannot be read; the old wrappers stay then.
    """
    old = [name for name in os.listdir(folder) if name.startswith(_PREFIX)]
    number = 1 + max((int(name.removeprefix(_PREFIX)) for name in old), default=0)
    fresh = f"{folder}/{_PREFIX}{number}"
    os.mkdir(fresh)
    try:
        os.chmod(fresh, 0o755)
        for program, entry in sorted(spec.items()):
            _make(f"{fresh}/{program}", program, entry, ids)
    except BaseException:
        remove_tree(fresh)
        raise
    link(fresh, f"{folder}/bin")
    for name in old:
        remove_tree(f"{folder}/{name}")


def _make(
    target: str, program: str, entry: Mapping[str, Any], ids: Mapping[str, Mapping[str, int]]
) -> None:
    for kind, name in (("users", entry["owner"]), ("groups", entry["group"])):
        if name not in ids[kind]:
            raise ValueError(f"security.wrappers.{program}: there is no '{name}' among the {kind}")
    mode = parse_mode(entry["permissions"])
    mode |= 0o4000 if entry["setuid"] else 0
    mode |= 0o2000 if entry["setgid"] else 0
    with open(entry["source"], "rb") as source, open(target, "xb") as file:
        while block := source.read(1 << 20):
            file.write(block)
    os.chown(target, ids["users"][entry["owner"]], ids["groups"][entry["group"]])
    os.chmod(target, mode)


def parse_mode(text: str) -> int:
    """``0755`` or ``u+rx,g+x,o+x`` as a number; raises ValueError."""
    error = ValueError(f"'{text}' is not a mode such as u+rx,g+x,o+x or 0755")
    if text.isdecimal():
        if not set(text) <= set("01234567"):
            raise error
        return int(text, 8)
    mode = 0
    for part in text.split(","):
        who, sign, what = part.partition("+" if "+" in part else "=")
        if not sign or not who or not set(what) <= set(_LETTERS) or not set(who) <= set(_WHO):
            raise error
        for letter in who:
            mode |= sum(_LETTERS[item] for item in set(what)) << _WHO[letter]
    return mode
