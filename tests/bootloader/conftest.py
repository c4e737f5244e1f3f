"""A small store with bootable toplevels, made by the tests themselves."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bootloader.generation import Generation


class Machine:
    """A root folder with a store, profiles and an empty boot folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.boot = root / "boot"
        self.boot.mkdir()
        self.profiles = root / "nix/var/nix/profiles"
        self.profiles.mkdir(parents=True)

    def real(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def file(self, path: str, content: bytes) -> str:
        target = self.real(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return path

    def add(
        self, number: int, *, kernel: bytes = b"kernel", initrd: bytes = b"initrd", **extra: Any
    ) -> Generation:
        """A generation with its toplevel; `extra` are names of specialisations → parameters."""
        top = f"/nix/store/{number:032d}-toplevel"
        document = self._document(top, number, kernel, initrd, ["loglevel=4"])
        document["org.nixos.specialisation.v1"] = {
            name: self._document(f"{top}-{name}", number, kernel, initrd, params)
            for name, params in extra.items()
        }
        self.file(f"{top}/boot.json", json.dumps(document).encode())
        link = self.profiles / f"system-{number}-link"
        link.symlink_to(top)
        created = 1_700_000_000 + 86400 * number
        os.utime(link, (created, created), follow_symlinks=False)
        return Generation(number=number, toplevel=top, created=created)

    def _document(
        self, top: str, number: int, kernel: bytes, initrd: bytes, params: list[str]
    ) -> dict[str, Any]:
        return {
            "org.nixos.bootspec.v1": {
                "label": "Neve 0.1 (Linux 6.12)",
                "system": "x86_64-linux",
                "toplevel": top,
                "init": f"{top}/init",
                "kernel": self.file(f"/nix/store/{number:032d}-linux/vmlinuz", kernel),
                "initrd": self.file(f"/nix/store/{number:032d}-initrd/initrd", initrd),
                "kernelParams": params,
            }
        }


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def files() -> Callable[[Path], dict[str, bytes]]:
    """All files below a folder with their contents."""
    return lambda top: {
        p.relative_to(top).as_posix(): p.read_bytes() for p in top.rglob("*") if p.is_file()
    }
