"""Flakes in folders of their own, with a store."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dulwich import porcelain

from builder.debian.mirror import mirrors
from builder.flake.flake import Flake, Flakes
from builder.flake.source import Fetcher
from builder.lang.evaluator import Evaluator
from builder.lang.values import ContextString
from builder.store.local import LocalStore
from tests.debian.conftest import archive
from tests.hosts import idle_host

__all__ = ["archive"]

NOW = datetime(2026, 9, 13, tzinfo=UTC)


def commit(repository: Path, message: str = "x") -> str:
    """Track everything in the folder and commit it; the commit's name."""
    if not (repository / ".git").exists():
        porcelain.init(str(repository))
        head = repository / ".git/HEAD"
        head.write_text("ref: refs/heads/main\n")
    porcelain.add(
        str(repository),
        [
            str(path)
            for path in repository.rglob("*")
            if path.is_file() and ".git" not in path.parts
        ],
    )
    made = porcelain.commit(
        str(repository),
        message=message.encode(),
        author=b"A <a@b>",
        committer=b"A <a@b>",
        commit_timestamp=1789000000,
        author_timestamp=1789000000,
        commit_timezone=0,
        author_timezone=0,
    )
    return made.decode()


@dataclass
class World:
    """A folder with flakes, and what opens them."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def flakes(self, store: str = "store") -> Flakes:
        """Everything anew, as a new process has it."""
        kept = LocalStore(self.folder / store)
        host = idle_host(kept, pure=True, say=self.said.append)
        return Flakes(
            evaluator=Evaluator(host, self.folder / "cache", {}),
            host=host,
            fetcher=Fetcher(store=kept, environment=self.environment, now=NOW),
            cache=self.folder / "debian",
            mirrors=lambda wanted: mirrors(wanted, self.environment),
        )

    def open(self, flake: str = "top", **more: Any) -> Flake:
        """Open a flake and write its lock."""
        opened = self.flakes().open(flake, self.folder, **more)
        if opened.lock_changed:
            opened.lock.write(opened.lock_file)
        return opened

    def value(self, attribute: str, flake: str = "top", flakes: Flakes | None = None) -> Any:
        """An output as plain data."""
        flakes = flakes or self.flakes()
        evaluator = flakes.evaluator
        found = evaluator.force(flakes.outputs(flakes.open(flake, self.folder)))
        for name in attribute.split("."):
            found = evaluator.force(found[name])
        return found.text if isinstance(found, ContextString) else found


@pytest.fixture
def world(tmp_path: Path) -> World:
    os.umask(0o022)
    return World(tmp_path)
