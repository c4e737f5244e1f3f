"""Nix's base 32: 32 letters without e, o, t, u, the last bits of the input first.

The bytes are read as one little-endian number that is written in base 32 with
the most significant digit first, padded to a fixed length.
"""

from __future__ import annotations

from builder.store.errors import FormatError

ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz"
# Two letters for each ten bits.
_PAIRS = [high + low for high in ALPHABET for low in ALPHABET]
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}


def encoded_length(size: int) -> int:
    """How many letters `size` bytes take."""
    return (size * 8 + 4) // 5


def encode(data: bytes) -> str:
    """`data` in Nix's base 32, `encoded_length(len(data))` letters."""
    number = int.from_bytes(data, "little")
    count = encoded_length(len(data))
    pairs = []
    for _ in range((count + 1) // 2):
        pairs.append(_PAIRS[number & 1023])
        number >>= 10
    text = "".join(reversed(pairs))
    return text[len(text) - count :]


def decode(text: str) -> bytes:
    """The bytes that `encode` turned into `text`; raises FormatError for anything else."""
    number = 0
    for position, letter in enumerate(text):
        value = _VALUE.get(letter)
        if value is None:
            raise FormatError(
                f"'{text}' is not base 32 as Nix writes it: '{letter}' at position {position} "
                f"is none of its letters ({ALPHABET})"
            )
        number = number << 5 | value
    size = len(text) * 5 // 8
    if encoded_length(size) != len(text) or number >> (8 * size):
        raise FormatError(f"'{text}' is not base 32 as Nix writes it: no bytes encode to it")
    return number.to_bytes(size, "little")
