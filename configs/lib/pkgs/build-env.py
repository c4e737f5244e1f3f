"""Many packages' files as one tree of links: `buildEnv`.

Called with a JSON file and the output. The file has ``packages``, each with its
``paths`` and a ``priority`` (a lower one wins), ``pathsToLink``, ``extraPrefix``,
``ignoreCollisions`` and ``checkCollisionContents``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


class Env:
    """The tree while it is put together: what each path below the output will be."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.links: dict[str, tuple[Path, int]] = {}  # with its priority
        self.folders: set[str] = set()

    def wanted(self, path: str) -> bool:
        """Whether `path` ("/share/x") is in what is asked for, or above it."""
        return any(
            root == "/" or path == root or path.startswith(f"{root}/") or root.startswith(f"{path}/")
            for root in self.spec["pathsToLink"]
        )

    def inside(self, path: str) -> bool:
        """Whether `path` is in what is asked for."""
        roots = self.spec["pathsToLink"]
        return any(root == "/" or path == root or path.startswith(f"{root}/") for root in roots)

    def add(self, source: Path, path: str, priority: int) -> None:
        """Take in `source`, which stands at `path`."""
        if path and not self.wanted(path):
            return
        # One link stands for a folder that only one package has.
        if source.is_dir() and (path in {"", *self.folders} or not self.inside(path)):
            self.open(path)
            for entry in sorted(source.iterdir()):
                below = f"{path}/{entry.name}"
                if below != "/nix-support":
                    self.add(entry, below, priority)
        elif self.inside(path):
            self.place(source, path, priority)

    def open(self, path: str) -> None:
        """A folder stands at `path`; a link to one that was there is taken apart."""
        if path in self.links:
            other, priority = self.links.pop(path)
            if not other.is_dir():
                sys.exit(f"buildEnv: '{path}' is the file '{other}' and a folder of another package")
            self.folders.add(path)
            self.add(other, path, priority)
        self.folders.add(path)

    def place(self, source: Path, path: str, priority: int) -> None:
        """A file stands at `path`."""
        if path in self.folders:
            if source.is_dir():
                self.add(source, path, priority)
                return
            sys.exit(f"buildEnv: '{path}' is the file '{source}' and a folder of another package")
        if path in self.links:
            other, known = self.links[path]
            if other.is_dir() and source.is_dir():
                self.open(path)
                self.add(source, path, priority)
                return
            if known < priority or (known == priority and self.same(other, source)):
                return
            if known == priority:
                if not self.spec["ignoreCollisions"]:
                    sys.exit(
                        f"buildEnv: two packages have '{path}':\n  {other}\n  {source}\n"
                        "give one of them another meta.priority (lib.hiPrio, lib.lowPrio), "
                        "or set ignoreCollisions"
                    )
                print(f"buildEnv: '{source}' is left out, '{other}' stands at '{path}'")
                return
        self.links[path] = (source, priority)

    def same(self, one: Path, other: Path) -> bool:
        """Whether it makes no difference which of two files is taken."""
        if one.resolve() == other.resolve():
            return True
        if not self.spec["checkCollisionContents"] or not (one.is_file() and other.is_file()):
            return False
        modes = {path.stat().st_mode & 0o111 for path in (one, other)}
        return len(modes) == 1 and one.read_bytes() == other.read_bytes()

    def write(self, out: Path) -> None:
        """Make the tree."""
        for path in sorted(self.folders):
            if self.inside(path or "/") or any(link.startswith(f"{path}/") for link in self.links):
                (out / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
        for path, (source, _) in sorted(self.links.items()):
            target = out / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source)


def propagated(path: Path) -> list[Path]:
    """What the package at `path` brings into an environment with it."""
    file = path / "nix-support/propagated-user-env-packages"
    return [Path(word) for word in file.read_text().split()] if file.is_file() else []


def main() -> None:
    spec = json.loads(Path(sys.argv[1]).read_text())
    out = Path(sys.argv[2] + spec["extraPrefix"])
    env = Env(spec)
    seen: set[Path] = set()
    brought: list[tuple[Path, int]] = []
    for package in spec["packages"]:
        for path in map(Path, package["paths"]):
            if path not in seen:
                seen.add(path)
                env.add(path, "", package["priority"])
                brought += [(other, package["priority"] + 1000) for other in propagated(path)]
    while brought:
        path, priority = brought.pop(0)
        if path not in seen:
            seen.add(path)
            env.add(path, "", priority)
            brought += [(other, priority + 1000) for other in propagated(path)]
    out.mkdir(parents=True)
    env.write(out)


if __name__ == "__main__":
    os.umask(0o022)
    main()
