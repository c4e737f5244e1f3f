"""Paths from caches that work, that are dead, and that lie."""

from __future__ import annotations

import os
import signal
import sqlite3
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest

from builder.store.cache.errors import CacheError, GivenUp
from builder.store.cache.memory import Memory
from builder.store.verify import verify
from tests.store.cache.conftest import FileServer, World


def archive_of(world: World, folder: Path) -> Path:
    """The largest archive: the tree's."""
    return max((folder / "nar").iterdir(), key=lambda file: file.stat().st_size)


@pytest.mark.parametrize("method", ["none", "xz", "zstd"])
def test_a_closure_comes_whole(world: World, tmp_path: Path, method: str) -> None:
    url = f"file://{tmp_path}/cache"
    world.fill(world.cache(f"{url}?compression={method}"))
    assert world.take(url) == {world.tree, world.middle, world.top}
    assert world.watch.came == ["tree", "middle", "top"]
    assert list(verify(world.empty, contents=True)) == []
    assert world.empty.query(world.top).signatures[0].startswith("test-1:")
    assert world.empty.references(world.top) == (world.middle,)
    assert not world.watch.warnings
    assert not list((world.empty.state / "builds").iterdir())


def test_pushing_again_sends_nothing(world: World, tmp_path: Path) -> None:
    cache = world.cache(str(tmp_path / "cache"))
    world.fill(cache)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "cache").rglob("*")}
    assert not any(cache.add(world.full, i, []) for i in world.full.closure([world.top]))
    assert before == {file: file.stat().st_mtime_ns for file in (tmp_path / "cache").rglob("*")}


def test_only_what_a_trusted_key_signed_is_taken(world: World, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/cache"
    world.name_by_inputs()
    world.fill(world.cache(url), sign=False)
    assert world.take(url) == set()
    assert any("has no signature of a trusted key" in text for text in world.watch.warnings)
    assert world.take(url, needs_signatures=False) == {world.tree, world.middle, world.top}


def test_a_path_that_follows_from_its_content_needs_no_signature(
    world: World, tmp_path: Path
) -> None:
    url = f"file://{tmp_path}/cache"
    world.fill(world.cache(url), sign=False)
    assert len(world.take(url)) == 3


def test_a_content_that_is_told_wrongly_is_refused(world: World, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/cache"
    world.fill(world.cache(url), sign=False)
    file = tmp_path / f"cache/{world.middle.digest}.narinfo"
    other = (tmp_path / f"cache/{world.top.digest}.narinfo").read_text()
    # The promise of one path, the archive of another.
    lines = {line.partition(":")[0]: line for line in other.splitlines()}
    text = file.read_text()
    for key in ("URL", "FileHash", "FileSize", "NarHash", "NarSize"):
        mine = next(line for line in text.splitlines() if line.startswith(f"{key}:"))
        text = text.replace(mine, lines[key])
    file.write_text(text)
    assert world.take(url) == {world.tree}
    assert "does not have the content that its narinfo tells" in world.watch.warnings[0]


def test_a_trusted_cache_needs_no_signature(world: World, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/cache?trusted=true"
    world.name_by_inputs()
    world.fill(world.cache(url), sign=False)
    assert len(world.take(url)) == 3


def test_a_wrong_signature_is_none(world: World, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/cache"
    world.name_by_inputs()
    world.fill(world.cache(url))
    file = tmp_path / f"cache/{world.top.digest}.narinfo"
    text = file.read_text()
    file.write_text(text.replace("References: ", f"References: {world.tree.base} "))
    assert world.take(url) == set()


@pytest.mark.parametrize("trouble", ["flipped", "cut", "longer", "gone", "not compressed"])
def test_a_lying_cache_costs_a_warning_and_the_next_is_asked(
    world: World, tmp_path: Path, trouble: str
) -> None:
    for name in ("liar", "honest"):
        world.fill(world.cache(str(tmp_path / name)))
    file = archive_of(world, tmp_path / "liar")
    data = file.read_bytes()
    match trouble:
        case "flipped":
            file.write_bytes(data[:1000000] + bytes([data[1000000] ^ 1]) + data[1000001:])
        case "cut":
            file.write_bytes(data[:1000000])
        case "longer":
            file.write_bytes(data + data)
        case "gone":
            file.unlink()
        case "not compressed":
            file.write_bytes(b"hello")
    liar, honest = f"file://{tmp_path}/liar?priority=1", f"file://{tmp_path}/honest"
    assert world.tree not in world.take(liar)
    assert len(world.watch.warnings) == 1
    world.watch.warnings.clear()
    assert world.take(liar, honest) == {world.tree, world.middle, world.top}
    assert len(world.watch.warnings) == 1 and "liar" in world.watch.warnings[0]
    assert list(verify(world.empty, contents=True)) == []


def test_a_dead_cache_is_asked_once(world: World, web: FileServer, tmp_path: Path) -> None:
    world.fill(world.cache(str(tmp_path / "cache")))
    web.trouble = lambda handler: None if handler.path == "/nix-cache-info" else 500
    (web.folder / "nix-cache-info").write_text("StoreDir: /nix/store\nPriority: 1\n")
    nobody = "http://127.0.0.1:1"
    got = world.take(web.url, nobody, f"file://{tmp_path}/cache")
    assert len(got) == 3
    assert [text.partition(": ")[2] for text in world.watch.warnings if nobody in text]
    assert len([text for text in world.watch.warnings if web.url in text]) == 1
    assert len(web.seen) == 4  # its description, and three attempts at the first question


def test_a_broken_transfer_goes_on_where_it_broke(world: World, web: FileServer) -> None:
    world.fill(world.cache(str(web.folder)))
    name = "/nar/" + archive_of(world, web.folder).name
    web.cuts = {name: 1 << 20}
    assert len(world.take(web.url)) == 3
    assert not world.watch.warnings
    assert web.seen.count(f"GET {name}") == 2


def test_what_refers_to_nothing_comes_while_other_paths_are_asked_for(
    world: World, web: FileServer
) -> None:
    side = world.full.add_text("side", b"it stands alone")
    world.top = world.full.add_text("wide", f"{side} {world.top}".encode(), [side, world.top])
    world.fill(world.cache(str(web.folder)))
    (url,) = (
        line.removeprefix("URL: ")
        for line in (web.folder / f"{side.digest}.narinfo").read_text().splitlines()
        if line.startswith("URL: ")
    )
    comes = Event()

    def trouble(handler: BaseHTTPRequestHandler) -> int | None:
        if handler.path == f"/{url}":
            comes.set()
        if handler.path == f"/{world.tree.digest}.narinfo":
            return None if comes.wait(30) else 500
        return None

    web.trouble = trouble
    assert len(world.take(web.url)) == 5
    assert not world.watch.warnings


def test_what_refers_to_a_path_that_cannot_be_had_is_not_taken(
    world: World, tmp_path: Path
) -> None:
    world.fill(world.cache(str(tmp_path / "cache")))
    (tmp_path / f"cache/{world.middle.digest}.narinfo").unlink()
    assert world.take(f"file://{tmp_path}/cache") == set()


def test_references_in_a_circle_are_not_waited_for(world: World, tmp_path: Path) -> None:
    world.name_by_inputs()
    url = f"file://{tmp_path}/cache"
    world.fill(world.cache(url))
    file = tmp_path / f"cache/{world.tree.digest}.narinfo"
    lines = file.read_text().splitlines(keepends=True)
    told = (line for line in lines if not line.startswith(("References:", "CA:")))
    file.write_text("".join(told) + f"References: {world.top.base}\n")
    assert world.take(url, needs_signatures=False) == set()


def test_a_transfer_whose_process_dies_is_lost(
    world: World, web: FileServer, tmp_path: Path
) -> None:
    for url in (str(web.folder), str(tmp_path / "other")):
        world.fill(world.cache(url))
    name = "/nar/" + archive_of(world, web.folder).name
    before = children()

    def kill(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == name:
            (process,) = filter(lambda child: speaks(child, handler), children() - before)
            os.kill(process, signal.SIGKILL)

    web.trouble = kill
    assert len(world.take(f"{web.url}?priority=1", f"file://{tmp_path}/other")) == 3
    (warning,) = world.watch.warnings
    assert web.url in warning and "was killed by signal 9" in warning
    assert not list((world.empty.state / "builds").iterdir())
    assert children() == before


def children() -> set[int]:
    """The processes that this one has started."""
    found = Path("/proc/self/task").glob("*/children")
    return {int(word) for file in found for word in file.read_text().split()}


def speaks(process: int, handler: BaseHTTPRequestHandler) -> bool:
    """Whether `process` has the client's end of the handler's connection."""
    table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    end = f":{handler.client_address[1]:04X}"
    (inode,) = (row.split()[9] for row in table if row.split()[1].endswith(end))
    sockets = Path(f"/proc/{process}/fd").glob("*")
    return f"socket:[{inode}]" in {str(file.readlink()) for file in sockets}


def test_a_server_without_ranges_sends_all_again(world: World, web: FileServer) -> None:
    world.fill(world.cache(str(web.folder)))
    web.cuts = {"/nar/" + archive_of(world, web.folder).name: 1 << 20}
    web.knows_ranges = False
    assert len(world.take(web.url)) == 3


def test_a_cache_on_a_server_is_filled_by_put(world: World, web: FileServer) -> None:
    world.fill(world.cache(f"{web.url}?compression=xz"))
    assert len(world.take(web.url)) == 3
    assert "PUT /nix-cache-info" in web.seen


def test_answers_are_remembered_for_their_time(world: World, web: FileServer) -> None:
    clock = [1000.0]
    file = world.folder / "memory.sqlite"

    def ask() -> bool:
        memory = Memory(file, now=lambda: clock[0])
        try:
            return bool(world.substituter(web.url, memory=memory).ask(world.top))
        finally:
            memory.close()

    (web.folder / "nix-cache-info").write_text("StoreDir: /nix/store\n")
    assert not ask()
    world.fill(world.cache(str(web.folder)))
    assert not ask()  # an hour has not gone by
    clock[0] += 3600
    assert ask()
    web.seen.clear()
    clock[0] += 29 * 86400
    assert ask()
    assert not [line for line in web.seen if "narinfo" in line]


def test_a_damaged_memory_is_forgotten(world: World, web: FileServer) -> None:
    world.fill(world.cache(str(web.folder)))
    file = world.folder / "memory.sqlite"
    file.write_bytes(b"no database at all" * 100)
    memory = Memory(file)
    assert len(world.take(web.url, memory=memory)) == 3
    memory.close()
    rows = sqlite3.connect(file).execute("select count(*) from Answers").fetchone()
    assert rows == (3,)


def test_a_lie_is_not_remembered(world: World, web: FileServer) -> None:
    world.fill(world.cache(str(web.folder)))
    memory = Memory(world.folder / "memory.sqlite")
    archive = archive_of(world, web.folder)
    right = archive.read_bytes()
    archive.write_bytes(right[:-1000])
    assert world.tree not in world.take(web.url, memory=memory)
    archive.write_bytes(right)
    assert world.tree in world.take(web.url, memory=memory)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("gopher://x", "its scheme is 'gopher'"),
        ("/tmp?size=3", "a cache has no parameter 'size'"),
        ("s3://bucket", "does not say which service it is at"),
        ("s3://?endpoint=x", "needs a bucket"),
    ],
)
def test_what_is_no_cache(world: World, url: str, message: str) -> None:
    with pytest.raises(CacheError, match=message):
        world.cache(url)


def test_an_empty_folder_is_no_cache(world: World, tmp_path: Path) -> None:
    assert world.take(str(tmp_path)) == set()
    assert "it has no nix-cache-info; it is not asked" in world.watch.warnings[0]


@pytest.mark.parametrize("compression", ["none", "zstd", "xz"])
def test_what_is_given_up_leaves_nothing(world: World, tmp_path: Path, compression: str) -> None:
    cache = world.cache(f"{tmp_path / 'cache'}?compression={compression}")
    asked: list[bool] = []

    def is_given_up() -> bool:
        asked.append(True)
        return len(asked) > 2

    before = sorted(world.full.state.rglob("*"))
    with pytest.raises(GivenUp):
        cache.add(world.full, world.full.query(world.tree), [], is_given_up)
    assert sorted(world.full.state.rglob("*")) == before
    assert not (tmp_path / "cache").exists()
    assert cache.add(world.full, world.full.query(world.tree), [], lambda: False)
