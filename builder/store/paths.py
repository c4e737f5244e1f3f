"""Store paths: their grammar, and how each kind is computed from what it names.

A path is ``/nix/store/<32 letters of base 32>-<name>``. The letters are 160
bits folded from a SHA-256 over ``<type>:sha256:<inner hash>:/nix/store:<name>``
("Store Path Specification" of the Nix manual).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from builder.store import base32
from builder.store.errors import FormatError
from builder.store.hashes import Hash, hash_bytes

STORE_DIR = "/nix/store"
DIGEST_LENGTH = 32  # letters
_PREFIX = STORE_DIR + "/"
_BASE = re.compile(r"[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+\-._?=]{1,211}\Z")
_BAD_NAME = re.compile(r"\.\.?(-|\Z)")


@dataclass(frozen=True, slots=True, order=True)
class StorePath:
    """A path directly under the store; `base` is its last component.

    Raises FormatError at construction when `base` is not ``<digest>-<name>``.
    """

    base: str

    def __post_init__(self) -> None:
        if _BASE.match(self.base) is None or _BAD_NAME.match(self.base, DIGEST_LENGTH + 1):
            raise FormatError(
                f"'{self.base}' is not the name of a store path: expect 32 letters of base 32, "
                "a dash, and up to 211 of the characters A-Z a-z 0-9 + - . _ ? ="
            )

    @property
    def digest(self) -> str:
        """The 32 letters by which other files refer to this path."""
        return self.base[:DIGEST_LENGTH]

    @property
    def name(self) -> str:
        """What stands after the digest and its dash."""
        return self.base[DIGEST_LENGTH + 1 :]

    @property
    def is_derivation(self) -> bool:
        """Whether the path names a ``.drv`` file."""
        return self.base.endswith(".drv")

    def __str__(self) -> str:
        return _PREFIX + self.base

    @staticmethod
    def parse(text: str) -> StorePath:
        """Read ``/nix/store/<digest>-<name>``; raises FormatError for anything else."""
        if not text.startswith(_PREFIX):
            raise FormatError(f"path '{text}' is not in the Nix store")
        return StorePath(text[len(_PREFIX) :])

    @staticmethod
    def split(text: str) -> tuple[StorePath, str]:
        """The store path that `text` lies in, and the rest ("" or "/…")."""
        if not text.startswith(_PREFIX):
            raise FormatError(f"path '{text}' is not in the Nix store")
        base, slash, rest = text[len(_PREFIX) :].partition("/")
        return StorePath(base), slash + rest


def check_name(name: str) -> None:
    """Raise FormatError, naming the fault, unless `name` may be a store path's name."""
    if not name:
        raise FormatError("name must not be empty")
    if len(name) > 211:
        raise FormatError(f"name '{name}' must be no longer than 211 characters")
    first, dash, _ = name.partition("-")
    if first in (".", ".."):
        why = f": first dash-separated component must not be '{first}'" if dash else ""
        raise FormatError(f"name '{name}' is not valid{why}")
    bad = re.search(r"[^0-9A-Za-z+\-._?=]", name)
    if bad:
        # It is a byte that Nix shows, whatever letter it belongs to.
        first_byte = bad.group().encode("utf-8", "surrogateescape")[:1]
        shown = first_byte.decode("utf-8", "surrogateescape")
        raise FormatError(f"name '{name}' contains illegal character '{shown}'")


def compress_hash(digest: bytes, size: int) -> bytes:
    """Fold `digest` to `size` bytes by exclusive or."""
    folded = 0
    for start in range(0, len(digest), size):
        folded ^= int.from_bytes(digest[start : start + size], "little")
    return folded.to_bytes(size, "little")


def make_store_path(kind: str, inner: Hash, name: str) -> StorePath:
    """The path of type `kind` with inner hash `inner`; raises FormatError for a bad name."""
    fingerprint = f"{kind}:{inner}:{STORE_DIR}:{name}"
    digest = compress_hash(hashlib.sha256(fingerprint.encode()).digest(), 20)
    base = f"{base32.encode(digest)}-{name}"
    try:
        check_name(name)
    except FormatError as error:
        raise FormatError(f"path '{base}' is not a valid store path: {error}") from None
    return StorePath(base)


def _with_references(kind: str, references: Iterable[StorePath], self_reference: bool) -> str:
    parts = [kind, *sorted({str(path) for path in references})]
    if self_reference:
        parts.append("self")
    return ":".join(parts)


def make_text_path(name: str, content: bytes, references: Iterable[StorePath] = ()) -> StorePath:
    """Where a text file with `content` that refers to `references` lies."""
    inner = hash_bytes("sha256", content)
    return make_hashed_text_path(name, inner, references)


def make_hashed_text_path(
    name: str, content: Hash, references: Iterable[StorePath] = ()
) -> StorePath:
    """Where a text file whose content has the SHA-256 `content` lies."""
    return make_store_path(_with_references("text", references, False), content, name)


def make_fixed_output_path(
    name: str,
    content: Hash,
    *,
    recursive: bool,
    references: Iterable[StorePath] = (),
    self_reference: bool = False,
) -> StorePath:
    """Where content of a known hash lies.

    `recursive`: `content` is the hash of its NAR, else of the one file's
    bytes. Only a recursive SHA-256 may have references; raises FormatError
    for others.
    """
    references = tuple(references)
    if recursive and content.algo == "sha256":
        return make_store_path(
            _with_references("source", references, self_reference), content, name
        )
    if references or self_reference:
        raise FormatError(
            f"fixed output '{name}' must not refer to store paths: only content that is "
            "hashed as a NAR by sha256 may"
        )
    method = "r:" if recursive else ""
    inner = hashlib.sha256(f"fixed:out:{method}{content}:".encode()).digest()
    return make_store_path("output:out", Hash(algo="sha256", digest=inner), name)


def output_path_name(name: str, output: str) -> str:
    """The name of output `output` of a derivation called `name`."""
    return name if output == "out" else f"{name}-{output}"


def make_output_path(output: str, modulo: Hash, name: str) -> StorePath:
    """Where output `output` of the derivation `name` lies; `modulo` is its hash modulo."""
    return make_store_path(f"output:{output}", modulo, output_path_name(name, output))
