"""How many transfers run at a time."""

from __future__ import annotations

from builder.store.cache.pace import Pace


def test_more_transfers_run_while_they_wait_than_while_they_work() -> None:
    pace = Pace(64)
    few = pace.room
    assert 2 <= few < 64
    for _ in range(9):
        pace.add(0.01, 1.0)
    assert pace.room == 64
    for _ in range(99):
        pace.add(1.0, 1.0)
    assert pace.room == few
    assert Pace(1).room == 1
