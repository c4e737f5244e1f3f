"""A binary cache: store paths with their archives, at some place.

Layout of Nix: ``nix-cache-info``, ``<digest>.narinfo`` for each path, and the
archives below ``nar/``.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

from builder.store.cache.compression import SUFFIXES, compressing, decompressed, is_damage
from builder.store.cache.errors import CacheError, GivenUp
from builder.store.cache.keys import SecretKey, signed
from builder.store.cache.narinfo import NarInfo, parse_narinfo
from builder.store.cache.place import Place, find_place
from builder.store.canonical import canonicalise, inherits
from builder.store.content_address import has_content
from builder.store.errors import StoreError
from builder.store.hasher import Hasher
from builder.store.hashes import Hash
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.nar_restore import restore
from builder.store.outgoing import send
from builder.store.paths import STORE_DIR, StorePath
from builder.store.window import Window

INFO = "nix-cache-info"
_BLOCK = 1 << 17  # bytes of an archive that are hashed and unpacked at a time
_PRIORITY = 50  # of a cache that does not say
_SETTINGS = ("priority", "compression", "trusted", "want-mass-query", "secret-key")
_S3_SETTINGS = ("region", "endpoint", "scheme", "profile")


class BinaryCache:
    """The cache at a URL such as ``http://cache.example?priority=10``."""

    def __init__(self, url: str, environment: Mapping[str, str]) -> None:
        """Raises CacheError for a URL that names none, or a parameter that is not known."""
        self.place: Place
        self.place, self._settings = find_place(url, environment)
        self.url = self.place.url
        known = (*_SETTINGS, *_S3_SETTINGS) if url.startswith("s3:") else _SETTINGS
        for name in self._settings:
            if name not in known:
                raise CacheError(
                    f"'{url}': a cache has no parameter '{name}'", hint=f"it has {', '.join(known)}"
                )

    @property
    def is_trusted(self) -> bool:
        """Whether its paths need no signature."""
        return self._settings.get("trusted") in ("true", "1")

    @cached_property
    def _facts(self) -> dict[str, str]:
        data = self.place.read(INFO)
        if data is None:
            raise CacheError(
                f"'{self.url}' is not a binary cache: it has no {INFO}",
                hint="`neve store push` makes one in a folder",
            )
        lines = (line.partition(":") for line in data.decode("utf-8", "replace").splitlines())
        facts = {key: value.strip() for key, _, value in lines}
        if facts.get("StoreDir", STORE_DIR) != STORE_DIR:
            raise CacheError(f"cache '{self.url}' is for the store '{facts['StoreDir']}'")
        return facts

    @property
    def priority(self) -> int:
        """Lower comes first; raises CacheError when the cache does not answer."""
        text = self._settings.get("priority") or self._facts.get("Priority", "")
        return int(text) if re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) else _PRIORITY

    def query(self, path: StorePath) -> NarInfo | None:
        """What the cache has of `path`, None for nothing; raises CacheError."""
        name = f"{path.digest}.narinfo"
        data = self.place.read(name)
        return None if data is None else parse_narinfo(data, f"{self.url}/{name}", path)

    def fetch(
        self, found: NarInfo, tree: Path, seen: Callable[[int], None] = lambda size: None
    ) -> None:
        """Unpack the path's archive to `tree`, which must not exist; it is canonical then.

        `seen` is told of each piece of the plain archive, its size in bytes. Raises
        CacheError when it is not what `found` promises; a part of the tree may be there then.
        """
        info = found.info
        try:
            with (
                self.place.open(found.url) as raw,
                decompressed(raw, found.compression) as source,
                closing(Hasher("sha256")) as hasher,
            ):

                def more(_: int) -> bytes:
                    block = source.read(_BLOCK)
                    hasher.feed(block)
                    seen(len(block))
                    return block

                # Only the canonical archive of a tree is taken: its hash is the tree's.
                window = Window(more)
                restore(window, tree, canonical=True)
                if window.has(1):
                    raise CacheError(f"'{self.url}/{found.url}' goes on after its end")
                got, size = hasher.result(), hasher.size
            if inherits(tree.parent):
                canonicalise(tree)
        except StoreError as error:
            if isinstance(error, CacheError):
                raise
            raise CacheError(f"'{self.url}/{found.url}': {error}") from None
        except Exception as error:
            if not is_damage(error):
                raise
            raise CacheError(f"'{self.url}/{found.url}' is damaged: {error}") from None
        if (got, size) != (info.nar_hash, info.nar_size):
            raise CacheError(
                f"'{self.url}/{found.url}' is not '{info.path}':\n"
                f"  wanted: {info.nar_hash.sri}, {info.nar_size} bytes\n"
                f"  got:    {got.sri}, {size} bytes"
            )
        if not has_content(info, tree):
            raise CacheError(
                f"'{self.url}/{found.url}' does not have the content that its narinfo tells"
            )

    def prepare(self) -> None:
        """Make an empty place a cache; raises CacheError."""
        if self.place.read(INFO) is None:
            text = f"StoreDir: {STORE_DIR}\nWantMassQuery: 1\nPriority: {_PRIORITY}\n"
            with tempfile.TemporaryDirectory(prefix="neve-push-") as folder:
                file = Path(folder) / INFO
                file.write_text(text)
                self.place.put(INFO, file)

    def add(
        self,
        store: LocalStore,
        info: PathInfo,
        keys: Sequence[SecretKey],
        is_given_up: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Give the cache a path of `store`, signed by `keys`; whether it lacked it.

        The archive first: a narinfo never names one that is not there. Raises GivenUp soon
        after `is_given_up`, which is asked again and again, and StoreError for a path that is not
        what is registered.
        """
        name = f"{info.path.digest}.narinfo"
        if self.place.has(name):
            return False
        method = self._settings.get("compression", "zstd")
        for key in keys:
            info = signed(info, key)
        beside = store.state if store.database.writable else None
        with tempfile.TemporaryDirectory(prefix="neve-push-", dir=beside) as folder:
            packed = Path(folder) / "nar"
            with packed.open("wb") as target:
                archive = _Archive(target, is_given_up)
                writer = compressing(cast(BinaryIO, archive), method)
                send(store, info, writer.write)
                writer.close()
            file_hash = Hash(algo="sha256", digest=archive.digest())
            url = f"nar/{file_hash.base32}.nar{SUFFIXES[method]}"
            if not self.place.has(url):
                self.place.put(url, packed)
            listed = NarInfo(
                info=info,
                url=url,
                compression=method,
                file_hash=file_hash,
                file_size=packed.stat().st_size,
            )
            text = Path(folder) / "narinfo"
            text.write_text(str(listed), encoding="utf-8")
            self.place.put(name, text)
        return True


class _Archive:
    """A file that is hashed while it is written, until somebody gives up."""

    def __init__(self, target: BinaryIO, is_given_up: Callable[[], bool]) -> None:
        self._target = target
        self._is_given_up = is_given_up
        self._state = hashlib.sha256(usedforsecurity=False)
        self.digest = self._state.digest
        self.flush = target.flush

    def write(self, data: bytes) -> int:
        if self._is_given_up():
            raise GivenUp("it is not needed any more")
        self._state.update(data)
        return self._target.write(data)
