"""Entries and menus against golden text; what an installation leaves on /boot."""

from __future__ import annotations

import hashlib
import os
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from bootloader.config import GrubConfig, LoaderConfig, parse_config
from bootloader.errors import BootloaderError
from bootloader.generation import read_generations
from bootloader.install import install

from .conftest import Machine

Files = Callable[[Path], dict[str, bytes]]
LOADER = "/nix/store/00000000000000000000000000000000-systemd/systemd-bootx64.efi"


def sd_config(machine: Machine, **changes: object) -> LoaderConfig:
    machine.file(LOADER, b"systemd-boot")
    return LoaderConfig(
        kind="systemd-boot",
        files={"systemd-bootx64.efi": LOADER},
        **changes,  # type: ignore[arg-type]
    )


def short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def test_systemd_boot_golden(machine: Machine, files: Files) -> None:
    machine.add(1)
    machine.add(2, initrd=b"other", server=["quiet", "a=b c"])
    report = install(
        sd_config(machine),
        read_generations(machine.profiles),
        2,
        boot=machine.boot,
        real=machine.real,
        machine_id="0123456789abcdef0123456789abcdef",
    )
    found = files(machine.boot)
    kernel, one, two = short(b"kernel"), short(b"initrd"), short(b"other")
    assert sorted(found) == [
        "EFI/BOOT/BOOTX64.EFI",
        *sorted(
            [
                f"EFI/neve/{kernel}-kernel.efi",
                f"EFI/neve/{one}-initrd.efi",
                f"EFI/neve/{two}-initrd.efi",
            ]
        ),
        "EFI/systemd/systemd-bootx64.efi",
        "loader/entries/neve-generation-1.conf",
        "loader/entries/neve-generation-2-specialisation-server.conf",
        "loader/entries/neve-generation-2.conf",
        "loader/loader.conf",
    ]
    assert found["loader/loader.conf"].decode() == (
        "timeout 5\ndefault neve-generation-2.conf\neditor no\nconsole-mode keep\n"
    )
    assert found["loader/entries/neve-generation-2-specialisation-server.conf"].decode() == (
        "title Neve (Generation 2, server)\n"
        "sort-key neve\n"
        "version Generation 2, server Neve 0.1 (Linux 6.12), built on 2023-11-16\n"
        "machine-id 0123456789abcdef0123456789abcdef\n"
        f"linux /EFI/neve/{kernel}-kernel.efi\n"
        f"initrd /EFI/neve/{two}-initrd.efi\n"
        f"options init=/nix/store/{2:032d}-toplevel-server/init quiet a=b c\n"
    )
    assert [i.id for i in report.items] == [
        "neve-generation-2",
        "neve-generation-2-specialisation-server",
        "neve-generation-1",
    ]


def test_second_run_writes_nothing_and_unneeded_files_go(machine: Machine, files: Files) -> None:
    first = machine.add(1, kernel=b"old kernel")
    second = machine.add(2)
    config = sd_config(machine)
    (machine.boot / "EFI/other").mkdir(parents=True)
    (machine.boot / "EFI/other/foreign.efi").write_bytes(b"not ours")
    install(config, [first, second], 2, boot=machine.boot, real=machine.real)
    again = install(config, [first, second], 2, boot=machine.boot, real=machine.real)
    assert (again.plan.copies, again.plan.texts, again.plan.remove) == ((), (), ())
    gone = install(config, [second], 2, boot=machine.boot, real=machine.real)
    assert set(gone.plan.remove) == {
        f"EFI/neve/{short(b'old kernel')}-kernel.efi",
        "loader/entries/neve-generation-1.conf",
    }
    assert "EFI/other/foreign.efi" in files(machine.boot)


def test_limit_keeps_the_default(machine: Machine) -> None:
    generations = [machine.add(n) for n in range(1, 6)]
    config = sd_config(machine, configuration_limit=2)
    report = install(config, generations, 1, boot=machine.boot, real=machine.real)
    assert [i.generation.number for i in report.items] == [5, 1]


def test_broken_generation_is_skipped_unless_default(machine: Machine) -> None:
    generations = [machine.add(1), machine.add(2)]
    machine.real(f"{generations[0].toplevel}/boot.json").write_text("{}")
    config = sd_config(machine)
    report = install(config, generations, 2, boot=machine.boot, real=machine.real)
    assert len(report.skipped) == 1 and "org.nixos.bootspec.v1" in report.skipped[0]
    with pytest.raises(BootloaderError, match=r"org\.nixos\.bootspec\.v1"):
        install(config, generations, 1, boot=machine.boot, real=machine.real)
    with pytest.raises(BootloaderError, match="no such generation"):
        install(config, generations, 7, boot=machine.boot, real=machine.real)


def test_no_room_changes_nothing(
    machine: Machine, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = namedtuple("facts", "f_bavail f_frsize")
    monkeypatch.setattr(os, "statvfs", lambda _: facts(1, 4096))
    with pytest.raises(BootloaderError, match=r"0\.0 MiB free, the new boot entries need"):
        install(sd_config(machine), [machine.add(1)], 1, boot=machine.boot, real=machine.real)
    assert files(machine.boot) == {}


def test_grub_golden(machine: Machine, files: Files) -> None:
    generations = [machine.add(1), machine.add(2, it_s=["quiet"])]
    config = LoaderConfig(kind="grub", timeout=None, grub=GrubConfig())
    install(config, generations, 1, boot=machine.boot, real=machine.real)
    found = files(machine.boot)
    kernel, initrd = short(b"kernel"), short(b"initrd")
    assert set(found) == {
        "grub/grub.cfg",
        f"grub/kernels/{kernel}-kernel",
        f"grub/kernels/{initrd}-initrd",
    }
    golden = (Path(__file__).parent / "grub.cfg.golden").read_text()
    assert found["grub/grub.cfg"].decode() == golden


def test_config_errors_name_the_key() -> None:
    with pytest.raises(BootloaderError, match="unknown key 'tiemout'"):
        parse_config('{"kind": "none", "tiemout": 3}', origin="bootloader.json")
    with pytest.raises(BootloaderError, match="'timeout' must be a number or null, not '3'"):
        parse_config('{"kind": "none", "timeout": "3"}', origin="bootloader.json")
    with pytest.raises(BootloaderError, match="unknown boot loader kind 'lilo'"):
        parse_config('{"kind": "lilo"}', origin="bootloader.json")
