"""What fetched bytes must be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the bytes must be: SHA-256 in base 16, and size in bytes."""

    sha256: str
    size: int
