"""Release, index, fetching: against an archive served over HTTP, with each kind of trouble."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pysequoia
import pytest

from builder.debian.archive import Archive as Suite
from builder.debian.closure import closure
from builder.debian.errors import (
    BadSignature,
    DebianError,
    NotServed,
    ReleaseExpired,
    ReleaseMissing,
)
from builder.debian.fetch import fetch_file
from builder.debian.mirror import mirrors
from builder.debian.release import Release, archive_keys, fetch_release, verify
from builder.fetch.errors import FetchError, Truncated, WrongHash
from builder.fetch.expected import Expected
from tests.debian.conftest import Archive

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PACKAGES = """Package: app
Version: 1.0
Architecture: amd64
Filename: pool/a/app.deb
Size: 5
SHA256: 00
Depends: lib (>= 1)
Description: the app
 and more text
 Size: 99

Package: lib
Version: 1:2.0
Architecture: all
Filename: pool/l/lib.deb
Size: 6
SHA256: 01
Essential: yes
Multi-Arch: foreign
Provides: old-lib (= 2.0), any-lib

Package: lib
Version: 1:1.0
Architecture: all
Filename: pool/l/lib1.deb
Size: 6
SHA256: 02
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between attempts."""
    monkeypatch.setattr("builder.fetch.http._PAUSES", (0.0,))


def suite(archive: Archive, signed: bytes, cache: Path) -> Suite:
    return Suite(suite="test", release=Release.parse(signed), mirrors=(archive.url,), cache=cache)


def test_from_signature_to_package(archive: Archive, tmp_path: Path) -> None:
    signed = archive.publish(PACKAGES)
    got = fetch_release([archive.url], "test", keys=[archive.certificate], now=NOW)
    assert got == signed
    release = Release.parse(got)
    assert (release.codename, release.components) == ("test", ("main",))
    assert release.date == datetime(2026, 9, 12, 7, 55, 41, tzinfo=UTC)
    packages = suite(archive, got, tmp_path / "cache").packages("amd64")
    app, lib = packages.get("app"), packages.get("lib")
    assert app is not None and lib is not None
    assert (app.version, app.size, app.description) == ("1.0", 5, "the app")
    assert (lib.version, lib.essential, lib.multi_arch) == ("1:2.0", True, "foreign")
    assert packages.get("none") is None
    assert packages.names() == ("app", "lib")
    assert packages.nearest("ap") == [] or "app" in packages.nearest("ap")
    assert [(p.name, v) for p, v in packages.providers("old-lib")] == [("lib", "2.0")]
    assert [p.name for p in closure(packages, ["app"])] == ["app", "lib"]
    # Opened again, nothing is fetched.
    before = len(archive.requests)
    assert suite(archive, got, tmp_path / "cache").packages("amd64").names() == ("app", "lib")
    assert len(archive.requests) == before
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_by_hash_is_used_and_plain_is_the_fallback(archive: Archive, tmp_path: Path) -> None:
    signed = archive.publish(PACKAGES)
    index = archive.folder / "dists/test/main/binary-amd64"
    old = (index / "Packages.xz").read_bytes()
    (index / "Packages.xz").write_bytes(b"the next state")
    suite(archive, signed, tmp_path / "one").packages("amd64")
    (index / "Packages.xz").write_bytes(old)
    for file in (index / "by-hash/SHA256").iterdir():
        file.unlink()
    suite(archive, signed, tmp_path / "two").packages("amd64")
    (index / "Packages.xz").write_bytes(b"the next state")
    with pytest.raises(NotServed, match="as of 2026-09-12") as caught:
        suite(archive, signed, tmp_path / "three").packages("amd64")
    assert "update the lock" in (caught.value.hint or "")
    assert list((tmp_path / "three").iterdir()) == []


def test_signature_troubles(archive: Archive) -> None:
    signed = archive.publish(PACKAGES)
    keys = [archive.certificate]
    verify(signed, keys, "here")
    other = bytes(pysequoia.Tsk.generate(user_id="Other").extract_certificate())
    with pytest.raises(BadSignature, match="'here' is not signed by a key"):
        verify(signed, [other], "here")
    with pytest.raises(BadSignature):
        verify(signed.replace(b"Codename: test", b"Codename: evil"), keys, "here")
    with pytest.raises(BadSignature, match="not a signed release file"):
        verify(b"<html>login</html>", keys, "here")
    with pytest.raises(BadSignature):
        verify(signed[:200], keys, "here")
    (archive.folder / "dists/test/InRelease").write_bytes(signed)
    with pytest.raises(BadSignature):
        fetch_release([archive.url], "test", keys=[other], now=NOW)


def test_our_keys_are_certificates() -> None:
    keys = archive_keys()
    assert len(keys) == 3
    for key in keys:
        for cert in pysequoia.Cert.split_bytes(key):
            assert "Debian" in str(cert.user_ids[0])


def test_expired_and_missing(archive: Archive) -> None:
    archive.publish(PACKAGES, extra="Valid-Until: Sat, 19 Sep 2026 07:55:41 UTC\n")
    keys = [archive.certificate]
    with pytest.raises(ReleaseExpired, match="was valid until 2026-09-19"):
        fetch_release([archive.url], "test", keys=keys, now=NOW)
    with pytest.raises(ReleaseMissing, match="no mirror has the suite 'nosuch'"):
        fetch_release([archive.url], "nosuch", keys=keys, now=NOW)
    with pytest.raises(FetchError, match="cannot reach"):
        fetch_release(["http://127.0.0.1:1"], "test", keys=keys, now=NOW)


def test_unknown_component_and_architecture(archive: Archive, tmp_path: Path) -> None:
    made = suite(archive, archive.publish(PACKAGES), tmp_path)
    with pytest.raises(DebianError, match="no component 'nonfree' for architecture 'amd64'"):
        made.packages("amd64", ["nonfree"])
    with pytest.raises(DebianError, match="for architecture 'vax'"):
        made.packages("vax")


def test_fetch_file(archive: Archive, tmp_path: Path) -> None:
    digest, size = archive.add("pool/a/a+b_1%3a2.deb", b"content")
    right = Expected(sha256=digest, size=size)
    target = tmp_path / "got/file"
    fetch_file([f"{archive.url}/nothing", archive.url], "pool/a/a+b_1%3a2.deb", right, target)
    assert target.read_bytes() == b"content"
    target.unlink()
    with pytest.raises(NotServed, match="which the lock pins, any more"):
        fetch_file([archive.url], "pool/b", right, target)
    archive.add("pool/bad", b"conTent")
    with pytest.raises(WrongHash, match=f"wanted: sha256 {digest}, 7 bytes"):
        fetch_file([archive.url], "pool/bad", right, target)
    with pytest.raises(Truncated, match="4 of 7 bytes"):
        fetch_file([archive.url], "pool/cut", right, target)
    archive.add("pool/short", b"cont")
    with pytest.raises(WrongHash, match="4 bytes"):
        fetch_file([archive.url], "pool/short", right, target)
    archive.add("pool/long", b"content and more")
    with pytest.raises(WrongHash, match="more than 7"):
        fetch_file([archive.url], "pool/long", right, target)
    assert list((tmp_path / "got").iterdir()) == []


def test_mirror_order(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    with pytest.raises(DebianError, match="no Debian mirror is known") as caught:
        mirrors(None, {}, tmp_path)
    assert "NEVE_DEBIAN_MIRROR" in (caught.value.hint or "")
    (tmp_path / "sources.list").write_text(
        "# deb http://a.example/debian x main\n"
        "deb [arch=amd64 signed-by=/k] http://tools.example/linux/debian x stable\n"
        "deb http://s.example/debian-security x-security main\n"
        "deb-src http://c.example/debian x main\n"
        "deb [arch=amd64] http://b.example/debian/ x main contrib # more\n"
    )
    (tmp_path / "sources.list.d/d.sources").write_text(
        "Types: deb\nEnabled: no\nURIs: http://e.example/debian\nSuites: x\nComponents: main\n\n"
        "# a remark\nTypes: deb deb-src\nURIs: http://d.example/debian\nSuites: x\n"
        "Components: main\n non-free\n"
    )
    env = {"NEVE_DEBIAN_MIRROR": "http://env.example/debian"}
    assert mirrors("http://in.example/d/", env, tmp_path) == (
        "http://in.example/d",
        "http://env.example/debian",
        "http://b.example/debian",
    )
    (tmp_path / "sources.list").unlink()
    assert mirrors(None, {}, tmp_path) == ("http://d.example/debian",)


def test_damaged_index_is_named(archive: Archive, tmp_path: Path) -> None:
    """A package that lacks something, when it is asked for; one without a name at once."""
    made = suite(archive, archive.publish("Package: x\nVersion: 1\n"), tmp_path)
    packages = made.packages("amd64")
    assert packages.names() == ("x",)
    with pytest.raises(DebianError, match="stanza without a good 'Architecture'"):
        packages.get("x")


def test_index_with_a_nameless_stanza(archive: Archive, tmp_path: Path) -> None:
    made = suite(archive, archive.publish("Version: 1\n"), tmp_path)
    with pytest.raises(DebianError, match="stanza without a good 'Package'"):
        made.packages("amd64")
    assert not list(tmp_path.glob("packages*"))
