"""Ed25519 keys, and what they sign: that a path has this content and these references.

Formats of Nix: a key is ``NAME:BASE64``, with 32 bytes when it is public and
64 (seed, then public key) when it is secret; a signature is ``NAME:BASE64`` of
64 bytes over the path's fingerprint.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.store.cache.errors import CacheError
from builder.store.info import PathInfo

_PUBLIC, _SECRET, _SIGNATURE = 32, 64, 64  # bytes


def fingerprint(info: PathInfo) -> bytes:
    """What is signed: path, NAR hash, NAR size and references."""
    references = ",".join(str(path) for path in info.references)
    hashed = f"{info.nar_hash.algo}:{info.nar_hash.base32}"
    return f"1;{info.path};{hashed};{info.nar_size};{references}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that somebody trusts."""

    name: str
    data: bytes

    @staticmethod
    def parse(text: str) -> PublicKey:
        """From ``NAME:BASE64``; raises CacheError."""
        name, data = _split(text, _PUBLIC, "public key")
        return PublicKey(name=name, data=data)

    def __str__(self) -> str:
        return f"{self.name}:{base64.b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretKey:
    """A key that signs; never shown."""

    name: str
    data: bytes = field(repr=False)

    @staticmethod
    def parse(text: str) -> SecretKey:
        """From ``NAME:BASE64``; raises CacheError, whose message does not have the key."""
        name, data = _split(text, _SECRET, "secret key", hidden=True)
        return SecretKey(name=name, data=data)

    @staticmethod
    def read(file: Path) -> SecretKey:
        """From a file; raises CacheError or OSError."""
        try:
            return SecretKey.parse(file.read_text(encoding="utf-8").strip())
        except CacheError as error:
            raise CacheError(f"'{file}': {error}", hint=error.hint) from None

    @staticmethod
    def generate(name: str) -> SecretKey:
        """A new key; raises CacheError for a name that a key cannot have."""
        from nacl.signing import SigningKey

        if not name or ":" in name or any(letter.isspace() for letter in name):
            raise CacheError(
                f"'{name}' cannot be a key's name", hint="use letters, digits, '.' and '-'"
            )
        made = SigningKey.generate()
        return SecretKey(name=name, data=bytes(made) + bytes(made.verify_key))

    @property
    def public(self) -> PublicKey:
        """Its other half."""
        return PublicKey(name=self.name, data=self.data[32:])

    def __str__(self) -> str:
        return f"{self.name}:{base64.b64encode(self.data).decode()}"

    def sign(self, info: PathInfo) -> str:
        """The signature of `info`."""
        from nacl.signing import SigningKey

        signature = SigningKey(self.data[:32]).sign(fingerprint(info)).signature
        return f"{self.name}:{base64.b64encode(signature).decode()}"


def signed(info: PathInfo, key: SecretKey) -> PathInfo:
    """`info` with a signature by `key`, in place of an older one of the same name."""
    others = [text for text in info.signatures if text.partition(":")[0] != key.name]
    return replace(info, signatures=tuple(sorted([*others, key.sign(info)])))


def is_trusted(info: PathInfo, keys: Iterable[PublicKey]) -> bool:
    """Whether one of `keys` has signed `info`."""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    known = {key.name: key for key in keys}
    for text in info.signatures:
        key = known.get(text.partition(":")[0])
        if key is None:
            continue
        try:
            _, signature = _split(text, _SIGNATURE, "signature")
            VerifyKey(key.data).verify(fingerprint(info), signature)
            return True
        except (CacheError, BadSignatureError):
            continue
    return False


def _split(text: str, size: int, what: str, *, hidden: bool = False) -> tuple[str, bytes]:
    name, _, rest = text.partition(":")
    shown = f"the {what} '{name}'" if hidden else f"'{text}'"
    try:
        data = base64.b64decode(rest, validate=True)
    except (ValueError, binascii.Error):
        data = b""
    if not name or len(data) != size:
        raise CacheError(
            f"{shown} is not a {what}",
            hint=f"write it as NAME:BASE64, with {size} bytes in base 64",
        )
    return name, data
