"""The firmware's own boot menu: variables ``Boot####`` and ``BootOrder``.

Formats: UEFI specification 2.10, chapters 3.3 (variables), 3.1.3 (load
options) and 10.3 (device paths). A file of efivarfs is the variable's
attributes, 4 bytes, and its value; numbers are little-endian.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path

from bootloader.errors import BootloaderError
from bootloader.gpt import Partition

GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
_ATTRIBUTES = struct.pack("<I", 7)  # kept without power, readable at boot and at run time
_ACTIVE = 1
_HARD_DRIVE, _FILE_PATH = (4, 1), (4, 4)  # media device paths
_END = struct.pack("<BBH", 0x7F, 0xFF, 4)
_GPT, _BY_GUID = 2, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOption:
    """A program that the firmware can start: `path`, with backslashes, on `partition`."""

    description: str
    partition: Partition
    path: str

    def encode(self) -> bytes:
        """The value of a ``Boot####`` variable."""
        part = self.partition
        drive = struct.pack("<IQQ", part.number, part.first, part.sectors)
        drive += part.id.bytes_le + bytes([_GPT, _BY_GUID])
        place = _node(_HARD_DRIVE, drive) + _node(_FILE_PATH, _text(self.path)) + _END
        return struct.pack("<IH", _ACTIVE, len(place)) + _text(self.description) + place


def _node(kind: tuple[int, int], content: bytes) -> bytes:
    return struct.pack("<BBH", *kind, 4 + len(content)) + content


def _text(text: str) -> bytes:
    return f"{text}\0".encode("utf-16-le")


class Variables:
    """The variables of a machine's firmware, in the folder where efivarfs is mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def exist(self) -> bool:
        """Whether there are any: else the machine was not started by UEFI."""
        return self._folder.is_dir() and any(self._folder.iterdir())

    def read(self, name: str) -> bytes | None:
        """A global variable's value, None when it does not exist."""
        try:
            return (self._folder / f"{name}-{GLOBAL}").read_bytes()[4:]
        except FileNotFoundError:
            return None

    def write(self, name: str, value: bytes) -> None:
        """Set a global variable; raises `BootloaderError`, and nothing is changed then."""
        file = self._folder / f"{name}-{GLOBAL}"
        try:
            # One write is one change of the variable: a kernel's rule, not ours.
            with file.open("wb", buffering=0) as writer:
                writer.write(_ATTRIBUTES + value)
        except OSError as error:
            raise BootloaderError(
                f"the firmware's variable {name} cannot be written: {error.strerror}",
                hint="set boot.loader.efi.canTouchEfiVariables = false; "
                "the boot loader is also where firmware looks by itself",
            ) from error

    def order(self) -> list[int]:
        """The numbers in ``BootOrder``, the first is tried first."""
        value = self.read("BootOrder") or b""
        return [number for (number,) in struct.iter_unpack("<H", value[: len(value) // 2 * 2])]

    def options(self) -> dict[int, bytes]:
        """All ``Boot####`` values by number."""
        pattern = re.compile(rf"Boot([0-9A-F]{{4}})-{re.escape(GLOBAL)}")
        found = {}
        for file in self._folder.iterdir():
            if match := pattern.fullmatch(file.name):
                found[int(match[1], 16)] = self.read(f"Boot{match[1]}") or b""
        return found


def put_first(variables: Variables, option: LoadOption) -> bool:
    """Make `option` what the firmware tries first; whether anything had to change.

    An entry of the same description and partition is taken over, others keep
    their numbers and their order. Raises `BootloaderError`.
    """
    value = option.encode()
    known = variables.options()
    mine = [number for number, other in sorted(known.items()) if _is_mine(other, option)]
    number = mine[0] if mine else next(n for n in range(0x10000) if n not in known)
    order = variables.order()
    wanted = [number, *(other for other in order if other != number)]
    changed = False
    if known.get(number) != value:
        variables.write(f"Boot{number:04X}", value)
        changed = True
    if order != wanted:
        variables.write("BootOrder", struct.pack(f"<{len(wanted)}H", *wanted))
        changed = True
    return changed


def _is_mine(value: bytes, option: LoadOption) -> bool:
    head = _text(option.description)
    return value[6:].startswith(head) and option.partition.id.bytes_le in value
