"""The firmware's own menu: a plain folder stands for efivarfs, which has the same files."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from bootloader.efi_variables import GLOBAL, LoadOption, Variables, put_first
from bootloader.errors import BootloaderError
from bootloader.esp import system_partition
from bootloader.gpt import ESP, Partition

ID = UUID("c3e1a5f0-1234-4abc-9def-0123456789ab")
PART = Partition(number=1, type=ESP, id=ID, first=2048, last=264191)
OPTION = LoadOption(description="Neve", partition=PART, path="\\EFI\\BOOT\\BOOTX64.EFI")


def raw(folder: Path, name: str) -> bytes:
    return (folder / f"{name}-{GLOBAL}").read_bytes()


def test_a_load_option_is_what_the_specification_says() -> None:
    value = OPTION.encode()
    path = "\\EFI\\BOOT\\BOOTX64.EFI\0".encode("utf-16-le")
    device = bytes.fromhex("04012a000100000000080000000000000000040000000000")
    device += ID.bytes_le + b"\2\2" + b"\4\4" + (4 + len(path)).to_bytes(2, "little") + path
    device += bytes.fromhex("7fff0400")
    assert value == (
        b"\1\0\0\0" + len(device).to_bytes(2, "little") + "Neve\0".encode("utf-16-le") + device
    )


def test_the_entry_becomes_the_first_once(tmp_path: Path) -> None:
    variables = Variables(tmp_path)
    assert not variables.exist
    variables.write("Boot0000", b"\1\0\0\0\4\0M\0\0\0\x7f\xff\4\0")
    variables.write("BootOrder", b"\0\0\2\0")
    assert variables.exist
    assert put_first(variables, OPTION)
    assert raw(tmp_path, "Boot0001") == b"\7\0\0\0" + OPTION.encode()
    assert raw(tmp_path, "BootOrder") == b"\7\0\0\0" + b"\1\0\0\0\2\0"
    assert not put_first(variables, OPTION)
    # Another program on the same partition takes the entry over; who came first comes first again.
    variables.write("BootOrder", b"\0\0\1\0")
    other = LoadOption(description="Neve", partition=PART, path="\\EFI\\systemd\\x.efi")
    assert put_first(variables, other)
    assert raw(tmp_path, "Boot0001") == b"\7\0\0\0" + other.encode()
    assert variables.order() == [1, 0]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_variable_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / f"Boot0000-{GLOBAL}").mkdir()
    with pytest.raises(BootloaderError, match="variable Boot0000 cannot be written") as caught:
        Variables(tmp_path).write("Boot0000", b"")
    assert "canTouchEfiVariables" in str(caught.value.hint)


def test_a_folder_that_is_no_system_partition(tmp_path: Path) -> None:
    with pytest.raises(BootloaderError, match="is not an EFI system partition"):
        system_partition(tmp_path, root=tmp_path)
