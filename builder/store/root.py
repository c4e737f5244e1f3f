"""Where a store lies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from builder.store.errors import StoreError


def default_root(environment: Mapping[str, str]) -> Path:
    """NEVE_STORE, or the machine's own where Neve made the machine, or ``neve`` in the
    user's data folder.

    Raises `StoreError` where NEVE_STORE is a store of another kind.
    """
    if chosen := environment.get("NEVE_STORE"):
        return root_folder(chosen).absolute()
    if Path("/run/current-system/activate").exists():
        return Path("/")
    data = environment.get("XDG_DATA_HOME") or f"{environment.get('HOME') or '/root'}/.local/share"
    return Path(data).absolute() / "neve"


def root_folder(text: str) -> Path:
    """The root that a user names.

    Raises `StoreError` for no name at all, and for the address of a store that is none: Nix's
    stores have such.
    """
    if not text:
        raise StoreError("'' names no folder that a store could lie in", hint="name a folder")
    if "://" in text:
        raise StoreError(
            f"'{text}' is no folder, and Neve's store lies in one of this machine",
            hint="name a folder; other stores are read and written by 'neve store copy' and 'push'",
        )
    return Path(text)
