"""What can go wrong with a binary cache."""

from __future__ import annotations

from builder.store.errors import StoreError


class CacheError(StoreError):
    """A cache does not answer, or answers what cannot be right."""


class GivenUp(Exception):
    """A transfer was ended before its time, because nobody needs it any more."""
