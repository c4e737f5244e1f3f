"""Temporary roots while a collection runs in another process at the same moment."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builder.store.errors import StoreError
from builder.store.gc import collect
from builder.store.local import LocalStore
from builder.store.locks import hold
from builder.store.paths import StorePath

PATH = StorePath("0123456789abcdfghijklmnpqrsvwxyz-x")


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "root")


@contextmanager
def adding_root(store: LocalStore) -> Iterator[threading.Thread]:
    """A thread that adds a temporary root, and must wait as long as the block lasts."""
    thread = threading.Thread(target=store.roots.add_temporary, args=([PATH],))
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    yield thread


def written(store: LocalStore) -> bytes:
    return (store.state / f"temproots/{os.getpid()}").read_bytes()


def test_no_root_is_added_while_a_collection_looks_at_roots(store: LocalStore) -> None:
    """It would come too late to be seen, and the path be deleted that was just found valid."""
    with hold(store.state / "gc.lock", exclusive=True), adding_root(store) as thread:
        pass
    thread.join()
    assert written(store) == f"{PATH}\0".encode()


def test_a_file_of_roots_that_a_collection_removes_is_made_anew(store: LocalStore) -> None:
    """A collection that found it without its owner's lock takes it for a dead process's."""
    file = store.state / f"temproots/{os.getpid()}"
    file.parent.mkdir()
    file.touch()
    handle = os.open(file, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with adding_root(store) as thread:
        file.unlink()
        os.close(handle)
    thread.join()
    assert written(store) == f"{PATH}\0".encode()


def test_what_is_found_is_kept(store: LocalStore) -> None:
    path = text_by_another(store)
    assert store.keep(path) and not store.keep(PATH)
    assert collect(store).paths == () and store.is_valid(path)


def test_a_collection_waits_for_those_who_add(store: LocalStore) -> None:
    """It says so; a look at what would be deleted need not wait."""
    path = text_by_another(store)
    told: list[str] = []
    with store.adding():
        assert collect(store, dry_run=True, say=told.append).paths == (path,)
        assert told == []
        thread = threading.Thread(target=lambda: collect(LocalStore(store.root), say=told.append))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive() and store.is_valid(path)
    thread.join()
    assert told == ["waiting for others that build, or add to the store"]
    assert not store.is_valid(path)


def text_by_another(store: LocalStore) -> StorePath:
    """A path that no root keeps: the process that added it has ended."""
    process = multiprocessing.get_context("fork").Process(
        target=lambda: LocalStore(store.root).add_text("x", b"text")
    )
    process.start()
    process.join()
    (path,) = store.database.all_paths()
    return path


def test_a_link_takes_the_place_of_nothing_but_such_a_link(
    store: LocalStore, tmp_path: Path
) -> None:
    link = tmp_path / "result"
    for _ in range(2):
        store.roots.add_link(link, PATH)
        assert link.readlink() == store.real_path(PATH)
    link.unlink()
    makers: list[Callable[[], None]] = [
        link.mkdir,
        link.touch,
        lambda: link.symlink_to("elsewhere"),
    ]
    for make in makers:
        make()
        before = link.lstat()
        with pytest.raises(StoreError, match="something else lies there"):
            store.roots.add_link(link, PATH)
        assert link.lstat() == before
        if link.is_dir():
            link.rmdir()
        else:
            link.unlink()
