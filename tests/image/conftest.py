"""A store with a small bootable-looking closure, and the pinned tools."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from builder.realise.builtin import BuildContext, PathFacts
from builder.store.derivation import Derivation
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from tests.reference import pinned


class World:
    """A store below `root` with a toplevel; `context` makes what a builder is given."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = LocalStore(root / "store")
        sources = root / "sources"
        (sources / "boot").mkdir(parents=True)
        (sources / "boot/vmlinuz").write_bytes(b"kernel" * 5000)
        (sources / "boot/initrd").write_bytes(b"initrd" * 5000)
        (sources / "boot/sd.efi").write_bytes(b"MZ loader")
        linux = self.store.add_path(sources / "boot", "linux")
        (sources / "top/deep").mkdir(parents=True)
        top = sources / "top"
        (top / "init").write_text("#!/bin/sh\n")
        (top / "init").chmod(0o755)
        (top / "deep/file").write_bytes(bytes(range(256)) * 100)
        (top / "deep/link").symlink_to("file")
        (top / "kernel").symlink_to(f"{linux}/vmlinuz")
        (top / "boot.json").write_text(json.dumps(self._bootspec(str(linux))))
        loader = {"kind": "systemd-boot", "files": {"systemd-bootx64.efi": f"{linux}/sd.efi"}}
        (top / "bootloader.json").write_text(json.dumps(loader))
        self.linux = linux
        self.toplevel = self.store.add_path(top, "toplevel")

    def _bootspec(self, linux: str) -> object:
        return {
            "org.nixos.bootspec.v1": {
                "label": "Neve",
                "system": "x86_64-linux",
                "toplevel": "/nix/store/00000000000000000000000000000000-toplevel",
                "init": "/nix/store/00000000000000000000000000000000-toplevel/init",
                "kernel": f"{linux}/vmlinuz",
                "initrd": f"{linux}/initrd",
                "kernelParams": ["console=ttyS0"],
            }
        }

    def facts(self, paths: Sequence[StorePath]) -> list[PathFacts]:
        infos = sorted(self.store.closure(paths), key=lambda i: i.path)
        return [
            PathFacts(
                path=i.path,
                nar_hash=f"sha256:{i.nar_hash.base16}",
                nar_size=i.nar_size,
                references=i.references,
                deriver=i.deriver,
            )
            for i in infos
        ]

    def context(self, name: str, env: Mapping[str, str]) -> BuildContext:
        folder = self.root / name
        scratch = folder / "scratch"
        scratch.mkdir(parents=True)
        return BuildContext(
            derivation=Derivation(
                name="image", outputs={}, input_drvs={}, input_srcs=frozenset(), system="builtin",
                builder="builtin:disk-image", args=(), env={},
            ),
            env={"toplevel": str(self.toplevel), "tools": pinned.logical("image"), **env},
            outputs={"out": folder / "out"},
            scratch=scratch,
            jobs=1,
            mirrors=(),
            log=lambda message: None,
            real=self.store.real,
            closure=lambda paths: self.facts([*map(StorePath.parse, paths), self.linux]),
            run=pinned.runner(scratch),
        )  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
