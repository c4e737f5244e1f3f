"""Carries a plan out on a real /boot."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from bootloader.durable import copy_durably, sync_folder, write_durably
from bootloader.errors import BootloaderError
from bootloader.kernels import digest_file
from bootloader.plan import Plan, Present


def read_present(boot: Path, *, named: Callable[[str], bool]) -> dict[str, Present]:
    """All files below `boot`, by relative path.

    `named` says of which ones the name tells the content: these are not read.
    """
    found = {}
    for folder, _, names in os.walk(boot):
        for name in names:
            path = Path(folder) / name
            if not path.is_symlink():
                relative = path.relative_to(boot).as_posix()
                digest = None if named(relative) else digest_file(path)
                found[relative] = Present(size=path.stat().st_size, digest=digest)
    return found


def check_space(plan: Plan, boot: Path) -> None:
    """Raises `BootloaderError` when `boot` has no room for what the plan writes."""
    facts = os.statvfs(boot)
    free = facts.f_bavail * facts.f_frsize
    if plan.bytes_needed > free:
        raise BootloaderError(
            f"{boot} has {free / 2**20:.1f} MiB free, the new boot entries need "
            f"{plan.bytes_needed / 2**20:.1f} MiB; nothing was changed",
            hint="delete old generations or lower boot.loader.*.configurationLimit, then try again",
        )


def apply_plan(plan: Plan, boot: Path, real: Callable[[str], Path]) -> None:
    """Write, then remove. Every write is durable before the next one begins."""
    check_space(plan, boot)
    for copy in plan.copies:
        copy_durably(real(copy.blob.source), boot / copy.target)
    for text in plan.texts:
        write_durably(boot / text.target, text.content)
    folders = set()
    for path in plan.remove:
        (boot / path).unlink(missing_ok=True)
        folders.add((boot / path).parent)
    for folder in sorted(folders):
        sync_folder(folder)
