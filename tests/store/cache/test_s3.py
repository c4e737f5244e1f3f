"""Signed requests: by the known example of the service's own documentation, and to a server
that signs anew what it received and compares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builder.store.cache.binary_cache import BinaryCache
from builder.store.cache.errors import CacheError
from builder.store.cache.s3 import Credentials, Signer, signer_for
from tests.store.cache.conftest import FileServer, World, running

EMPTY = hashlib.sha256().hexdigest()
WHO = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "hidden"}


def test_the_signature_of_a_request_worked_out_by_hand() -> None:
    """Every step by the specification, without the code under test."""
    import hmac

    moment = datetime(2013, 5, 24, tzinfo=UTC)
    signer = Signer(
        base="https://s3.test/box",
        region="eu-x",
        credentials=Credentials(key="AKID", secret="hidden"),
        now=lambda: moment,
    )
    headers = signer("GET", "https://s3.test/box/a.narinfo", EMPTY)
    request = (
        f"GET\n/box/a.narinfo\n\nhost:s3.test\nx-amz-content-sha256:{EMPTY}\n"
        f"x-amz-date:20130524T000000Z\n\nhost;x-amz-content-sha256;x-amz-date\n{EMPTY}"
    )
    text = (
        "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/eu-x/s3/aws4_request\n"
        + hashlib.sha256(request.encode()).hexdigest()
    )
    key = b"AWS4hidden"
    for word in (b"20130524", b"eu-x", b"s3", b"aws4_request"):
        key = hmac.digest(key, word, "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    assert headers["authorization"].endswith(f"Signature={signature}")
    assert "hidden" not in repr(signer)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[FileServer]:
    """Refuses what is not signed by the one who holds `WHO`."""
    folder = tmp_path / "service"
    folder.mkdir()
    server = FileServer(folder)

    def check(handler: Any) -> int | None:
        when = datetime.strptime(handler.headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
        signer = Signer(
            base="",
            region="us-east-1",
            credentials=Credentials(key="AKID", secret="hidden"),
            now=lambda: when,
        )
        url = f"http://{handler.headers['Host']}{handler.path}"
        wanted = signer(handler.command, url, handler.headers["x-amz-content-sha256"])
        return None if handler.headers["Authorization"] == wanted["authorization"] else 401

    server.trouble = check
    with running(server):
        yield server


def cache(service: FileServer, who: dict[str, str]) -> BinaryCache:
    endpoint = service.url.removeprefix("http://")
    return BinaryCache(f"s3://box/deep?endpoint={endpoint}&scheme=http", who)


def test_a_cache_in_a_bucket(world: World, service: FileServer) -> None:
    world.fill(cache(service, WHO))
    assert (service.folder / f"box/deep/{world.top.digest}.narinfo").is_file()
    found = cache(service, WHO).query(world.top)
    assert found is not None and found.info.path == world.top
    cache(service, WHO).fetch(found, world.folder / "out")
    assert (world.folder / "out").read_text() == str(world.middle)


def test_someone_else_is_refused(world: World, service: FileServer) -> None:
    other = {**WHO, "AWS_SECRET_ACCESS_KEY": "guessed"}
    with pytest.raises(CacheError, match="it answers 401"):
        cache(service, other).query(world.top)


def test_credentials_come_from_the_shared_file_too(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    text = "[default]\naws_access_key_id = one\naws_secret_access_key = 1\n"
    text += "[work]\naws_access_key_id = two\naws_secret_access_key = 2\naws_session_token = t\n"
    (tmp_path / ".aws/credentials").write_text(text)
    home = {"HOME": str(tmp_path), "AWS_ENDPOINT_URL": "http://s3.test"}
    assert signer_for("b", "", {}, home).credentials == Credentials(key="one", secret="1")
    work = signer_for("b", "", {"profile": "work"}, {**home, **WHO})
    assert work.credentials == Credentials(key="two", secret="2", token="t")
    assert signer_for("b", "", {}, {**home, **WHO}).credentials == Credentials(
        key="AKID", secret="hidden"
    )
    assert signer_for("b", "", {}, {**home, "HOME": "/nowhere"}).credentials is None
    with pytest.raises(CacheError, match="has no profile 'play'"):
        signer_for("b", "", {"profile": "play"}, home)
