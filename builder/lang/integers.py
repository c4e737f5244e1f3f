"""The language's integers, which have 64 bits."""

from __future__ import annotations

LEAST, MOST = -(2**63), 2**63 - 1
