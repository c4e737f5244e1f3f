"""A hash of known algorithm, in each of the notations that Nix reads and writes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path

from builder.store import base32
from builder.store.errors import FormatError

SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
"""The algorithms and the size of their digests in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hash:
    """A digest and the algorithm that made it.

    Raises FormatError at construction when the algorithm is unknown or the
    digest is not of its size.
    """

    algo: str  # a key of SIZES
    digest: bytes

    def __post_init__(self) -> None:
        if self.algo not in SIZES:
            raise FormatError(
                f"unknown hash algorithm '{self.algo}', expect one of {', '.join(sorted(SIZES))}"
            )
        if len(self.digest) != SIZES[self.algo]:
            raise FormatError(
                f"a {self.algo} hash has {SIZES[self.algo]} bytes, this one {len(self.digest)}"
            )

    @property
    def base16(self) -> str:
        """The digest in lower-case hexadecimal, without the algorithm."""
        return self.digest.hex()

    @property
    def base32(self) -> str:
        """The digest in Nix's base 32, without the algorithm."""
        return base32.encode(self.digest)

    @property
    def base64(self) -> str:
        """The digest in padded base 64, without the algorithm."""
        return base64.b64encode(self.digest).decode("ascii")

    @property
    def sri(self) -> str:
        """``<algo>-<base64>``, the notation of subresource integrity."""
        return f"{self.algo}-{self.base64}"

    def __str__(self) -> str:
        return f"{self.algo}:{self.base16}"

    @staticmethod
    def parse(text: str, algo: str | None = None) -> Hash:
        """Read any notation: SRI, ``algo:digest``, or a bare digest when `algo` is given.

        The digest is base 16, Nix's base 32 or base 64, told apart by its
        length. Raises FormatError when it is none of these, or when `text`
        names another algorithm than `algo`.
        """
        named, separator, rest = text.partition(":")
        is_sri = False
        if not separator:
            named, separator, rest = text.partition("-")
            is_sri = bool(separator) and named in SIZES
            if not is_sri:
                named, rest = "", text
        if not named and algo is None:
            raise FormatError(
                f"hash '{text}' does not say its algorithm; write it as 'sha256-<base64>' "
                "or 'sha256:<digest>'"
            )
        if named and algo is not None and named != algo:
            raise FormatError(f"hash '{text}' should be of type '{algo}'")
        chosen = named or algo or ""
        if chosen not in SIZES:
            raise FormatError(
                f"hash '{text}' has the unknown algorithm '{chosen}', "
                f"expect one of {', '.join(sorted(SIZES))}"
            )
        return Hash(algo=chosen, digest=_decode(text, rest, SIZES[chosen], is_sri))


def _decode(text: str, digest: str, size: int, is_sri: bool) -> bytes:
    try:
        if not is_sri and len(digest) == size * 2:
            return bytes.fromhex(digest)
        if not is_sri and len(digest) == base32.encoded_length(size):
            return base32.decode(digest)
        if len(digest) == (size + 2) // 3 * 4:
            decoded = base64.b64decode(digest, validate=True)
            if len(decoded) == size:
                return decoded
    except (ValueError, binascii.Error):
        pass
    raise FormatError(
        f"hash '{text}' has a digest of {len(digest)} characters that is neither base 16 "
        f"({size * 2}), base 32 ({base32.encoded_length(size)}) nor base 64 "
        f"({(size + 2) // 3 * 4})"
    )


def hash_bytes(algo: str, data: bytes) -> Hash:
    """The hash of `data`; raises FormatError for an unknown algorithm."""
    hasher = _begun(algo)
    hasher.update(data)
    return Hash(algo=algo, digest=hasher.digest())


def hash_file(algo: str, file: Path) -> Hash:
    """The hash of a file's bytes; raises FormatError for an unknown algorithm."""
    with file.open("rb") as source:
        digest = hashlib.file_digest(source, lambda: _begun(algo)).digest()
    return Hash(algo=algo, digest=digest)


def _begun(algo: str) -> hashlib._Hash:
    if algo not in SIZES:
        raise FormatError(f"unknown hash algorithm '{algo}'")
    return hashlib.new(algo, usedforsecurity=False)
