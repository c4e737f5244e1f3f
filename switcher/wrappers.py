"""Set-user-id programs: copies in a file system of their own, made at activation.

``/run/wrappers/bin`` is a link to a folder of one generation's wrappers beside
it, so that all of them change at once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from typing import Any

from switcher.files import link

ROOT = "/run/wrappers"
_LETTERS = {"r": 4, "w": 2, "x": 1}
_WHO = {"u": 6, "g": 3, "o": 0}


def apply_wrappers(spec: dict[str, dict[str, Any]], ids: dict[str, dict[str, int]]) -> None:
    """Make the wrappers of `spec` (program to its source, owner, group and mode)."""
    if not os.path.ismount(ROOT):
        os.makedirs(ROOT, mode=0o755, exist_ok=True)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "mode=755,nodev,suid,exec", "wrappers", ROOT],
            check=True,
        )
    folder = tempfile.mkdtemp(prefix="wrappers.", dir=ROOT)
    os.chmod(folder, 0o755)
    for program, entry in sorted(spec.items()):
        target = f"{folder}/{program}"
        shutil.copyfile(os.path.realpath(entry["source"]), target)
        os.chown(target, ids["users"][entry["owner"]], ids["groups"][entry["group"]])
        mode = parse_mode(entry["permissions"])
        mode |= 0o4000 if entry["setuid"] else 0
        mode |= 0o2000 if entry["setgid"] else 0
        os.chmod(target, mode)
    before = os.readlink(f"{ROOT}/bin") if os.path.islink(f"{ROOT}/bin") else None
    link(folder, f"{ROOT}/bin")
    if before is not None and before.startswith(f"{ROOT}/wrappers."):
        shutil.rmtree(before, ignore_errors=True)


def parse_mode(text: str) -> int:
    """``0755`` or ``u+rx,g+x,o+x`` as a number; raises ValueError."""
    if text.isdigit():
        return int(text, 8)
    mode = 0
    for part in text.split(","):
        who, sign, what = part.partition("+" if "+" in part else "=")
        if not sign or not set(what) <= set(_LETTERS) or not set(who) <= set(_WHO):
            raise ValueError(f"'{text}' is not a mode such as u+rx,g+x,o+x or 0755")
        for letter in who:
            mode |= sum(_LETTERS[item] for item in what) << _WHO[letter]
    return mode
