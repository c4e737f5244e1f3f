"""Which partition a folder is mounted from, and so what firmware must be told of it."""

from __future__ import annotations

import os
from pathlib import Path

from bootloader.errors import BootloaderError
from bootloader.gpt import ESP, Partition, read_gpt


def system_partition(folder: Path, *, root: Path = Path("/")) -> Partition:
    """The EFI system partition that is mounted at `folder`.

    `root` is where ``/sys`` and ``/dev`` are looked for. Raises
    `BootloaderError` when `folder` lies on something else.
    """
    device = folder.stat().st_dev
    facts = root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"
    try:
        number = int((facts / "partition").read_text())
        disk = facts.resolve().parent.name
    except OSError:
        raise _no_esp(folder) from None
    for partition in read_gpt(root / "dev" / disk):
        if partition.number == number and partition.type == ESP:
            return partition
    raise _no_esp(folder)


def _no_esp(folder: Path) -> BootloaderError:
    return BootloaderError(
        f"{folder} is not an EFI system partition on a disk with a GUID partition table, so the "
        "firmware cannot be told of it",
        hint="set boot.loader.efi.efiSysMountPoint to where that partition is mounted, "
        "or boot.loader.efi.canTouchEfiVariables = false",
    )
