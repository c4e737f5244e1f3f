"""An ext4 file system in a file, exactly large enough, the same bytes each time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from builder.realise.builtin import BuildContext
from builder.realise.errors import BuildError

BLOCK = 4096  # bytes
_LARGE = 128 << 20  # bytes; below, a file system cannot hold a large journal
_INODE = 256  # bytes
_RATIO = 16384  # bytes of file system for each inode, at least
_FEATURES = (
    "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,"
    "sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a tree takes: `blocks` for content, `inodes` for names."""

    blocks: int
    inodes: int

    def __add__(self, other: Need) -> Need:
        return Need(blocks=self.blocks + other.blocks, inodes=self.inodes + other.inodes)


def measure(trees: Iterable[Path]) -> Need:
    """What the trees take together on ext4."""
    blocks = inodes = 0
    for tree in trees:
        stack = [os.fspath(tree)] if tree.is_dir() and not tree.is_symlink() else []
        if not stack:
            blocks += -(-tree.lstat().st_size // BLOCK)
        inodes += 1
        while stack:
            names = 0
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    inodes += 1
                    names += 12 + len(entry.name.encode())
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                        continue
                    size = entry.stat(follow_symlinks=False).st_size
                    # A short symbolic link lies in its inode.
                    if not (entry.is_symlink() and size < 60):
                        blocks += -(-size // BLOCK)
            blocks += 1 + names // (BLOCK * 3 // 4)
    return Need(blocks=blocks, inodes=inodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a file system becomes: `size` and `journal` in bytes, whole MiB."""

    size: int
    journal: int
    inodes: int


def plan_size(need: Need, extra: int) -> Size:
    """The size of a file system that holds `need` and has `extra` bytes free."""
    content = need.blocks * BLOCK + extra
    journal = (16 if content >= _LARGE else 4) << 20
    inodes = max(need.inodes + need.inodes // 8 + 512, content // _RATIO)
    # Tables, group descriptors with room to grow, bitmaps, and extents of large files.
    overhead = inodes * _INODE + content // 128 + (2 << 20)
    size = -(-(content + journal + overhead) >> 20) << 20
    return Size(size=size, journal=journal, inodes=inodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ext4:
    """A file system to make."""

    label: str
    uuid: UUID
    hash_seed: UUID
    size: Size


def make_ext4(
    context: BuildContext,
    file_system: Ext4,
    *,
    tools: str,
    image: Path,
    offset: int,
    tree: str,
    binds: Mapping[str, Path],
) -> None:
    """Write the file system into `image` from byte `offset`, filled with the sandbox's `tree`.

    `image` is sparse there. Raises BuildError when mke2fs fails.
    """
    extended = (
        f"hash_seed={file_system.hash_seed},nodiscard,lazy_itable_init=1,lazy_journal_init=1,"
        f"assume_storage_prezeroed=1,root_owner=0:0,offset={offset}"
    )
    context.run(
        [
            "mke2fs", "-q", "-F", "-t", "ext4", "-d", tree, "-L", file_system.label,
            "-U", str(file_system.uuid), "-O", _FEATURES, "-b", str(BLOCK), "-I", str(_INODE),
            "-N", str(file_system.size.inodes), "-m", "1", "-e", "remount-ro",
            "-J", f"size={file_system.size.journal >> 20}", "-E", extended,
            f"/image/{image.name}", f"{file_system.size.size >> 10}k",
        ],
        tools=tools,
        binds={"/image": image.parent, **binds},
        env={"E2FSPROGS_FAKE_TIME": "1"},
        as_root=True,
    )  # fmt: skip


def is_full(error: BuildError) -> bool:
    """Whether mke2fs failed because the file system was planned too small."""
    text = str(error)
    return "allocate" in text or "No space" in text or "Could not" in text
