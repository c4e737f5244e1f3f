"""GRUB's boot sector and core image on a disk with a GUID partition table.

Layout: GRUB 2's own sources, ``grub-core/boot/i386/pc/{boot,diskboot}.S`` and
``include/grub/i386/pc/boot.h``. boot.img goes to sector 0 around the partition
table; its 64-bit little-endian word at 0x5c is the sector of the core image.
The core image goes to the BIOS boot partition; its own first sector ends in a
list of blocks to load, of which the last entry stands at 0x1f4: a 64-bit
sector, a 16-bit count and a 16-bit segment.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from bootloader.errors import BootloaderError
from bootloader.gpt import BIOS_BOOT, SECTOR, Partition, read_gpt

_KERNEL_SECTOR = 0x5C
_DRIVE_CHECK = 0x66
_TABLE_START = 0x1B8  # disk signature and MBR partition table, not ours
_TABLE_END = 0x1FE
_BLOCK_LIST = 0x1F4
_SECOND_SEGMENT = 0x820  # the core's second sector is loaded at 0x8200


def install_grub(device: Path, boot_image: Path, core_image: Path) -> bool:
    """Make `device` (a disk or an image of one) start GRUB under BIOS.

    Returns whether anything had to be written. Raises `BootloaderError` when
    there is no BIOS boot partition or it is too small.
    """
    partition = _bios_boot(device)
    core = place_core(core_image.read_bytes(), partition.first)
    room = partition.sectors * SECTOR
    if len(core) > room:
        raise BootloaderError(
            f"GRUB's core image has {len(core)} bytes, the BIOS boot partition of {device} {room}",
            hint="make that partition at least 1 MiB",
        )
    with device.open("r+b") as disk:
        old = disk.read(SECTOR)
        sector = place_boot(boot_image.read_bytes(), old, partition.first)
        disk.seek(partition.first * SECTOR)
        if old == sector and disk.read(len(core)) == core:
            return False
        # The core first: an interrupted run leaves the old boot sector, which
        # starts either core, since both begin at the same place.
        disk.seek(partition.first * SECTOR)
        disk.write(core)
        disk.flush()
        os.fsync(disk.fileno())
        disk.seek(0)
        disk.write(sector)
        disk.flush()
        os.fsync(disk.fileno())
    return True


def place_boot(boot: bytes, old: bytes, core_sector: int) -> bytes:
    """Sector 0: `boot` patched to load `core_sector`, with the partition table of `old`."""
    if len(boot) != SECTOR:
        raise BootloaderError(f"GRUB's boot.img has {len(boot)} bytes instead of {SECTOR}")
    sector = bytearray(boot)
    struct.pack_into("<Q", sector, _KERNEL_SECTOR, core_sector)
    # Some firmware passes a wrong drive number; GRUB's installer replaces the
    # jump over the correction by two NOPs on hard disks.
    sector[_DRIVE_CHECK : _DRIVE_CHECK + 2] = b"\x90\x90"
    sector[_TABLE_START:_TABLE_END] = old[_TABLE_START:_TABLE_END]
    return bytes(sector)


def place_core(core: bytes, first_sector: int) -> bytes:
    """The core image, padded to whole sectors, told where its second sector lies."""
    sectors = -(-len(core) // SECTOR)
    placed = bytearray(core.ljust(sectors * SECTOR, b"\0"))
    struct.pack_into("<QHH", placed, _BLOCK_LIST, first_sector + 1, sectors - 1, _SECOND_SEGMENT)
    return bytes(placed)


def _bios_boot(device: Path) -> Partition:
    for partition in read_gpt(device):
        if partition.type == BIOS_BOOT:
            return partition
    raise BootloaderError(
        f"{device} has no BIOS boot partition (type {BIOS_BOOT})",
        hint="GRUB's core image has no place there; boot by UEFI or make such a partition",
    )
