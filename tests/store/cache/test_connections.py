"""Caches on servers that redirect, compress, hang up, and speak TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from builder.store.cache.errors import CacheError
from tests.flake.elsewhere import CERTIFICATE
from tests.store.cache.conftest import FileServer, World, running


def test_where_a_server_sends_us_is_followed(world: World, web: FileServer, tmp_path: Path) -> None:
    world.fill(world.cache(str(tmp_path / "elsewhere")))
    other = FileServer(tmp_path / "elsewhere")
    web.moved = lambda path: f"{other.url}{path}"
    with running(other):
        assert len(world.take(web.url)) == 3
    assert not world.watch.warnings
    assert set(web.seen) == set(other.seen)


def test_a_server_that_sends_us_in_circles_is_given_up(world: World, web: FileServer) -> None:
    web.moved = lambda path: path
    with pytest.raises(CacheError, match="it sends on more than 5 times"):
        assert world.cache(web.url).priority


def test_a_narinfo_that_travels_compressed_is_read(world: World, web: FileServer) -> None:
    world.fill(world.cache(str(web.folder)))
    web.zips = True
    assert len(world.take(web.url)) == 3


@pytest.mark.parametrize("zips", [False, True])
def test_a_small_file_that_is_long_is_refused(world: World, web: FileServer, zips: bool) -> None:
    web.zips = zips
    (web.folder / f"{world.top.digest}.narinfo").write_bytes(b"x" * (20 << 20))
    with pytest.raises(CacheError, match="it is longer than 1048576 bytes"):
        world.cache(web.url).query(world.top)


def test_a_narinfo_that_is_cut_is_refused(world: World, web: FileServer) -> None:
    world.fill(world.cache(str(web.folder)))
    web.zips = True
    web.zipped = -12  # gzip's trailer and the end of the stream
    with pytest.raises(CacheError, match="ended before the end-of-stream marker"):
        world.cache(web.url).query(world.top)


def test_a_connection_that_was_closed_meanwhile_is_opened_again(
    world: World, web: FileServer
) -> None:
    world.fill(world.cache(str(web.folder)))
    web.hangs_up = True
    assert len(world.take(web.url)) == 3
    assert not world.watch.warnings
    assert len(web.seen) == len(set(web.seen)) == 7  # what it is, three infos, three archives


def test_a_server_over_tls_must_have_a_certificate_that_is_believed(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.fill(world.cache(str(tmp_path / "cache")))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    server = FileServer(tmp_path / "cache", context)
    with running(server):
        monkeypatch.delenv("NIX_SSL_CERT_FILE", raising=False)
        with pytest.raises(CacheError, match="certificate verify failed"):
            assert world.cache(server.url).priority
        monkeypatch.setenv("NIX_SSL_CERT_FILE", str(CERTIFICATE))
        assert len(world.take(server.url)) == 3
