"""A store to build in, with a shell."""

from __future__ import annotations

import bz2
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from builder.realise.scheduler import Realiser
from builder.realise.settings import Settings, current_system
from builder.store.derivation import Derivation
from builder.store.hash_modulo import HashModulo
from builder.store.instantiate import instantiate
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from tests.reference.pinned import bubblewrap


@dataclass
class Bench:
    """A store, derivations in memory, and a shell that stands at /usr."""

    store: LocalStore
    drvs: dict[StorePath, Derivation] = field(default_factory=dict)
    tools: StorePath | None = None

    def __post_init__(self) -> None:
        self.modulo = HashModulo(self.drvs.__getitem__)

    def add_tools(self, folder: Path) -> None:
        """A tree with sh and a few programs, with the libraries that they need."""
        tree = folder / "tools"
        for name in ("dash", "cat", "mkdir", "ln", "sleep", "id", "chmod"):
            copy_program(Path(shutil.which(name) or ""), tree)
        (tree / "bin/sh").symlink_to("dash")
        self.tools = self.store.add_path(tree, "tools")

    def shell(self, name: str, script: str, **more: Any) -> StorePath:
        env = {"name": name, "__tools": str(self.tools), **more.pop("env", {})}
        return self.drv(
            name,
            builder="/bin/sh",
            args=["-euc", script],
            env=env,
            input_srcs=[self.tools, *more.pop("sources", ())],
            **more,
        )

    def drv(self, name: str, **more: Any) -> StorePath:
        given = {"system": current_system(), "args": (), "env": {}, "input_drvs": {}, **more}
        path, derivation = instantiate(name=name, modulo=self.modulo, **given)
        self.drvs[path] = derivation
        return path

    def out(self, drv: StorePath, output: str = "out") -> StorePath:
        return self.drvs[drv].output_paths()[output]

    def realise(self, *drvs: StorePath, progress: Any = None, **settings: Any) -> None:
        given = {"bubblewrap": bubblewrap(), "jobs": 2, "cores": 3, **settings}
        realiser = Realiser(self.store, Settings(**given), progress)
        realiser.realise([(drv, None) for drv in drvs], self.drvs)

    def log(self, drv: StorePath) -> str:
        return bz2.decompress(Path(f"{self.store.log_file(drv)}.bz2").read_bytes()).decode()

    def read(self, drv: StorePath, below: str = "") -> str:
        return self.store.real(f"{self.out(drv)}{below}").read_text()


def copy_program(program: Path, tree: Path) -> None:
    (tree / "bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(program, tree / "bin" / program.name)
    for line in subprocess.check_output(["ldd", program], text=True).splitlines():
        for word in line.split():
            if word.startswith("/"):
                target = tree / word.removeprefix("/usr").lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                if not target.exists():
                    shutil.copy(word, target)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(LocalStore(tmp_path / "root"))
    made.add_tools(tmp_path)
    return made
