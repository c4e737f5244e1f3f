"""Long streams are hashed by a thread, with the same result."""

from __future__ import annotations

import hashlib
import threading
from contextlib import closing

import pytest

from builder.store.hasher import Hasher

PIECE = bytes(range(256)) * 4096  # 1 MiB


@pytest.mark.parametrize("pieces", [0, 1, 15, 16, 17, 40])
def test_the_hash_is_that_of_the_whole(pieces: int) -> None:
    with closing(Hasher("sha256")) as hasher:
        for _ in range(pieces):
            hasher.feed(PIECE)
        assert hasher.result().digest == hashlib.sha256(PIECE * pieces).digest()
        assert hasher.size == pieces << 20


@pytest.mark.parametrize("size", [1 << 17, 700_001, 3 << 20])
def test_pieces_of_any_size_are_all_hashed(size: int) -> None:
    data = PIECE * 25
    with closing(Hasher("sha256")) as hasher:
        for start in range(0, len(data), size):
            hasher.feed(data[start : start + size])
        assert hasher.result().digest == hashlib.sha256(data).digest()


def test_a_failing_reader_leaves_no_thread() -> None:
    before = threading.active_count()
    with pytest.raises(OSError, match="gone"), closing(Hasher("sha512")) as hasher:
        for _ in range(20):
            hasher.feed(PIECE)
        raise OSError("gone")
    assert threading.active_count() == before
