"""A few seconds of what ``python -m tests.store.crowd`` does for two minutes."""

from __future__ import annotations

from pathlib import Path

from tests.store.crowd import crowd


def test_nothing_is_built_twice(tmp_path: Path) -> None:
    """Four processes that want parts of one graph."""
    assert crowd(tmp_path / "root", 4, 5.0, 1)
