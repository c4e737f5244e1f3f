"""Reading a GUID partition table.

Format: UEFI specification 2.10, chapter 5.3: header in sector 1, entries of
(usually) 128 bytes from the sector that the header names.
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from pathlib import Path

from bootloader.errors import BootloaderError

SECTOR = 512  # bytes
BIOS_BOOT = uuid.UUID("21686148-6449-6e6f-744e-656564454649")
ESP = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One entry. `first` and `last` are sectors, both inclusive; numbers start at 1."""

    number: int
    type: uuid.UUID
    id: uuid.UUID
    first: int
    last: int

    @property
    def sectors(self) -> int:
        """Its size in sectors."""
        return self.last - self.first + 1


def read_gpt(device: Path) -> list[Partition]:
    """The partitions of a disk or disk image; raises `BootloaderError` without a GPT."""
    with device.open("rb") as file:
        file.seek(SECTOR)
        header = file.read(92)
        if len(header) < 92 or header[:8] != b"EFI PART":
            raise BootloaderError(f"{device} has no GUID partition table")
        start, count, size = struct.unpack_from("<QII", header, 72)
        file.seek(start * SECTOR)
        table = file.read(count * size)
    found = []
    for index in range(count):
        entry = table[index * size : (index + 1) * size]
        kind = uuid.UUID(bytes_le=entry[:16])
        if kind.int:
            first, last = struct.unpack_from("<QQ", entry, 32)
            found.append(
                Partition(
                    number=index + 1,
                    type=kind,
                    id=uuid.UUID(bytes_le=entry[16:32]),
                    first=first,
                    last=last,
                )
            )
    return found
