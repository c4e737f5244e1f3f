"""A new database with the same bytes whenever it is made from the same paths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from builder.store.database import Database
from builder.store.info import PathInfo

_VERSION_AT = 96  # where SQLite notes which of its versions wrote last, 4 bytes
_VERSION = 3_040_000


def write_fresh_database(root: Path, infos: Iterable[PathInfo]) -> None:
    """Create ``nix/var/nix/db`` below `root`, with `infos` registered at time 1.

    `infos` must be closed under references; raises InvalidPath otherwise.
    """
    folder = root / "nix/var/nix/db"
    database = Database(folder, journal="delete")
    database.register(
        replace(info, registration_time=1) for info in sorted(infos, key=lambda i: i.path)
    )
    database.connection.execute("vacuum")
    database.close()
    (folder / "big-lock").unlink()
    with (folder / "db.sqlite").open("r+b") as file:
        file.seek(_VERSION_AT)
        file.write(_VERSION.to_bytes(4, "big"))
