"""Which bubblewrap runs the sandboxes: the host's if it works, else the pinned archive's."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from builder.realise.errors import BuildError

PACKAGES = ("bubblewrap", "libc6", "libcap2", "libpcre2-8-0", "libselinux1")
"""The Debian packages whose unpacked trees `pinned_bubblewrap` needs."""

_LOADERS = ("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "ld-linux-riscv64-lp64d.so.1")
_TRIAL = ("--unshare-user", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--", "true")


def host_bubblewrap(environment: Mapping[str, str]) -> tuple[str, ...] | None:
    """The argv prefix of the ``bwrap`` on PATH, None when there is none that works."""
    program = shutil.which("bwrap", path=environment.get("PATH"))
    if program is None:
        return None
    trial = subprocess.run([program, *_TRIAL], capture_output=True, check=False)
    return (program,) if trial.returncode == 0 else None


def pinned_bubblewrap(trees: Sequence[Path]) -> tuple[str, ...]:
    """The argv prefix that runs ``bwrap`` out of unpacked packages, wherever they lie.

    `trees` are the physical outputs of PACKAGES, in any order, for this
    machine's architecture. Raises BuildError when a part is missing.
    """
    program = _find(trees, "usr/bin/bwrap")
    libraries = sorted({file.parent for tree in trees for file in tree.glob("usr/lib/*/lib*.so.*")})
    loaders = [
        file for tree in trees for name in _LOADERS for file in tree.glob(f"usr/lib/*/{name}")
    ]
    if not loaders:
        raise BuildError(
            f"no dynamic loader ({', '.join(_LOADERS)}) in {', '.join(map(str, trees))}",
            hint=f"give the unpacked trees of the packages {', '.join(PACKAGES)}",
        )
    path = ":".join(map(str, libraries))
    return (str(min(loaders)), "--library-path", path, str(program))


def _find(trees: Sequence[Path], name: str) -> Path:
    for tree in trees:
        if (tree / name).is_file():
            return tree / name
    raise BuildError(
        f"'{name}' is in none of {', '.join(map(str, trees))}",
        hint=f"give the unpacked trees of the packages {', '.join(PACKAGES)}",
    )
