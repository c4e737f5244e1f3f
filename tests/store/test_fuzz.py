"""Damaged input: a few of the inputs that ``python -m tests.store.fuzz`` tries by the thousands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.fuzz import FORMATS, fuzz


@pytest.mark.parametrize("name", FORMATS)
def test_damage_is_refused_clearly(name: str, tmp_path: Path) -> None:
    """Some changed inputs still read well, most do not; none writes outside of its folder."""
    good, bad = fuzz(name, 300, 7, tmp_path)
    assert good + bad == 300
    assert bad > good
