"""``builtin:fetch-deb`` and ``builtin:unpack-deb`` as derivations in a store."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from builder.fetch.cache import cache_folder
from builder.realise.errors import BuildError
from builder.realise.scheduler import Realiser
from builder.realise.settings import Settings
from builder.store.derivation import Derivation
from builder.store.hash_modulo import HashModulo
from builder.store.hashes import Hash
from builder.store.instantiate import instantiate
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.verify import verify
from tests.debian.conftest import Archive, Item, data_tar, make_deb

DEB = make_deb(
    lzma.compress(
        data_tar([Item("./usr/bin/x", b"x", mode=0o755), Item("./usr/share/doc/x/c", b"c")])
    )
)


def package(path: str, sha256: str, size: int) -> tuple[StorePath, dict[StorePath, Derivation]]:
    """The derivation that unpacks a package, and all derivations."""
    drvs: dict[StorePath, Derivation] = {}
    modulo = HashModulo(drvs.__getitem__)
    fetch, derivation = instantiate(
        name="x.deb",
        system="x86_64-linux",
        builder="builtin:fetch-deb",
        args=(),
        env={"path": path, "sha256": sha256, "size": str(size), "version": "1"},
        output_hash=Hash.parse(sha256, "sha256"),
        input_drvs={},
        modulo=modulo,
    )
    drvs[fetch] = derivation
    unpack, unpacking = instantiate(
        name="x-1",
        system="x86_64-linux",
        builder="builtin:unpack-deb",
        args=(),
        env={"deb": str(derivation.output_paths()["out"]), "version": "1"},
        outputs=("out", "doc"),
        input_drvs={fetch: ("out",)},
        modulo=modulo,
    )
    drvs[unpack] = unpacking
    return unpack, drvs


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("builder.fetch.http._PAUSES", (0.0,))


def realise(root: Path, archive: Archive, *package_: object) -> LocalStore:
    drv, drvs = package(*package_)  # type: ignore[arg-type]
    store = LocalStore(root)
    settings = Settings(mirrors=(archive.url,), jobs=1)
    outputs = Realiser(store, settings).realise([(drv, ("out", "doc"))], drvs)[drv]
    assert (store.real_path(outputs["out"]) / "usr/bin/x").read_text() == "x"
    assert (store.real_path(outputs["doc"]) / "usr/share/doc/x/c").read_text() == "c"
    return store


def test_fetched_once_for_two_stores(archive: Archive, tmp_path: Path) -> None:
    digest, size = archive.add("pool/x.deb", DEB)
    one = realise(tmp_path / "one", archive, "pool/x.deb", digest, size)
    two = realise(tmp_path / "two", archive, "pool/x.deb", digest, size)
    assert len(archive.requests) == 1
    assert one.database.all_paths() == two.database.all_paths()
    for store in (one, two):
        assert list(verify(store, contents=True)) == []
    cached = cache_folder({"XDG_CACHE_HOME": str(tmp_path / "cache")})
    (file,) = [path for path in cached.rglob("*") if path.is_file()]
    file.write_bytes(b"damaged in the cache"[:size].ljust(size, b"."))
    realise(tmp_path / "three", archive, "pool/x.deb", digest, size)
    assert len(archive.requests) == 2


def test_troubles_are_told(archive: Archive, tmp_path: Path) -> None:
    digest, size = archive.add("pool/x.deb", DEB)
    with pytest.raises(BuildError, match="which the lock pins, any more") as caught:
        realise(tmp_path / "a", archive, "pool/gone.deb", digest, size)
    assert "update the lock" in (caught.value.hint or "")
    archive.add("pool/x.deb", DEB[:-1] + b"!")
    with pytest.raises(BuildError, match=f"wanted: sha256 {digest}"):
        realise(tmp_path / "b", archive, "pool/x.deb", digest, size)
    bad, length = archive.add("pool/bad.deb", DEB[: len(DEB) // 2])
    with pytest.raises(BuildError, match=r"cannot unpack '.*x\.deb'"):
        realise(tmp_path / "c", archive, "pool/bad.deb", bad, length)
    for name in "abc":
        store = LocalStore(tmp_path / name)
        assert not [p for p in store.database.all_paths() if p.name in ("x-1", "x-1-doc")]
        assert not list((store.state / "builds").iterdir())
