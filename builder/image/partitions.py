"""GUID partition tables by sfdisk.

The file systems are made in place, inside the image file, so that no byte is
written twice; therefore the table comes first, and from sfdisk instead of
systemd-repart, which would copy finished file systems in.
Partition types: UAPI Group, Discoverable Partitions Specification.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from bootloader.gpt import BIOS_BOOT, ESP, SECTOR
from builder.realise.builtin import BuildContext

MIB = 1 << 20
ROOT_TYPES = {
    "x86_64-linux": UUID("4f68bce3-e8cd-4db1-96e7-fbcaf984b709"),
    "aarch64-linux": UUID("b921b045-1df0-41c3-af44-4c6f280d3fae"),
    "riscv64-linux": UUID("72ec70a6-cf74-40e6-bd49-4bda08e8f224"),
}
__all__ = ["BIOS_BOOT", "ESP", "MIB", "ROOT_TYPES", "Partition", "lay_out", "write_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A partition; `start` and `size` are in bytes, whole MiB."""

    name: str
    type: UUID
    id: UUID
    size: int
    start: int = 0


def lay_out(partitions: Sequence[Partition]) -> tuple[list[Partition], int]:
    """The partitions one after the other from the first MiB, and the disk's size in bytes."""
    at = MIB
    placed = []
    for part in partitions:
        placed.append(
            Partition(name=part.name, type=part.type, id=part.id, size=part.size, start=at)
        )
        at += part.size
    return placed, at + MIB  # the table's copy lies in the last MiB


def write_table(
    context: BuildContext, *, tools: str, image: Path, disk: UUID, partitions: Sequence[Partition]
) -> None:
    """Write the table into `image`, whose size is already the disk's."""
    lines = ["label: gpt", f"label-id: {disk}", "unit: sectors", ""]
    lines += [
        f"start={p.start // SECTOR}, size={p.size // SECTOR}, type={p.type}, "
        f'uuid={p.id}, name="{p.name}"'
        for p in partitions
    ]
    context.run(
        ["sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", "--wipe", "never",
         f"/image/{image.name}"],
        tools=tools,
        binds={"/image": image.parent},
        stdin=("\n".join(lines) + "\n").encode(),
    )  # fmt: skip
