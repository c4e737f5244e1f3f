"""The parts of image making that need no tools."""

from __future__ import annotations

import os
import struct
import time
import uuid
from pathlib import Path

import pycdlib
import pytest

from builder.image.clock import frozen_clock
from builder.image.errors import ImageError
from builder.image.ext4 import BLOCK, Need, measure, plan_size
from builder.image.hybrid import make_hybrid
from builder.image.logical import following
from builder.image.output import copy_image
from builder.image.partitions import MIB, Partition, lay_out


def test_links_are_followed_in_the_store(tmp_path: Path) -> None:
    def real(path: str) -> Path:
        return tmp_path / path.lstrip("/")

    store = tmp_path / "nix/store"
    (store / "a/dir").mkdir(parents=True)
    (store / "a/dir/file").write_text("found")
    (store / "b").symlink_to("/nix/store/a/dir")
    (store / "c").mkdir()
    (store / "c/x").symlink_to("../b/./file")
    (store / "out").symlink_to("/etc/passwd")
    (store / "loop").symlink_to("loop")
    resolve = following(real)
    assert resolve("/nix/store/c/x").read_text() == "found"
    assert resolve("/nix/store/b/absent") == store / "a/dir/absent"
    with pytest.raises(ImageError, match="leads to /etc/passwd, which is not in the store"):
        resolve("/nix/store/out")
    with pytest.raises(ImageError, match="too many symbolic links on the way to /nix/store/loop"):
        resolve("/nix/store/loop")
    with pytest.raises(ImageError, match="not in the store"):
        resolve("/nix/storehouse/x")


def test_measure(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "big").write_bytes(b"x" * (BLOCK + 1))
    (tree / "empty").touch()
    (tree / "short").symlink_to("x" * 59)
    (tree / "long").symlink_to("x" * 60)
    # Folders: tree and sub, a block each; big: two; long: one.
    assert measure([tree]) == Need(blocks=5, inodes=6)
    assert measure([tree / "big"]) == Need(blocks=2, inodes=1)
    small = plan_size(Need(blocks=1000, inodes=100), 8 * MIB)
    assert small.size % MIB == 0 and small.size > 1000 * BLOCK + 12 * MIB and small.inodes > 100
    large = plan_size(Need(blocks=100_000, inodes=100), 0)
    assert (small.journal, large.journal) == (4 * MIB, 16 * MIB)


def test_layout() -> None:
    parts = [
        Partition(name=n, type=uuid.UUID(int=1), id=uuid.UUID(int=i), size=i * MIB)
        for i, n in enumerate(("a", "b"), 2)
    ]
    placed, total = lay_out(parts)
    assert [(p.name, p.start) for p in placed] == [("a", MIB), ("b", 3 * MIB)]
    assert total == 7 * MIB


def test_hybrid_sector(tmp_path: Path) -> None:
    iso = tmp_path / "iso"
    iso.write_bytes(bytes(100 * 2048))
    boot = bytes([7]) * 512
    make_hybrid(iso, boot, eltorito=20, esp=50, esp_size=4096, serial=0x12345678)
    data = iso.read_bytes()
    assert data[:432] == boot[:432]
    assert struct.unpack_from("<Q", data, 0x1B0) == (84,)
    assert struct.unpack_from("<I", data, 0x1B8) == (0x12345678,)
    assert data[0x1BE + 4] == 0xEF
    assert struct.unpack_from("<II", data, 0x1BE + 8) == (200, 8)
    assert data[510:512] == b"\x55\xaa"
    assert struct.unpack_from("<Q", data, 20 * 2048 + 2548) == (85,)


def make_iso(path: Path) -> bytes:
    with frozen_clock(1):
        iso = pycdlib.PyCdlib()
        iso.new(interchange_level=3, vol_ident="X", rock_ridge="1.09")
        iso.add_directory("/D", rr_name="dir", file_mode=0o40555)
        iso.write(str(path))
        iso.close()
    return path.read_bytes()


def test_isos_know_no_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_iso(tmp_path / "1")
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    assert make_iso(tmp_path / "2") == first
    assert b"1970010100000" in first


def test_copy_keeps_holes_and_is_whole(tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as file:
        file.truncate(64 * MIB)
        file.seek(10 * MIB)
        file.write(b"data" * 5000)
    source.chmod(0o444)
    target = tmp_path / "target.raw"
    target.write_text("old")
    copy_image(source, target)
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_blocks * 512 < MIB
    assert os.access(target, os.W_OK)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["source", "target.raw"]


def test_copy_that_fails_leaves_the_old(tmp_path: Path) -> None:
    target = tmp_path / "target.raw"
    target.write_text("old")
    with pytest.raises(OSError, match="No such file"):
        copy_image(tmp_path / "absent", target)
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["target.raw"]
