"""Disk images made with the pinned tools: reproducible, and holding what they should."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bootloader.gpt import BIOS_BOOT, ESP, read_gpt
from builder.image import disk
from builder.image.errors import ImageError
from builder.realise.errors import BuildError
from builder.realise.sandbox import Bind
from tests.reference import pinned

from .conftest import World

SMALL = {"extraSpace": "4", "espSize": "33"}


def look(image: Path, *argv: str) -> str:
    """What a pinned tool says of an image, which it sees as /image/disk.raw."""
    binds = (Bind(source=image.parent, target="/image", writable=True),)
    command = replace(pinned.sandbox("image"), binds=binds).argv(argv)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def debugfs(image: Path, request: str) -> str:
    return look(image, "debugfs", "-R", request, "/image/disk.raw")


def test_ext4_holds_the_closure(world: World) -> None:
    context = world.context("one", {"format": "ext4", "rootLabel": "here", "extraSpace": "4"})
    disk.build(context)
    image = context.outputs["out"] / "disk.raw"
    look(image, "e2fsck", "-fn", "/image/disk.raw")
    facts = json.loads((context.outputs["out"] / "image.json").read_text())
    assert facts["size"] == image.stat().st_size
    assert (facts["rootPartition"], facts["rootLabel"]) == (None, "here")
    assert debugfs(image, f"cat {world.toplevel}/init") == "#!/bin/sh\n"
    status = debugfs(image, f"stat {world.toplevel}/init")
    assert re.search(r"Mode:  0555.*", status) and re.search(r"User: +0 +Group: +0", status)
    assert re.findall(r" [acm]time: (0x\S+?):", status) == ["0x00000001"] * 3
    assert '"/run/current-system/sw"' in debugfs(image, "stat /usr")
    assert "system-1-link" in debugfs(image, "stat /nix/var/nix/profiles/system")
    assert "Mode:  01777" in debugfs(image, "stat /tmp")
    database = image.parent / "db.sqlite"
    debugfs(image, "dump /nix/var/nix/db/db.sqlite /image/db.sqlite")
    rows = sqlite3.connect(database).execute("select path from ValidPaths order by path")
    assert [row[0] for row in rows] == sorted([str(world.toplevel), str(world.linux)])


def test_efi_disk_is_the_same_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = world.context("one", {"format": "raw-efi", **SMALL})
    disk.build(first)
    time.sleep(2)  # FAT counts time in steps of two seconds
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    old = os.umask(0o077)
    try:
        second = world.context("two", {"format": "raw-efi", **SMALL})
        disk.build(second)
    finally:
        os.umask(old)
    images = [c.outputs["out"] / "disk.raw" for c in (first, second)]
    parts = read_gpt(images[0])
    one, two = (image.read_bytes() for image in images)
    assert one == two
    assert parts[0].type == ESP and parts[0].first == 2048
    assert str(parts[1].type).startswith("4f68bce3")
    listing = look(images[0], "mdir", "-/", "-b", "-i", "/image/disk.raw@@1M", "::")
    assert "::/loader/entries/neve-generation-1.conf" in listing
    assert "::/EFI/BOOT/BOOTX64.EFI" in listing


def test_bios_disk_needs_grub(world: World) -> None:
    context = world.context("one", {"format": "raw-bios", "loader": "systemd-boot"})
    with pytest.raises(
        ImageError, match="raw-bios cannot start through boot loader 'systemd-boot'"
    ):
        disk.build(context)


def test_esp_too_small(world: World) -> None:
    context = world.context("one", {"format": "raw-efi", "espSize": "1", "extraSpace": "4"})
    with pytest.raises(ImageError, match="the EFI system partition has 1 MiB, its files"):
        disk.build(context)


def test_wrong_requests(world: World) -> None:
    with pytest.raises(ImageError, match="unknown image format 'floppy'"):
        disk.build(world.context("one", {"format": "floppy"}))
    with pytest.raises(ImageError, match="'extraSpace' must be a number of MiB, not 'much'"):
        disk.build(world.context("two", {"format": "ext4", "extraSpace": "much"}))
    with pytest.raises(ImageError, match="lacks 'toplevel'"):
        disk.build(world.context("three", {"format": "ext4", "toplevel": ""}))


def test_a_failing_tool_is_no_endless_loop(world: World) -> None:
    context = world.context("one", {"format": "ext4", "rootLabel": "a" * 17})
    calls = 0

    def run(argv: object, **rest: object) -> bytes:
        nonlocal calls
        calls += 1
        raise BuildError("mke2fs: Could not allocate block")

    with pytest.raises(BuildError, match="Could not allocate"):
        disk.build(replace(context, run=run))
    assert calls == 4


def test_bios_partition_type_is_grubs() -> None:
    assert str(BIOS_BOOT) == "21686148-6449-6e6f-744e-656564454649"
