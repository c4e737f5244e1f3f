"""A store served as a cache, to ourselves and to the real Nix."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from builder.store.cache.server import CacheServer, Offering
from builder.store.gc import collect
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.roots import Roots
from builder.store.verify import verify
from tests.reference import nix
from tests.store.cache.conftest import World, running


@contextmanager
def serving(
    world: World, compression: str = "none", kind: type[LocalStore] = LocalStore
) -> Iterator[str]:
    root = world.full.root
    offering = Offering(open_store=lambda: kind(root), keys=[world.key], compression=compression)
    server = CacheServer(("127.0.0.1", 0), offering)
    with running(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"


@pytest.mark.parametrize("compression", ["none", "zstd", "xz"])
def test_neve_takes_from_neve(world: World, compression: str) -> None:
    with serving(world, compression) as url:
        assert len(world.take(url)) == 3
    assert not world.watch.warnings
    assert list(verify(world.empty, contents=True)) == []


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_the_real_nix_takes_from_neve(world: World, tmp_path: Path, compression: str) -> None:
    judge = replace(nix(), network=True)
    with serving(world, compression) as url:
        command = (
            "nix", "copy", "--store", str(tmp_path / "theirs"), "--from", url, str(world.top),
            "--option", "trusted-public-keys", str(world.key.public),
        )  # fmt: skip
        done = judge.run(*command, write=[tmp_path])
    assert done.status == 0, done.err
    theirs = LocalStore(tmp_path / "theirs")
    assert theirs.query(world.top).signatures == (world.key.sign(world.full.query(world.top)),)
    assert list(verify(theirs, contents=True)) == []


def test_the_real_nix_refuses_what_is_not_signed(world: World, tmp_path: Path) -> None:
    world.name_by_inputs()
    with serving(world) as url:
        command = ("nix", "copy", "--store", str(tmp_path / "theirs"), "--from", url)
        judge = replace(nix(), network=True)
        done = judge.run(*command, str(world.top), write=[tmp_path])
    assert done.status != 0 and "lacks a signature" in done.err, done.err


def test_both_read_what_the_other_pushed(world: World, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    world.fill(world.cache(str(ours)))
    keys = ("--option", "trusted-public-keys", str(world.key.public))
    root = str(tmp_path / "root")
    done = nix().run(
        "nix", "copy", "--store", root, "--from", f"file://{ours}", str(world.top), *keys,
        write=[tmp_path],
    )  # fmt: skip
    assert done.status == 0, done.err
    done = nix().run(
        "nix", "copy", "--store", root, "--to", f"file://{theirs}", str(world.top),
        write=[tmp_path],
    )  # fmt: skip
    assert done.status == 0, done.err
    assert len(world.take(f"file://{theirs}")) == 3
    assert not world.watch.warnings


def test_ranges_and_what_is_not_there(world: World) -> None:
    info = world.full.query(world.tree)
    name = f"nar/{world.tree.digest}-{info.nar_hash.base32}.nar"
    with serving(world) as url:
        whole = urllib.request.urlopen(f"{url}/{name}").read()
        request = urllib.request.Request(f"{url}/{name}", headers={"Range": "bytes=2000000-"})
        answer = urllib.request.urlopen(request)
        assert (answer.status, answer.read()) == (206, whole[2000000:])
        for missing in ("", "x", f"{'0' * 32}.narinfo", name.replace(".nar", ".nar.xz")):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{url}/{missing}")
    assert len(whole) == info.nar_size


def test_the_key_signs_what_it_serves(world: World) -> None:
    with serving(world) as url:
        found = world.cache(url).query(world.top)
    assert found is not None
    assert replace(found.info, signatures=()) == replace(
        world.full.query(world.top), ultimate=False, registration_time=0
    )


def test_an_answer_on_a_kept_connection_does_not_wait(world: World) -> None:
    """Its head and its body must not be two small packets: the second one would be held back
    until the client's system has acknowledged the first, which takes its time: 40 ms."""
    with serving(world, "zstd") as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        names = [f"/{world.top.digest}.narinfo", f"/{world.middle.digest}.narinfo"]
        took = []
        for number in range(12):
            begun = time.monotonic()
            connection.request("GET", names[number % 2])
            assert connection.getresponse().read().startswith(b"StorePath: ")
            took.append(time.monotonic() - begun)
        connection.close()
    assert min(took[2:]) < 0.03, took


class LateRoots(Roots):
    """Is overtaken by a collection each time."""

    def add_temporary(self, paths: Iterable[StorePath]) -> None:
        collect(LocalStore(self.root))
        super().add_temporary(paths)


class LateStore(LocalStore):
    """Keeps paths too late."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.roots = LateRoots(root)


def test_what_was_collected_since_it_was_looked_up_is_not_there(world: World) -> None:
    LocalStore(world.full.root).roots.add_temporary([])  # the roots of who made it are gone
    info = world.full.query(world.top)
    name = f"nar/{world.top.digest}-{info.nar_hash.base32}.nar"
    with serving(world, kind=LateStore) as url, pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{url}/{name}")
    assert not world.full.is_valid(world.top)


def test_threads_share_the_roots_of_what_they_send(world: World) -> None:
    """A thread does not empty the file in which another has put the path that it sends."""
    LocalStore(world.full.root).roots.add_temporary([])
    info = world.full.query(world.top)
    assert info.references
    with serving(world) as url:
        parts = urlsplit(url)
        asked = []
        for path in (world.top, *info.references):
            name = f"{path.digest}-{world.full.query(path).nar_hash.base32}.nar"
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
            connection.request("GET", f"/nar/{name}")
            connection.getresponse().read()
            asked.append(connection)  # kept, and so is its thread
        assert {world.top, *info.references} <= set(world.full.roots.find())
        for connection in asked:
            connection.close()


def test_what_was_told_of_is_there_when_it_is_fetched(world: World) -> None:
    """A collection comes between the question and the answer's use."""
    LocalStore(world.full.root).roots.add_temporary([])  # the roots of who made it are gone
    with serving(world) as url:
        with urllib.request.urlopen(f"{url}/{world.top.digest}.narinfo") as answer:
            (name,) = (line[5:] for line in answer.read().decode().splitlines() if "URL:" in line)
        assert collect(LocalStore(world.full.root)).paths == ()
        with urllib.request.urlopen(f"{url}/{name}") as answer:
            assert len(answer.read()) == world.full.query(world.top).nar_size
