"""The memory forgets what is old. That it is never wrong: `tests/cli/test_recall.py`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    "damage",
    [
        "update sources set facts = x'0102'",
        "update sources set facts = substr(facts, 1, 30)",
        "update sources set locked = '['",
        "update sources set path = null",
        "update answers set answer = '{'",
        "update answers set answer = '[2]'",
        "update answers set answer = null",
        "drop table answers; create table answers (x)",
        "pragma user_version = 0",
    ],
)
def test_damaged_rows(tmp_path: Path, damage: str) -> None:
    """A row that is not what was written is as good as none, and is written anew."""
    file = tmp_path / "m.sqlite"
    memory = Memory(file)
    (tmp_path / "folder").mkdir()
    reference = FlakeRef(type="path", attributes={"path": str(tmp_path / "folder")})
    fetched = Fetched(path=str(tmp_path / "folder"), locked={"path": "x"})
    watch = memory.watch(tmp_path / "folder")

    def keep(memory: Memory) -> None:
        memory.learn(b"1", "a", [1])
        memory.remember(reference, watch, [""], fetched, tmp_path / "folder")

    keep(memory)
    connection = sqlite3.connect(file)
    connection.executescript(damage)
    connection.close()
    again = Memory(file)
    answer, source = again.answer(b"1", "a"), again.fetched(reference)
    assert answer in ([1], None) and source in (fetched, None)
    assert None in (answer, source)
    if "drop" not in damage:
        keep(again)
        assert Memory(file).answer(b"1", "a") == [1]
        assert Memory(file).fetched(reference) == fetched
