"""Closures from store to store, also to and from the real Nix."""

from __future__ import annotations

import io
import random
import subprocess
from pathlib import Path

import pytest

from builder.store.cache.binary_cache import BinaryCache
from builder.store.errors import FormatError, InvalidPath, StoreError
from builder.store.export import export_paths, import_paths, in_order
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.verify import verify
from tests.reference import nix


def chain(store: LocalStore, length: int) -> list[StorePath]:
    paths: list[StorePath] = []
    for i in range(length):
        paths.append(store.add_text(f"p{i}", "".join(map(str, paths)).encode(), paths))
    return paths


def stream(store: LocalStore, path: StorePath) -> bytes:
    buffer = io.BytesIO()
    export_paths(store, store.closure([path]), buffer)
    return buffer.getvalue()


def test_round_trip(tmp_path: Path) -> None:
    one, two = LocalStore(tmp_path / "one"), LocalStore(tmp_path / "two")
    paths = chain(one, 6)
    infos = one.closure([paths[-1]])
    random.Random(1).shuffle(infos)
    assert [info.path for info in in_order(infos)] == paths
    data = stream(one, paths[-1])
    assert import_paths(two, io.BytesIO(data)) == paths
    assert import_paths(two, io.BytesIO(data)) == paths
    assert [i.references for i in two.closure(paths)] == [i.references for i in one.closure(paths)]
    assert list(verify(two, contents=True)) == []


def test_what_is_damaged_is_not_passed_on(tmp_path: Path) -> None:
    """As with Nix: neither as a stream, nor to a cache, which then has no narinfo of it."""
    one = LocalStore(tmp_path / "one")
    path = chain(one, 1)[0]
    info = one.query(path)
    one.real_path(path).chmod(0o644)
    one.real_path(path).write_bytes(b"damaged")
    place = tmp_path / "one"
    done = nix().run("nix-store", "--store", str(place), "--export", str(path), write=[place])
    assert done.status == 1 and "has changed" in done.err
    target = io.BytesIO()
    with pytest.raises(StoreError, match="is modified in the store"):
        export_paths(one, [info], target)
    with pytest.raises(FormatError):
        import_paths(LocalStore(tmp_path / "two"), io.BytesIO(target.getvalue()))
    cache = BinaryCache(f"file://{tmp_path}/cache", {})
    cache.prepare()
    with pytest.raises(StoreError, match="is modified in the store"):
        cache.add(one, info, [])
    assert cache.query(path) is None and not list((tmp_path / "cache").rglob("*.nar*"))


def test_the_real_nix_reads_and_writes_it(tmp_path: Path) -> None:
    one = LocalStore(tmp_path / "one")
    paths = chain(one, 3)
    data = stream(one, paths[-1])
    command = nix().argv("nix-store", "--store", str(tmp_path / "theirs"), write=[tmp_path])
    done = subprocess.run([*command, "--import"], input=data, capture_output=True, check=True)
    assert done.stdout.decode().split() == [str(path) for path in paths]
    out = subprocess.run([*command, "--export", *map(str, paths)], capture_output=True, check=True)
    assert out.stdout == data
    assert import_paths(LocalStore(tmp_path / "two"), io.BytesIO(out.stdout)) == paths


def test_damage_and_missing_references(tmp_path: Path) -> None:
    one, two = LocalStore(tmp_path / "one"), LocalStore(tmp_path / "two")
    paths = chain(one, 2)
    data = stream(one, paths[-1])
    for size in range(0, len(data), 40):
        with pytest.raises(FormatError):
            import_paths(two, io.BytesIO(data[:size]))
    with pytest.raises(StoreError):
        import_paths(two, io.BytesIO(data.replace(b"nix-archive-1", b"nix-archive-2")))
    buffer = io.BytesIO()
    export_paths(one, [one.query(paths[1])], buffer)
    with pytest.raises(InvalidPath):
        import_paths(LocalStore(tmp_path / "three"), io.BytesIO(buffer.getvalue()))
    assert not list((two.state / "builds").iterdir())
