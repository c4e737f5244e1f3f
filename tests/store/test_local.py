"""A store on disk: adding, registering, roots, collection, verification; the real Nix judges."""

from __future__ import annotations

import io
import multiprocessing
import os
import sqlite3
from pathlib import Path

import pytest

from builder.store import nar
from builder.store.canonical import remove_tree
from builder.store.errors import InvalidPath, StoreError
from builder.store.fresh_database import write_fresh_database
from builder.store.gc import collect, delete
from builder.store.hashes import hash_bytes
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.locks import FileLock
from builder.store.paths import StorePath
from builder.store.references import Scanner
from builder.store.verify import verify
from tests.reference import nix


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "root")


def tree(folder: Path) -> Path:
    source = folder / "source"
    (source / "sub").mkdir(parents=True)
    (source / "sub/run").write_text("#!/bin/sh\n")
    (source / "sub/run").chmod(0o700)
    (source / "secret").write_text("x")
    (source / "secret").chmod(0o600)
    (source / "link").symlink_to("sub/run")
    return source


def real_nix_verifies(store: LocalStore) -> None:
    command = ("nix-store", "--store", str(store.root), "--verify", "--check-contents")
    done = nix().run(*command, write=[store.root])
    assert done.status == 0, done.err
    assert "warning" not in done.err, done.err


def test_add_and_real_nix_accepts(store: LocalStore, tmp_path: Path) -> None:
    source = tree(tmp_path)
    path = store.add_path(source, "source")
    text = store.add_text("hello", f"see {path}".encode(), [path])
    assert store.references(text) == (path,)
    assert store.referrers(path) == [text]
    assert [info.path for info in store.closure([text])] == sorted([path, text])
    assert store.database.by_digest(path.digest) == path
    real = store.real_path(path)
    assert (real / "sub/run").stat().st_mode & 0o777 == 0o555
    assert (real / "secret").stat().st_mode & 0o777 == 0o444
    assert real.stat().st_mode & 0o777 == 0o555
    for place in (real, real / "sub", real / "secret", real / "link"):
        assert place.lstat().st_mtime_ns == 1_000_000_000
    assert list(verify(store, contents=True)) == []
    real_nix_verifies(store)
    add = ("nix-store", "--store", str(store.root), "--add")
    assert nix().run(*add, str(source), write=[tmp_path]).out.strip() == str(path)
    # And we read what the real Nix wrote.
    (tmp_path / "other").write_text("other")
    added = StorePath.parse(nix().run(*add, str(tmp_path / "other"), write=[tmp_path]).out.strip())
    assert store.is_valid(added)
    assert store.check(added)


def test_add_path_filters_and_checks(store: LocalStore, tmp_path: Path) -> None:
    source = tree(tmp_path)
    path = store.add_path(source, "some", keep=lambda p, kind: not p.endswith("secret"))
    assert sorted(p.name for p in store.real_path(path).iterdir()) == ["link", "sub"]
    flat = store.add_path(source / "secret", "flat", recursive=False)
    assert store.query(flat).ca == f"fixed:sha256:{hash_bytes('sha256', b'x').base32}"
    with pytest.raises(StoreError, match="hash mismatch"):
        store.add_path(source, "wrong", expected=hash_bytes("sha256", b""))


def test_register_is_all_or_nothing(store: LocalStore) -> None:
    good = store.add_text("good", b"1")
    missing = StorePath("0" * 32 + "-missing")
    fresh = StorePath("1" * 32 + "-fresh")
    info = store.query(good)
    with pytest.raises(InvalidPath, match="not valid"):
        store.register(
            [
                PathInfo(
                    path=fresh,
                    nar_hash=info.nar_hash,
                    nar_size=1,
                    references=(missing,),
                )
            ]
        )
    assert not store.is_valid(fresh)
    with pytest.raises(InvalidPath):
        store.query(fresh)


def test_add_nar_refuses_other_content(store: LocalStore, tmp_path: Path) -> None:
    path = store.add_path(tree(tmp_path), "tree")
    info = store.query(path)
    pieces: list[bytes] = []
    nar.dump(store.real_path(path), pieces.append)
    archive = b"".join(pieces)
    other = LocalStore(tmp_path / "other")
    with pytest.raises(StoreError, match="hash mismatch"):
        other.add_nar(info, io.BytesIO(archive.replace(b"/bin/sh", b"/bin/ls")))
    assert not other.is_valid(path)
    assert list(other.folder.iterdir()) == []
    other.add_nar(info, io.BytesIO(archive))
    assert other.check(path)


def test_collection(store: LocalStore, tmp_path: Path) -> None:
    paths = {}

    def add(root: Path) -> None:
        # In a process of its own, so that no temporary root is left.
        inside = LocalStore(root)
        kept = inside.add_text("kept", b"1")
        user = inside.add_text("user", f"{kept}".encode(), [kept])
        inside.add_text("rubbish", f"{user}".encode(), [user])
        profile = inside.add_text("system", b"2")
        inside.roots.add_link(tmp_path / "result", user)
        profiles = inside.state / "profiles"
        profiles.mkdir()
        (profiles / "system-1-link").symlink_to(str(profile))
        (profiles / "system").symlink_to("system-1-link")
        (inside.folder / "leftover").write_text("half written")

    process = multiprocessing.get_context("fork").Process(target=add, args=(store.root,))
    process.start()
    process.join()
    paths = {path.name: path for path in store.database.all_paths()}
    assert set(collect(store, dry_run=True).paths) == {paths["rubbish"]}
    assert store.is_valid(paths["rubbish"])
    with pytest.raises(sqlite3.IntegrityError):
        delete(store, paths["kept"])
    assert collect(store).paths == (paths["rubbish"],)
    assert sorted(p.name for p in store.folder.iterdir()) == sorted(
        paths[name].base for name in ("kept", "user", "system")
    )
    real_nix_verifies(store)
    (tmp_path / "result").unlink()
    assert set(collect(store).paths) == {paths["kept"], paths["user"]}
    assert not list((store.state / "gcroots/auto").iterdir())


def test_temporary_roots_live_with_their_process(store: LocalStore) -> None:
    path = store.add_text("temporary", b"1")
    assert collect(store).paths == ()
    assert store.roots.find()[path] == [f"process {os.getpid()}"]


def test_verify_finds_damage(store: LocalStore) -> None:
    path = store.add_text("a", b"1")
    gone = store.add_text("b", b"2")
    store.real_path(path).chmod(0o644)
    store.real_path(path).write_bytes(b"x")
    remove_tree(store.real_path(gone))
    found = {str(problem) for problem in verify(store, contents=True)}
    assert found == {f"path '{path}' is modified", f"path '{gone}' is missing"}


def test_fresh_database_has_the_same_bytes(store: LocalStore, tmp_path: Path) -> None:
    a = store.add_text("a", b"1")
    b = store.add_text("b", f"{a}".encode(), [a])
    infos = store.closure([b])
    for name in ("one", "two"):
        write_fresh_database(tmp_path / name, infos if name == "one" else reversed(infos))
    first, second = (
        (tmp_path / name / "nix/var/nix/db/db.sqlite").read_bytes() for name in ("one", "two")
    )
    assert first == second
    copy = LocalStore(tmp_path / "one")
    assert [info.path for info in copy.closure([b])] == [info.path for info in infos]


def test_scanner_finds_digests_across_pieces() -> None:
    paths = [StorePath(f"{digit * 32}-p") for digit in "0123456789"]
    data = b"z" * 40 + b"".join(f"..{p.digest}/x".encode() for p in paths[:7]) + b"e"
    for size in (1, 7, 31, 32, 33, 1000):
        for candidates in (paths, paths[:2]):
            scanner = Scanner(candidates)
            for start in range(0, len(data), size):
                scanner.feed(data[start : start + size])
            assert scanner.found == tuple(p for p in candidates if p in paths[:7])


def test_lock_is_exclusive_and_leaves_nothing(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "l"), FileLock(tmp_path / "l")
    assert first.acquire()
    assert not second.acquire(wait=False)
    first.release()
    assert second.acquire(wait=False)
    second.release()
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_dead_processes_are_removed(store: LocalStore) -> None:
    dead = store.state / "builds/1-dead"
    dead.mkdir(parents=True)
    (dead / "file").touch()
    with store.scratch() as mine:
        store.remove_leftovers()
        assert mine.is_dir()
        assert not dead.exists()
    assert list((store.state / "builds").iterdir()) == []


def test_a_database_that_asks_for_another_writer(store: LocalStore) -> None:
    """The header's write version, of which SQLite knows 1 and 2; found by a changed byte."""
    store.add_text("x", b"text")
    store.database.connection.execute("pragma journal_mode=delete")
    store.database.close()
    file = store.state / "db/db.sqlite"
    data = bytearray(file.read_bytes())
    data[18] = 3
    file.write_bytes(data)
    with pytest.raises(StoreError, match="is damaged, or of a newer SQLite"):
        LocalStore(store.root)
