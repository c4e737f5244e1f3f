"""Evaluators for the language's tests."""

from __future__ import annotations

import pytest

from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost


@pytest.fixture
def evaluator() -> Evaluator:
    """An evaluator over the local files, without a store or a cache."""
    return Evaluator(LocalHost(system="x86_64-linux"))
