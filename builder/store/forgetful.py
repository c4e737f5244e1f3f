"""A small SQLite file of what can be found out again: with whatever is wrong, it only forgets."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

_PATIENCE = 5.0  # seconds to wait for another process's transaction


class Forgetful:
    """The file `file`, made when it is not there; any number of threads and processes share it.

    `schema` makes its tables where they are of another `version`. On a full or read-only disk,
    without the right to it, or when it is damaged, it is as good as empty.
    """

    def __init__(self, file: Path, schema: str, version: int) -> None:
        self._schema = schema
        self._version = version
        self._lock = Lock()
        self._connection = self._open(file)

    def execute(self, statement: str, *values: Any) -> list[Any]:
        """The rows that a statement gives, none where it cannot be carried out."""
        if self._connection is None:
            return []
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error:
                return []

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()

    def _open(self, file: Path) -> sqlite3.Connection | None:
        try:
            return self._connect(file)
        except (OSError, sqlite3.OperationalError):
            return None  # no place to write, or busy all the time
        except sqlite3.DatabaseError:
            pass  # damaged: begin anew
        with suppress(OSError, sqlite3.Error):
            for suffix in ("", "-wal", "-shm"):
                Path(f"{file}{suffix}").unlink(missing_ok=True)
            return self._connect(file)
        return None

    def _connect(self, file: Path) -> sqlite3.Connection:
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            file, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=off")  # what a crash takes is found out anew
        if connection.execute("pragma user_version").fetchone()[0] != self._version:
            connection.executescript(
                f"begin immediate; {self._schema} pragma user_version = {self._version}; commit;"
            )
        return connection
