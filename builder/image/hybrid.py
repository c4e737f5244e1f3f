"""Making an ISO start from a USB stick too: a boot sector with a partition table.

Layout: GRUB 2's ``boot_hybrid.img`` (grub-core/boot/i386/pc/boot.S built with
HYBRID_BOOT) keeps at 0x1b0 the 512-byte sector that it loads. That is the
fifth one of the El Torito image: the first four are the CD's loader. That
sector, diskboot.S, keeps at its end (byte 2548 of the image) the next one.
The partition table has one entry, the EFI system partition that lies as a
file on the ISO; UEFI firmware finds it there.
"""

from __future__ import annotations

import struct
from pathlib import Path

from builder.image.errors import ImageError

SECTOR = 512  # bytes
ISO_BLOCK = 2048  # bytes
_PER_BLOCK = ISO_BLOCK // SECTOR
_LOAD_AT = 0x1B0
_SIGNATURE_AT = 0x1B8
_TABLE_AT = 0x1BE
_NEXT_AT = 2548
_ESP_TYPE = 0xEF
_NO_CHS = b"\xfe\xff\xff"  # "beyond what cylinders, heads and sectors can say"


def make_hybrid(
    iso: Path,
    boot_sector: bytes | None,
    *,
    eltorito: int | None,
    esp: int,
    esp_size: int,
    serial: int,
) -> None:
    """Write the first sector of the finished `iso`.

    `eltorito` and `esp` are the 2048-byte blocks where these files begin.
    Without `boot_sector` (no BIOS on this architecture) only the partition
    table is written.
    """
    sector = bytearray(SECTOR)
    if boot_sector is not None and eltorito is not None:
        if len(boot_sector) != SECTOR:
            raise ImageError(f"GRUB's boot_hybrid.img has {len(boot_sector)} bytes, not {SECTOR}")
        sector[:_SIGNATURE_AT] = boot_sector[:_SIGNATURE_AT]
        struct.pack_into("<Q", sector, _LOAD_AT, eltorito * _PER_BLOCK + _PER_BLOCK)
    struct.pack_into("<I", sector, _SIGNATURE_AT, serial)
    struct.pack_into(
        "<B3sB3sII",
        sector,
        _TABLE_AT,
        0x80 if boot_sector is not None else 0,
        _NO_CHS,
        _ESP_TYPE,
        _NO_CHS,
        esp * _PER_BLOCK,
        -(-esp_size // SECTOR),
    )
    sector[510:] = b"\x55\xaa"
    with iso.open("r+b") as file:
        file.write(sector)
        if eltorito is not None:
            file.seek(eltorito * ISO_BLOCK + _NEXT_AT)
            file.write(struct.pack("<Q", eltorito * _PER_BLOCK + _PER_BLOCK + 1))
