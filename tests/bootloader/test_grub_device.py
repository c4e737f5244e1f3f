"""Boot sector and core image on a disk image."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from bootloader.config import GrubConfig, LoaderConfig
from bootloader.errors import BootloaderError
from bootloader.gpt import BIOS_BOOT, read_gpt
from bootloader.grub_device import install_grub
from bootloader.install import install

from .conftest import Machine


def disk(path: Path, kind: uuid.UUID) -> Path:
    """A disk with a protective MBR and one partition from sector 2048 to 2057."""
    image = bytearray(3000 * 512)
    image[446:462] = struct.pack("<B3sB3sII", 0, b"\0\0\0", 0xEE, b"\0\0\0", 1, 2999)
    image[510:512] = b"\x55\xaa"
    struct.pack_into("<8s", image, 512, b"EFI PART")
    struct.pack_into("<QII", image, 512 + 72, 2, 128, 128)
    entry = kind.bytes_le + uuid.uuid5(kind, "part").bytes_le + struct.pack("<QQ", 2048, 2057)
    image[1024 : 1024 + len(entry)] = entry
    path.write_bytes(image)
    return path


@pytest.fixture
def images(tmp_path: Path) -> tuple[Path, Path]:
    boot, core = tmp_path / "boot.img", tmp_path / "core.img"
    boot.write_bytes((bytes(range(256)) * 2)[:510] + b"\x55\xaa")
    core.write_bytes(b"C" * 1300)
    return boot, core


def test_installs_and_is_idempotent(tmp_path: Path, images: tuple[Path, Path]) -> None:
    device = disk(tmp_path / "disk", BIOS_BOOT)
    before = device.read_bytes()
    assert install_grub(device, *images)
    after = device.read_bytes()
    assert struct.unpack_from("<Q", after, 0x5C) == (2048,)
    assert after[440:512] == before[440:512], "the partition table stays"
    assert after[512 : 2048 * 512] == before[512 : 2048 * 512]
    core = after[2048 * 512 : 2051 * 512]
    assert struct.unpack_from("<QHH", core, 0x1F4) == (2049, 2, 0x820)
    assert core[512:1300] == b"C" * 788 and core[1300:] == bytes(236)
    assert read_gpt(device)[0].sectors == 10
    assert not install_grub(device, *images)


def test_without_a_place_nothing_is_written(tmp_path: Path, images: tuple[Path, Path]) -> None:
    device = disk(tmp_path / "disk", uuid.UUID(int=7))
    before = device.read_bytes()
    with pytest.raises(BootloaderError, match="no BIOS boot partition"):
        install_grub(device, *images)
    assert device.read_bytes() == before
    small = disk(tmp_path / "small", BIOS_BOOT)
    images[1].write_bytes(b"C" * 6000)
    with pytest.raises(BootloaderError, match="has 6144 bytes, the BIOS boot partition"):
        install_grub(small, *images)


def test_a_machines_disk_is_written_with_its_menu(
    tmp_path: Path, images: tuple[Path, Path], machine: Machine
) -> None:
    device = disk(tmp_path / "disk", BIOS_BOOT)
    config = LoaderConfig(
        kind="grub", grub=GrubConfig(device=str(device)), files={"grub": str(tmp_path)}
    )
    install(config, [machine.add(1)], 1, boot=machine.boot, real=either(machine))
    assert (machine.boot / "grub/grub.cfg").exists()
    assert not install_grub(device, *images), "it was written already"


def test_a_disk_that_cannot_start_grub_leaves_the_menu(
    tmp_path: Path, images: tuple[Path, Path], machine: Machine
) -> None:
    device = disk(tmp_path / "disk", uuid.UUID(int=7))
    config = LoaderConfig(
        kind="grub", grub=GrubConfig(device=str(device)), files={"grub": str(tmp_path)}
    )
    with pytest.raises(BootloaderError, match="no BIOS boot partition"):
        install(config, [machine.add(1)], 1, boot=machine.boot, real=either(machine))
    assert not (machine.boot / "grub").exists()


def either(machine: Machine) -> Callable[[str], Path]:
    """Store paths from the machine's store, others as they are."""
    return lambda path: machine.real(path) if path.startswith("/nix/store/") else Path(path)
