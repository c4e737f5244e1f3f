"""Hashes and their notations."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import Any

from builder.lang.builtins.opening import allowed, opening
from builder.lang.builtins.strings import to_bytes
from builder.lang.builtins.table import PURE, World
from builder.lang.errors import EvalError
from builder.lang.expect import want_attrs, want_for, want_plain, want_text
from builder.lang.host import Host
from builder.lang.operators import missing
from builder.lang.values import Builtin

_SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
ALGORITHMS = frozenset(_SIZES)
_ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz"


def known_algorithm(name: str) -> str:
    """The name of a hash algorithm. Raises `EvalError` for one that Nix does not know."""
    if name not in _SIZES:
        raise EvalError(
            f"unknown hash algorithm '{name}', expect 'md5', 'sha1', 'sha256', or 'sha512'"
        )
    return name


def encode32(data: bytes) -> str:
    """Nix's base 32: five bits a digit, the last bits first."""
    count = (len(data) * 8 - 1) // 5 + 1
    number = int.from_bytes(data, "little")
    return "".join(_ALPHABET[(number >> (5 * n)) & 31] for n in range(count - 1, -1, -1))


def decode32(text: str, size: int) -> bytes:
    """The inverse of `encode32`. Raises ValueError."""
    number = 0
    for char in text:
        number = number * 32 + _ALPHABET.index(char)
    return number.to_bytes(size, "little")


def parse_hash(text: str, algo: str | None) -> tuple[str, bytes]:
    """A hash in any of Nix's notations. Raises `EvalError`."""
    rest, sri = text, False
    for mark in (":", "-"):
        head, found, tail = text.partition(mark)
        if found:
            known_algorithm(head)
            if algo is not None and head != algo:
                raise EvalError(f"hash '{text}' should have type '{algo}'")
            algo, rest, sri = head, tail, mark == "-"
            break
    if algo is None:
        raise EvalError(
            f"hash '{text}' does not include a type, nor is the type otherwise known from context"
        )
    known_algorithm(algo)
    size = _SIZES[algo]
    if sri and len(rest) != (size + 2) // 3 * 4:
        raise EvalError(f"invalid SRI hash '{rest}'")
    try:
        if not sri and len(rest) == size * 2:
            return algo, bytes.fromhex(rest)
        if not sri and len(rest) == (size * 8 - 1) // 5 + 1:
            return algo, decode32(rest, size)
        if sri or len(rest) == (size + 2) // 3 * 4:
            data = base64.b64decode(rest, validate=True)
            if len(data) == size:
                return algo, data
            raise EvalError(f"invalid {'SRI' if sri else 'base-64'} hash '{rest}'")
    except (ValueError, OverflowError, binascii.Error) as error:
        raise EvalError(f"invalid hash '{text}'") from error
    raise EvalError(f"hash '{rest}' has wrong length for hash algorithm '{algo}'")


def assumed(host: Host, algo: str) -> str:
    """What an empty hash stands for, all zeros, as an SRI hash; the user is warned."""
    made = f"{algo}-{_base64(bytes(_SIZES[known_algorithm(algo)]))}"
    host.trace(f"warning: found empty hash, assuming '{made}'")
    return made


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# What writes a hash of an algorithm, by the name of the notation.
_NOTATIONS: dict[str, Callable[[str, bytes], str]] = {
    "base16": lambda _, data: data.hex(),
    "nix32": lambda _, data: encode32(data),
    "base32": lambda _, data: encode32(data),
    "base64": lambda _, data: _base64(data),
    "sri": lambda algo, data: f"{algo}-{_base64(data)}",
}


@PURE.add("hashString", "sl")
def hash_string(algo: Any, value: Any) -> str:
    """The hash of a string, in base 16."""
    name = known_algorithm(want_plain(algo))
    return hashlib.new(name, to_bytes(want_text(value))).hexdigest()


class Hashing:
    """Those of a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def hash_file(self, algo: Any, path: Any) -> str:
        """The hash of a file, in base 16."""
        name = known_algorithm(want_plain(algo))
        file = self.world.path(path)
        with opening(file):
            return hashlib.new(name, allowed(file, self.world.host.read_file)).hexdigest()

    def _attribute(self, given: dict[str, Any], name: str) -> str:
        return want_for(f"while evaluating the attribute '{name}'", given[name], want_plain)

    def convert_hash(self, attrs: Any) -> str:
        """A hash in another notation: `{ hash, hashAlgo?, toHashFormat }`."""
        given = want_attrs(attrs)
        if "hash" not in given:
            raise missing(given, "hash")
        text = self._attribute(given, "hash")
        algo = known_algorithm(self._attribute(given, "hashAlgo")) if "hashAlgo" in given else None
        if "toHashFormat" not in given:
            raise missing(given, "toHashFormat")
        wanted = self._attribute(given, "toHashFormat")
        if wanted not in _NOTATIONS:
            raise EvalError(
                f"unknown hash format '{wanted}', expect 'base16', 'base32', 'base64', or 'sri'"
            )
        if wanted == "base32":
            self.world.host.trace(
                'warning: "base32" is a deprecated alias for hash format "nix32".'
            )
        return _NOTATIONS[wanted](*parse_hash(text, algo))


def install(world: World) -> dict[str, Builtin]:
    """Those that read files or warn."""
    made = Hashing(world)
    return {
        "hashFile": Builtin("hashFile", "sl", made.hash_file),
        "convertHash": Builtin("convertHash", "s", made.convert_hash),
    }
