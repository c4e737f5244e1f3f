"""The boot loader's settings, as a toplevel carries them in ``bootloader.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from bootloader.errors import BootloaderError

Kind = Literal["systemd-boot", "grub", "none"]
KINDS: tuple[Kind, ...] = ("systemd-boot", "grub", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class GrubConfig:
    """Settings that only GRUB has.

    `device` is the disk whose boot sector starts GRUB under BIOS (None: none);
    `efi_support` puts ``grubx64.efi`` on the EFI system partition.
    """

    device: str | None = None
    efi_support: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderConfig:
    """How the menu looks and where it lives.

    `timeout` is in seconds, None waits for ever. `files` maps a loader's file
    name to its logical path in the store. `can_touch_efi_variables` lets the
    firmware's own menu be changed, on a machine that UEFI started.
    """

    kind: Kind
    timeout: int | None = 5
    configuration_limit: int | None = None
    efi_sys_mount_point: str = "/boot"
    can_touch_efi_variables: bool = False
    editor: bool = False
    console_mode: str | None = "keep"
    grub: GrubConfig = field(default_factory=GrubConfig)
    files: Mapping[str, str] = field(default_factory=dict)
    distro_name: str = "Neve"

    def file(self, name: str) -> str:
        """The logical path of the loader's file `name`; raises `BootloaderError` without one."""
        if name not in self.files:
            known = ", ".join(sorted(self.files)) or "none"
            raise BootloaderError(
                f"bootloader.json names no file '{name}' (it names: {known})",
                hint=f"boot loader '{self.kind}' needs it on this machine's architecture",
            )
        return self.files[name]


def parse_config(text: str, *, origin: str) -> LoaderConfig:
    """The settings in the JSON `text`.

    Raises `BootloaderError` for an unknown key, an unknown kind or a wrong
    type; `origin` names the file there.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise BootloaderError(f"{origin} is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise BootloaderError(f"{origin} is not an object: {text[:60]!r}")
    reader = _Reader(data, origin)
    grub = _Reader(reader.mapping("grub"), f"{origin}, grub")
    config = LoaderConfig(
        kind=_kind(reader.get("kind", str), origin),
        timeout=reader.number("timeout", 5),
        configuration_limit=reader.number("configurationLimit", None),
        efi_sys_mount_point=reader.get("efiSysMountPoint", str, "/boot"),
        can_touch_efi_variables=reader.get("canTouchEfiVariables", bool, False),
        editor=reader.get("editor", bool, False),
        console_mode=reader.optional("consoleMode", "keep"),
        grub=GrubConfig(
            device=grub.optional("device", None), efi_support=grub.get("efiSupport", bool, False)
        ),
        files=reader.mapping("files"),
        distro_name=reader.get("distroName", str, "Neve"),
    )
    grub.finish()
    reader.finish()
    return config


def _kind(value: str, origin: str) -> Kind:
    for kind in KINDS:
        if kind == value:
            return kind
    raise BootloaderError(
        f"{origin}: unknown boot loader kind '{value}'", hint=f"one of: {', '.join(KINDS)}"
    )


class _Reader:
    """Takes typed members out of a JSON object and knows which were not taken."""

    def __init__(self, data: Mapping[str, Any], origin: str) -> None:
        self._data = dict(data)
        self._origin = origin

    def get(self, key: str, kind: type[Any], default: Any = None) -> Any:
        value = self._data.pop(key, default)
        if not isinstance(value, kind):
            raise BootloaderError(
                f"{self._origin}: '{key}' must be a {kind.__name__}, not {value!r}"
            )
        return value

    def optional(self, key: str, default: str | None) -> str | None:
        if self._data.get(key, default) is None:
            self._data.pop(key, None)
            return None
        return cast(str, self.get(key, str, default))

    def number(self, key: str, default: int | None) -> int | None:
        value = self._data.pop(key, default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise BootloaderError(
                f"{self._origin}: '{key}' must be a number or null, not {value!r}"
            )
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        return cast(Mapping[str, Any], self.get(key, dict, {}))

    def finish(self) -> None:
        if self._data:
            raise BootloaderError(f"{self._origin}: unknown key '{next(iter(self._data))}'")
