"""Finding which store paths a stream of bytes refers to.

A path is referred to when the 32 letters of its digest occur anywhere, with
or without the path around them, as Nix has it.
"""

from __future__ import annotations

from collections.abc import Iterable

from builder.store.base32 import ALPHABET
from builder.store.paths import DIGEST_LENGTH, StorePath

_FEW = 3  # up to so many digests are looked for one by one
_LETTER, _OTHER = b"a", b"."
_MARK = bytes(
    _LETTER[0] if chr(byte) in ALPHABET and byte < 128 else _OTHER[0] for byte in range(256)
)
_RUN = _LETTER * DIGEST_LENGTH
_ZEROS = bytes(1 << 20)  # as large as the pieces that large files are read in


class Scanner:
    """Collects, from pieces of a stream, which of `candidates` it refers to."""

    def __init__(self, candidates: Iterable[StorePath]) -> None:
        self._missing = {path.digest.encode(): path for path in candidates}
        self._found: set[StorePath] = set()
        self._tail = b""

    @property
    def found(self) -> tuple[StorePath, ...]:
        """The candidates seen so far, sorted."""
        return tuple(sorted(self._found))

    def feed(self, data: bytes) -> None:
        """Look at the next piece."""
        if not self._missing:
            return
        if data == _ZEROS:  # disk images are full of holes
            self._tail = data[-(DIGEST_LENGTH - 1) :]
            return
        # A digest may lie across two pieces: look at the seam apart, so that
        # no large piece is copied.
        if self._tail:
            self._scan(self._tail + data[: DIGEST_LENGTH - 1])
        self._scan(data)
        kept = data if len(data) >= DIGEST_LENGTH else self._tail + data
        self._tail = kept[-(DIGEST_LENGTH - 1) :]

    def _scan(self, data: bytes) -> None:
        if len(self._missing) <= _FEW:
            for digest in [digest for digest in self._missing if digest in data]:
                self._found.add(self._missing.pop(digest))
            return
        # Long runs of base 32 letters are rare: two passes in C find them all.
        marked = data.translate(_MARK)
        start = marked.find(_RUN)
        while start >= 0:
            end = marked.find(_OTHER, start)
            if end < 0:
                end = len(data)
            for place in range(start, end - DIGEST_LENGTH + 1):
                digest = data[place : place + DIGEST_LENGTH]
                if digest in self._missing:
                    self._found.add(self._missing.pop(digest))
            start = marked.find(_RUN, end)
