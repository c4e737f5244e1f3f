"""Archives that come in blocks of any size, and trees that are made under any umask."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.store import nar
from builder.store.errors import FormatError
from builder.store.nar_restore import restore
from builder.store.window import Window


def sample(folder: Path) -> bytes:
    """The archive of a tree with everything in it."""
    tree = folder / "tree"
    (tree / "deep/er").mkdir(parents=True)
    (tree / "deep/er/file").write_bytes(bytes(range(200)))
    (tree / "deep/program").write_text("#!/bin/sh\n")
    (tree / "deep/program").chmod(0o755)
    (tree / "empty").mkdir()
    (tree / "link").symlink_to("deep/er")
    (tree / "nothing").touch()
    return archive(tree)


def archive(tree: Path) -> bytes:
    """The archive of a tree."""
    data = bytearray()
    nar.dump(tree, data.extend)
    return bytes(data)


def in_blocks(data: bytes, size: int) -> Window:
    """A stream that comes in blocks of `size` bytes, whatever is asked for."""
    source = io.BytesIO(data)
    return Window(lambda _: source.read(size))


def outcome(source: io.BytesIO | Window, tree: Path) -> tuple[int, bytes] | str:
    """What restoring comes to: the size and the tree's archive, or the error."""
    try:
        return restore(source, tree), archive(tree)
    except FormatError as error:
        return str(error)


@pytest.mark.parametrize("size", [1, 7, 8, 100, 333, 1000, 1 << 20])
def test_blocks_of_any_size_give_the_tree(tmp_path: Path, size: int) -> None:
    data = sample(tmp_path)
    window = in_blocks(data + b"the rest", size)
    assert outcome(window, tmp_path / "copy") == (len(data), data)
    rest = window.some(8)
    while piece := window.some(8):
        rest = memoryview(bytes(rest) + piece)
    assert bytes(rest) == b"the rest"


def test_of_a_file_no_byte_too_many_is_read(tmp_path: Path) -> None:
    data = sample(tmp_path)
    source = io.BytesIO(data + b"the rest")
    assert restore(source, tmp_path / "copy") == len(data)
    assert source.read() == b"the rest"


@given(st.data())
def test_damage_is_told_alike_however_it_comes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("nar")
    damaged = bytearray(sample(folder))
    place = data.draw(st.integers(0, len(damaged) - 1))
    damaged[place] ^= data.draw(st.integers(1, 255))
    size = data.draw(st.integers(1, len(damaged)))
    expected = outcome(io.BytesIO(damaged), folder / "exact")
    assert outcome(in_blocks(bytes(damaged), size), folder / "blocks") == expected


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
@pytest.mark.parametrize("canonical", [True, False])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int, canonical: bool) -> None:
    data = sample(tmp_path)
    copy = tmp_path / "copy"
    before = os.umask(umask)
    try:
        restore(in_blocks(data, 1 << 20), copy, canonical=canonical)
    finally:
        os.umask(before)
    found = {path: path.lstat() for path in (copy, *copy.rglob("*")) if not path.is_symlink()}
    modes = {str(p.relative_to(copy)): status.st_mode & 0o7777 for p, status in found.items()}
    write = 0 if canonical else 0o200
    folders = dict.fromkeys((".", "deep", "deep/er", "empty"), 0o555 | write)
    files = dict.fromkeys(("deep/er/file", "nothing"), 0o444 | write)
    assert modes == folders | files | {"deep/program": 0o555 | write}
    if canonical:
        assert {status.st_mtime for status in found.values()} == {1.0}
        assert (copy / "link").lstat().st_mtime == 1.0
