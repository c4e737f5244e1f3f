"""An index of the archive as an SQLite file, which is made once and then only read."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from builder.debian.errors import DebianError
from builder.store.sqlite_errors import hindrances


def write_database(
    file: Path, schema: str, fill: Callable[[sqlite3.Connection], None], indices: str
) -> None:
    """A database at `file`, which appears only when `fill` is done and `indices` are made.

    Raises OSError with the name of `file` for a disk that is full, fails or may not be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(handle)
    aside = Path(name)
    try:
        with hindrances(file), closing(sqlite3.connect(aside, isolation_level=None)) as database:
            database.executescript(f"pragma journal_mode=off; pragma synchronous=off; {schema}")
            database.execute("begin")
            fill(database)
            database.execute("commit")
            database.executescript(indices)
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        aside.chmod(0o644)
        aside.rename(file)
    finally:
        aside.unlink(missing_ok=True)


class IndexFile:
    """Asks the database at `file`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        # Evaluation has a thread of its own, and only one thread works at a time.
        with hindrances(file):
            self._database = sqlite3.connect(
                f"{file.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )

    def rows(self, question: str, *values: Any) -> list[Any]:
        """The answer; raises DebianError when the file is damaged."""
        try:
            with hindrances(self.file):
                return self._database.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise DebianError(
                f"the index '{self.file}' is damaged: {error}",
                hint="remove it: it is made again from the archive's",
            ) from error
