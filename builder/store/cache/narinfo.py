"""A ``.narinfo`` file: what a cache tells of a path, and where its archive is.

Format of Nix: lines ``Key: value`` in any order; unknown keys are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from builder.store.cache.errors import CacheError
from builder.store.errors import FormatError
from builder.store.hashes import Hash
from builder.store.info import PathInfo
from builder.store.paths import STORE_DIR, StorePath

_LONGEST = 1 << 20  # bytes
_MOST = 1 << 50  # bytes of an archive that could be true
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
_SINGLE = frozenset(
    ["StorePath", "URL", "Compression", "FileHash", "FileSize", "NarHash", "NarSize",
     "References", "Deriver", "CA"]
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NarInfo:
    """`info` is the path's; the archive is the cache's file `url`, relative to its top."""

    info: PathInfo
    url: str
    compression: str = "none"
    file_hash: Hash | None = None
    file_size: int | None = None  # bytes

    def __str__(self) -> str:
        info = self.info
        lines = [
            f"StorePath: {info.path}",
            f"URL: {self.url}",
            f"Compression: {self.compression}",
        ]
        if self.file_hash is not None:
            lines.append(f"FileHash: {self.file_hash.algo}:{self.file_hash.base32}")
        if self.file_size is not None:
            lines.append(f"FileSize: {self.file_size}")
        lines += [
            f"NarHash: {info.nar_hash.algo}:{info.nar_hash.base32}",
            f"NarSize: {info.nar_size}",
            f"References: {' '.join(path.base for path in info.references)}",
        ]
        if info.deriver is not None:
            lines.append(f"Deriver: {info.deriver.base}")
        lines += [f"Sig: {signature}" for signature in info.signatures]
        if info.ca is not None:
            lines.append(f"CA: {info.ca}")
        return "".join(f"{line}\n" for line in lines)


def parse_narinfo(data: bytes, origin: str, wanted: StorePath | None = None) -> NarInfo:
    """What `data` says; `origin` names it in errors.

    Raises CacheError when it is damaged, or not about `wanted`.
    """
    try:
        found = _parse(data)
    except (FormatError, UnicodeDecodeError, ValueError) as error:
        raise CacheError(f"'{origin}' is not a narinfo file: {error}") from None
    if wanted is not None and found.info.path.digest != wanted.digest:
        raise CacheError(f"'{origin}' is about '{found.info.path}' and not about '{wanted}'")
    return found


def _parse(data: bytes) -> NarInfo:
    if len(data) > _LONGEST:
        raise ValueError(f"it has {len(data)} bytes")
    single: dict[str, str] = {}
    signatures = []
    for line in data.decode().splitlines():
        key, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"the line {line[:60]!r} has no colon")
        value = value.strip()
        if key == "Sig":
            signatures.append(value)
        elif key in single:
            raise ValueError(f"it has '{key}' twice")
        elif key in _SINGLE:
            single[key] = value
    for key in ("StorePath", "URL", "NarHash", "NarSize"):
        if not single.get(key):
            raise ValueError(f"it has no '{key}'")
    references = {StorePath.parse(f"{STORE_DIR}/{w}") for w in single.get("References", "").split()}
    deriver = single.get("Deriver", "")
    file_hash = single.get("FileHash", "")
    return NarInfo(
        info=PathInfo(
            path=StorePath.parse(single["StorePath"]),
            nar_hash=_sha256(single["NarHash"]),
            nar_size=_number("NarSize", single["NarSize"]),
            references=tuple(sorted(references)),
            deriver=_deriver(deriver),
            ca=single.get("CA") or None,
            signatures=tuple(sorted(set(signatures))),
        ),
        url=_url(single["URL"]),
        # Of the days before compression could be chosen.
        compression=single.get("Compression") or "bzip2",
        file_hash=Hash.parse(file_hash) if file_hash else None,
        file_size=_number("FileSize", single["FileSize"]) if single.get("FileSize") else None,
    )


def _sha256(text: str) -> Hash:
    found = Hash.parse(text)
    if found.algo != "sha256":
        raise ValueError(f"NarHash is a {found.algo} and not a sha256")
    return found


def _deriver(text: str) -> StorePath | None:
    if text in ("", "unknown-deriver"):
        return None
    return StorePath.parse(f"{STORE_DIR}/{text}")


def _number(key: str, text: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) > _MOST:
        raise ValueError(f"{key} is {text[:40]!r}")
    return int(text)


def _url(text: str) -> str:
    parts = text.split("/")
    if ".." in parts or "" in parts or ":" in parts[0] or "\0" in text:
        raise ValueError(f"the URL {text[:80]!r} leads out of the cache")
    return text
