"""Bootspec documents: what a toplevel tells a boot loader.

Format: RFC 125 of NixOS, version 1. ``<toplevel>/boot.json`` is a JSON object
with the key ``org.nixos.bootspec.v1`` (one system) and, beside it,
``org.nixos.specialisation.v1`` (name → a whole document of the same form).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from bootloader.errors import BootloaderError

SYSTEM_KEY = "org.nixos.bootspec.v1"
SPECIALISATION_KEY = "org.nixos.specialisation.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BootSpec:
    """One bootable system. All paths are logical ones, under /nix/store."""

    label: str
    system: str  # "x86_64-linux", "aarch64-linux"
    toplevel: str
    init: str
    kernel: str
    initrd: str | None
    kernel_params: tuple[str, ...]
    specialisations: tuple[tuple[str, BootSpec], ...] = ()

    @property
    def options(self) -> str:
        """The kernel's whole command line."""
        return " ".join((f"init={self.init}", *self.kernel_params))


def parse_bootspec(text: str, *, origin: str) -> BootSpec:
    """The system that the document `text` describes.

    `origin` names the file in errors. Raises `BootloaderError` when a key is
    missing or has the wrong type.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BootloaderError(f"{origin} is not JSON: {error}") from error
    return _system(document, origin)


def _system(document: object, origin: str) -> BootSpec:
    """document: {SYSTEM_KEY: system, [SPECIALISATION_KEY: {name: document}]}"""
    if not isinstance(document, Mapping) or not isinstance(document.get(SYSTEM_KEY), Mapping):
        raise BootloaderError(
            f"{origin} has no object '{SYSTEM_KEY}'",
            hint="only version 1 of the bootspec is understood; rebuild this generation",
        )
    fields = cast(Mapping[str, Any], document[SYSTEM_KEY])
    others = document.get(SPECIALISATION_KEY, {})
    if not isinstance(others, Mapping):
        raise BootloaderError(f"{origin}: '{SPECIALISATION_KEY}' is not an object: {others!r}")
    return BootSpec(
        label=_text(fields, "label", origin),
        system=_text(fields, "system", origin),
        toplevel=_text(fields, "toplevel", origin),
        init=_text(fields, "init", origin),
        kernel=_text(fields, "kernel", origin),
        initrd=_text(fields, "initrd", origin) if fields.get("initrd") is not None else None,
        kernel_params=_words(fields, "kernelParams", origin),
        specialisations=tuple(
            (_name(name, origin), _system(other, f"{origin}, specialisation '{name}'"))
            for name, other in sorted(others.items())
        ),
    )


def _text(fields: Mapping[str, Any], key: str, origin: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or "\n" in value:
        raise BootloaderError(f"{origin}: '{key}' is not a line of text: {value!r}")
    return value


def _words(fields: Mapping[str, Any], key: str, origin: str) -> tuple[str, ...]:
    value = fields.get(key)
    if not isinstance(value, list) or not all(isinstance(w, str) and "\n" not in w for w in value):
        raise BootloaderError(f"{origin}: '{key}' is not a list of lines of text: {value!r}")
    return tuple(value)


def _name(name: str, origin: str) -> str:
    """A specialisation's name becomes part of a file name on FAT."""
    if not name or not all(c.isalnum() or c in "-_." for c in name):
        raise BootloaderError(
            f"{origin}: a specialisation is named '{name}', which cannot be part of a file name",
            hint="use letters, digits, '-', '_' and '.' only",
        )
    return name
