"""What caches have said, kept for a while: a look-up on another day costs no request.

As Nix does, an answer "no" is believed for an hour and an answer "yes" for a
month; a cache's own priority for a week. Any number of processes share the file.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from builder.store.cache.errors import CacheError
from builder.store.cache.narinfo import NarInfo, parse_narinfo
from builder.store.forgetful import Forgetful
from builder.store.paths import StorePath

_SCHEMA = """
drop table if exists Answers;
create table Answers (
    cache    text not null,
    digest   text not null,
    asked    integer not null,
    narinfo  text,
    primary key (cache, digest)
) without rowid;
"""
_VERSION = 1  # of this table


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long answers are believed, in seconds."""

    negative: int = 3600
    positive: int = 30 * 86400


class Memory:
    """The answers in a file; whatever is wrong with the file, it is only forgotten."""

    def __init__(
        self,
        file: Path,
        lifetimes: Lifetimes | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._lifetimes = lifetimes or Lifetimes()
        self._now = now
        self._file = Forgetful(file, _SCHEMA, _VERSION)

    def recall(self, cache: str, path: StorePath) -> tuple[bool, NarInfo | None]:
        """Whether the answer of `cache` about `path` is known, and the answer."""
        rows = self._file.execute(
            "select asked, narinfo from Answers where cache = ? and digest = ?",
            cache, path.digest,
        )  # fmt: skip
        if not rows:
            return False, None
        asked, text = rows[0]
        age = self._now() - asked
        life = self._lifetimes.negative if text is None else self._lifetimes.positive
        if not 0 <= age < life:
            return False, None
        if text is None:
            return True, None
        try:
            return True, parse_narinfo(text.encode(), cache, path)
        except CacheError:
            return False, None

    def remember(self, cache: str, path: StorePath, answer: NarInfo | None) -> None:
        """Keep an answer."""
        row = (cache, path.digest, int(self._now()), None if answer is None else str(answer))
        self._file.execute("insert or replace into Answers values (?,?,?,?)", *row)

    def forget(self, cache: str, path: StorePath) -> None:
        """An answer turned out to be wrong."""
        self._file.execute("delete from Answers where cache = ? and digest = ?", cache, path.digest)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
