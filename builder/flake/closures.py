"""Closures from binary caches, for `fetchClosure`.

A cache is a folder or a server that has ``HASH.narinfo`` for each store path,
lines of ``Key: value``, and the archives that those name.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from builder.fetch.errors import FetchError
from builder.fetch.http import read
from builder.lang.errors import EvalError
from builder.store.errors import FormatError, StoreError
from builder.store.hashes import Hash
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import STORE_DIR, StorePath, make_fixed_output_path

_LARGEST = 4 << 30  # bytes of an archive
_OPENERS: Mapping[str, Callable[[bytes], bytes]] = {
    "none": lambda data: data,
    "": bz2.decompress,  # what caches meant before they said it
    "bzip2": bz2.decompress,
    "xz": lzma.decompress,
    "gzip": gzip.decompress,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What a cache says of a path: its facts, and where and how its archive lies."""

    info: PathInfo
    url: str
    compression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryCache:
    """The cache at `url` (http, https or file). Everything raises `EvalError`."""

    url: str

    def copy(self, wanted: StorePath, store: LocalStore) -> None:
        """Add a path and all it refers to, those first, to `store`."""
        waiting, entries = [wanted], dict[StorePath, _Entry]()
        while waiting:
            path = waiting.pop()
            if path in entries or store.is_valid(path):
                continue
            entries[path] = entry = self._entry(path)
            waiting.extend(other for other in entry.info.references if other != path)
        done: set[StorePath] = set()

        def add(path: StorePath) -> None:
            if path in done or path not in entries:
                return
            done.add(path)
            for other in entries[path].info.references:
                add(other)
            self._add(entries[path], store)

        add(wanted)

    def _read(self, name: str, limit: int) -> bytes:
        try:
            return read(f"{self.url.rstrip('/')}/{name}", limit=limit)
        except FetchError as error:
            raise EvalError(f"cannot read the binary cache '{self.url}': {error}") from None

    def _entry(self, path: StorePath) -> _Entry:
        text = self._read(f"{path.base[:32]}.narinfo", 1 << 20).decode("utf-8", "replace")
        facts = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
        try:
            names = facts.get("References", "").split()
            info = PathInfo(
                path=StorePath.parse(facts["StorePath"]),
                nar_hash=Hash.parse(facts["NarHash"], "sha256"),
                nar_size=int(facts["NarSize"]),
                references=tuple(sorted(StorePath.parse(f"{STORE_DIR}/{n}") for n in names)),
                ca=facts.get("CA"),
            )
            _check_content_address(info)
            return _Entry(
                info=info, url=facts["URL"], compression=facts.get("Compression", "bzip2")
            )
        except (KeyError, ValueError, FormatError) as error:
            raise EvalError(f"the binary cache '{self.url}' describes '{path}' wrongly: {error}") \
                from None  # fmt: skip

    def _add(self, entry: _Entry, store: LocalStore) -> None:
        if entry.compression not in _OPENERS:
            raise EvalError(
                f"'{entry.info.path}' is compressed with '{entry.compression}'; "
                f"only {', '.join(sorted(filter(None, _OPENERS)))} can be read"
            )
        try:
            data = _OPENERS[entry.compression](self._read(entry.url, _LARGEST))
            store.add_nar(entry.info, io.BytesIO(data))
        except (OSError, EOFError, lzma.LZMAError, StoreError) as error:
            raise EvalError(f"cannot add '{entry.info.path}': {error}") from None


def _check_content_address(info: PathInfo) -> None:
    """Insist on a path that its own content names: nobody's word is needed for it."""
    kind, _, rest = (info.ca or "").partition(":")
    if kind == "fixed" and rest.startswith("r:") and not info.references:
        content = Hash.parse(rest[2:])
        made = make_fixed_output_path(info.path.name, content, recursive=True)
        if content == info.nar_hash and made == info.path:
            return
    raise EvalError(
        f"The 'fromPath' value '{info.path}' is input-addressed, but 'inputAddressed' is set to "
        "'false' (default); only paths that are addressed by their archive's hash are taken"
    )
