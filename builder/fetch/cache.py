"""Where what can be had again is kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Neve's cache: below $XDG_CACHE_HOME, or ~/.cache."""
    base = environment.get("XDG_CACHE_HOME") or f"{environment.get('HOME') or '/root'}/.cache"
    return Path(base).absolute() / "neve"
