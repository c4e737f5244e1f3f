"""The memory forgets what is old. That it is never wrong: `tests/cli/test_recall.py`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from builder.flake.memory import Fetched, Memory
from builder.flake.reference import FlakeRef


def test_answers(tmp_path: Path) -> None:
    """The newest fingerprints are kept, each with all its answers."""
    memory = Memory(tmp_path / "m.sqlite")
    for number in range(70):
        for question in ("a", "b"):
            memory.learn(b"%d" % number, question, [number])
    again = Memory(tmp_path / "m.sqlite")
    assert again.answer(b"69", "a") == again.answer(b"69", "b") == [69]
    assert again.answer(b"6", "b") == [6]
    assert again.answer(b"5", "a") is None


def test_sources(tmp_path: Path) -> None:
    """The newest references are kept, as long as nothing changes there."""
    memory = Memory(tmp_path / "m.sqlite")
    copy = tmp_path / "copy"
    copy.mkdir()
    for number in range(70):
        folder = tmp_path / f"f{number}"
        folder.mkdir()
        reference = FlakeRef(type="path", attributes={"path": str(folder)})
        fetched = Fetched(path=str(copy), locked={"path": str(folder)})
        memory.remember(reference, memory.watch(folder), [""], fetched, copy)
        assert memory.fetched(reference) == fetched
    assert memory.fetched(reference) == fetched
    (folder / "new").touch()
    assert memory.fetched(reference) is None
    connection = sqlite3.connect(tmp_path / "m.sqlite")
    assert connection.execute("select count(*) from sources").fetchone() == (64,)


def test_no_place_to_write(tmp_path: Path) -> None:
    """Without a file nothing is remembered, and nothing fails."""
    (tmp_path / "file").touch()
    memory = Memory(tmp_path / "file" / "m.sqlite")
    memory.learn(b"1", "a", [1])
    assert memory.answer(b"1", "a") is None
