"""Writes that are whole or absent, also after the power fails."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write_durably(target: Path, content: bytes) -> None:
    """Put `content` at `target`: temporary file, fsync, rename, fsync of the folder."""
    temporary = _temporary(target)
    with temporary.open("wb") as file:
        file.write(content)
        _sync_file(file.fileno())
    _rename(temporary, target)


def copy_durably(source: Path, target: Path) -> None:
    """Copy a file's bytes as `write_durably` would write them."""
    temporary = _temporary(target)
    with source.open("rb") as reader, temporary.open("wb") as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)
        _sync_file(writer.fileno())
    _rename(temporary, target)


def sync_folder(folder: Path) -> None:
    """Make the folder's names durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _temporary(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    # FAT knows no hidden names and no long locks: a fixed name is reused after a crash.
    return target.with_name(f"{target.name}.tmp")


def _sync_file(descriptor: int) -> None:
    os.fchmod(descriptor, 0o644)
    os.fsync(descriptor)


def _rename(temporary: Path, target: Path) -> None:
    temporary.replace(target)
    sync_folder(target.parent)
