"""A FAT file system in a file, filled without mounting it, the same bytes each time."""

from __future__ import annotations

from pathlib import Path

from builder.image.errors import ImageError
from builder.realise.builtin import BuildContext

_EPOCH = "315532800"  # 1980-01-01 in UTC, the first day that FAT knows


def make_fat(
    context: BuildContext,
    *,
    tools: str,
    image: Path,
    offset: int,
    size: int,
    label: str,
    serial: int,
    tree: Path,
) -> None:
    """Write a FAT file system of `size` bytes into `image` from byte `offset`, with `tree` on it.

    `offset` and `size` are whole MiB. Raises `ImageError` when the tree cannot
    fit, BuildError when a tool fails.
    """
    used = sum(f.stat().st_size for f in tree.rglob("*") if f.is_file())
    if used + (1 << 20) > size:
        raise ImageError(
            f"the EFI system partition has {size >> 20} MiB, its files {used / 2**20:.1f} MiB",
            hint="raise espSize",
        )
    binds = {"/image": image.parent, "/tree": tree}
    env = {"SOURCE_DATE_EPOCH": _EPOCH, "MTOOLS_SKIP_CHECK": "1", "MTOOLSRC": "/dev/null"}
    name = f"/image/{image.name}"
    bits, cluster = _format(size // 512)
    # The label's own record carries a time, which only --invariant keeps from being now.
    context.run(
        ["mkfs.vfat", "--invariant", "-F", str(bits), "-s", str(cluster), "-n", label,
         "-i", f"{serial:08X}", "--offset", str(offset // 512), name, str(size >> 10)],
        tools=tools, binds=binds, env=env,
    )  # fmt: skip
    folders = sorted(p.relative_to(tree).as_posix() for p in tree.rglob("*") if p.is_dir())
    drive = f"{name}@@{offset}"
    if folders:
        context.run(
            ["mmd", "-i", drive, *(f"::/{folder}" for folder in folders)],
            tools=tools, binds=binds, env=env,
        )  # fmt: skip
    for folder in [".", *folders]:
        place = tree / folder
        files = sorted(p.name for p in place.iterdir() if p.is_file())
        if files:
            sources = [f"/tree/{folder}/{n}" for n in files]
            context.run(
                ["mcopy", "-i", drive, *sources, f"::/{'' if folder == '.' else folder}/"],
                tools=tools, binds=binds, env=env,
            )  # fmt: skip


def _format(sectors: int) -> tuple[int, int]:
    """FAT's width in bits and the sectors in a cluster.

    FAT32 has at least 65525 clusters, FAT16 fewer; larger clusters waste more
    in small files and less in the table.
    """
    if sectors <= 70_000:
        return 16, 2 if sectors > 60_000 else 1
    return 32, next((n for n in (8, 4, 2) if sectors // n > 70_000), 1)
