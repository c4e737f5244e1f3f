"""A store with a small bootable-looking closure, and the host's tools in a sandbox."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from builder.realise.bubblewrap import host_bubblewrap
from builder.realise.builtin import BuildContext, PathFacts
from builder.realise.errors import BuildError
from builder.realise.sandbox import Bind, Sandbox
from builder.store.derivation import Derivation
from builder.store.local import LocalStore
from builder.store.paths import StorePath


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
            env={"toplevel": str(self.toplevel), "tools": str(self.toplevel), **env},
            outputs={"out": folder / "out"},
            scratch=scratch,
            jobs=1,
            mirrors=(),
            log=lambda message: None,
            real=self.store.real,
            closure=lambda paths: self.facts([*map(StorePath.parse, paths), self.linux]),
            run=self.run,
        )  # fmt: skip

    def run(
        self,
        argv: Sequence[str],
        *,
        tools: str,
        binds: Mapping[str, Path] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str = "/",
        stdin: bytes | None = None,
        as_root: bool = False,
    ) -> bytes:
        """The host's /usr in place of a pinned tree; else as a real build runs tools."""
        bwrap = host_bubblewrap(os.environ)
        assert bwrap is not None
        sandbox = Sandbox(
            bwrap=bwrap,
            usr=Path("/usr"),
            store=self.store.folder,
            binds=tuple(
                Bind(source=source, target=target, writable=True)
                for target, source in (binds or {}).items()
            ),
            uid=0 if as_root else 1000,
            gid=0 if as_root else 100,
            env={
                "PATH": "/usr/bin:/usr/sbin",
                "SOURCE_DATE_EPOCH": "1",
                "TZ": "UTC",
                **(env or {}),
            },
            cwd=cwd,
        )
        done = subprocess.run(sandbox.argv(argv), input=stdin or b"", capture_output=True)
        if done.returncode != 0:
            raise BuildError(f"{argv[0]}: {done.stderr.decode()}")
        return done.stdout


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def host_tools() -> Callable[[str], None]:
    """Skips a test for which the host has no tools."""

    def need(*names: str) -> None:
        path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
        missing = [n for n in names if shutil.which(n, path=path) is None]
        if missing or host_bubblewrap(os.environ) is None:
            pytest.skip(f"the host has no {', '.join(missing) or 'working bubblewrap'}")

    return need
