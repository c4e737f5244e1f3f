"""A few kills; ``python -m tests.store.crash --count 500`` makes many."""

from __future__ import annotations

import pytest

from tests.store.crash import crash


def test_a_killed_process_leaves_a_valid_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/nonexistent")  # restored afterwards
    assert sum(crash(count=6, seed=7).values()) == 6
