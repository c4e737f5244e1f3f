"""Access tokens: sent to the host that they are for, and to nobody else; whom TLS trusts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builder.fetch.errors import FetchError
from builder.fetch.http import read
from builder.flake.errors import FlakeError
from builder.flake.forges import HOSTS, Forge
from builder.flake.reference import FlakeRef
from builder.flake.source import Fetcher
from builder.store.local import LocalStore
from tests.flake.elsewhere import CERTIFICATE, Elsewhere, serving


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    monkeypatch.setenv("NIX_SSL_CERT_FILE", str(CERTIFICATE))
    with serving(tmp_path / "elsewhere") as made:
        made.commit("one", {"file": "x"})
        yield made


def _fetch(world: Elsewhere, kind: str, secrets: dict[str, str]) -> list[dict[str, str]]:
    """The headers of all questions that a fetch asks."""
    world.headers.clear()
    store = LocalStore(world.folder / "root")
    fetcher = Fetcher(store=store, environment={}, now=datetime.now(UTC), secrets=lambda: secrets)
    attributes = {"owner": "~o", "repo": "one", "host": world.host}
    fetcher.fetch(FlakeRef(type=kind, attributes=attributes), base=Path("/"))
    return world.headers


@pytest.mark.parametrize(
    ("kind", "token", "header", "value"),
    [
        ("github", "secret", "HTTP_AUTHORIZATION", "token secret"),
        ("gitlab", "PAT:secret", "HTTP_PRIVATE_TOKEN", "secret"),
        ("gitlab", "OAuth2:secret", "HTTP_AUTHORIZATION", "Bearer secret"),
        ("sourcehut", "secret", "HTTP_AUTHORIZATION", "Bearer secret"),
    ],
)
def test_its_own_host_is_told(
    world: Elsewhere, kind: str, token: str, header: str, value: str
) -> None:
    asked = _fetch(world, kind, {world.host: token, "other.example": "theirs"})
    assert len(asked) >= 2 and all(headers[header] == value for headers in asked)
    asked = _fetch(world, kind, {"other.example": "theirs"})
    assert not any("theirs" in str(headers) or header in headers for headers in asked)


def test_a_token_of_no_kind(world: Elsewhere) -> None:
    reference = FlakeRef(type="gitlab", attributes={"owner": "o", "repo": "r"})
    forge = Forge(reference=reference, tokens={HOSTS["gitlab"]: "secret"})
    with pytest.raises(FlakeError, match="is of the unknown kind 'secret'") as caught:
        forge.rev()
    assert "PAT:" in str(caught.value.hint)


def test_who_is_asked_next_is_told_nothing(world: Elsewhere) -> None:
    """A server may send us to another one; the secret does not go along."""
    world.redirects["/files/there"] = f"{world.http}/files/here"
    world.redirects["/files/within"] = f"{world.https}/files/here"
    (world.folder / "files/here").write_text("found")
    secret = {"Authorization": "token secret", "Private-token": "secret"}
    for path, is_told in (("within", True), ("there", False)):
        world.headers.clear()
        assert read(f"{world.https}/files/{path}", headers=secret) == b"found"
        first, last = world.headers
        assert first["HTTP_AUTHORIZATION"] == "token secret"
        assert ("HTTP_AUTHORIZATION" in last, "HTTP_PRIVATE_TOKEN" in last) == (is_told, is_told)


def test_nobody_is_trusted_unnamed(world: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its authority the server is not believed, and is asked only once."""
    monkeypatch.delenv("NIX_SSL_CERT_FILE")
    with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED") as caught:
        read(f"{world.https}/files/x")
    assert "NIX_SSL_CERT_FILE" in str(caught.value.hint)
    assert world.seen == []


def test_the_public_hosts(world: Elsewhere) -> None:
    """Where the types lead when no host is named, with a token and without."""
    rev = "0" * 40
    for kind, path in (
        ("github", f"/o/r/archive/{rev}.tar.gz"),
        ("gitlab", f"/api/v4/projects/o%2Fr/repository/archive.tar.gz?sha={rev}"),
        ("sourcehut", f"/o/r/archive/{rev}.tar.gz"),
    ):
        reference = FlakeRef(type=kind, attributes={"owner": "o", "repo": "r"})
        assert Forge(reference=reference, tokens={}).archive_url(rev) == (
            f"https://{HOSTS[kind]}{path}"
        )
    host = HOSTS["github"]
    known = Forge(
        reference=FlakeRef(type="github", attributes={"owner": "o", "repo": "r"}),
        tokens={host: "t"},
    )
    assert known.archive_url(rev) == f"https://api.{host}/repos/o/r/tarball/{rev}"
