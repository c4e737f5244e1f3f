"""What evaluation found out before: an SQLite file that any number of processes share.

Two tables. ``sources`` holds, for a reference to a folder or a work tree, what
it was fetched as, with the facts by which a later process sees that nothing
changed (see `facts`). ``answers`` holds, for the fingerprint of all that an
evaluation can see, what came out for an attribute. An answer is never wrong,
only missing: a file that cannot be used is as good as an empty one, and each
row carries the SHA-256 of its parts (`_seal`), since SQLite would hand out
what a failing disk or a torn write made of it.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import builder
from builder.flake.facts import Fact, agree, facts_of, repository_files, status, still_hold
from builder.flake.reference import FlakeRef, Scalar
from builder.store.forgetful import Forgetful

_VERSION = 1  # of these tables
_SCHEMA = """
drop table if exists sources;
drop table if exists answers;
create table sources (
    reference text primary key, code blob, path text, locked text, facts blob, seal blob
);
create table answers (
    fingerprint blob, question text, answer text, seal blob, primary key (fingerprint, question)
);
"""
_HISTORIES = hashlib.sha256(b"how many commits a history has").digest()
_KEPT = 64  # references and fingerprints; older ones are forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a reference was fetched as: a store path and the attributes of its locked form."""

    path: str
    locked: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A fetch that is going on: where from, since when, and the repository's files before."""

    root: str
    started: int  # nanoseconds since 1970
    repository: list[Fact]


class Memory:
    """The file `file`, made when it is not there."""

    def __init__(self, file: Path) -> None:
        self._code = _code()
        self._execute = Forgetful(file, _SCHEMA, _VERSION).execute

    # Sources

    def fetched(self, reference: FlakeRef) -> Fetched | None:
        """What the reference was fetched as, if it would be fetched as the same now."""
        rows = self._execute(
            "select path, locked, facts, seal from sources where reference = ? and code = ?",
            _key(reference), self._code,
        )  # fmt: skip
        if not rows:
            return None
        path, locked, blob, seal = rows[0]
        if seal != _seal(_key(reference), path, locked, blob):
            return None
        root, facts = marshal.loads(blob)
        try:
            if not still_hold(root, facts):
                return None
        except OSError:
            return None
        return Fetched(path=path, locked=json.loads(locked))

    def watch(self, root: Path) -> Watch:
        """To be called before a folder or work tree is fetched."""
        started = time.time_ns()
        names = repository_files(root) if (root / ".git").exists() else []
        return Watch(
            root=str(root), started=started, repository=facts_of(str(root), names, started)
        )

    def remember(
        self, reference: FlakeRef, watch: Watch, names: Sequence[str], fetched: Fetched, copy: Path
    ) -> None:
        """Keep what was fetched; `copy` is where it lies, `names` are the files below the root
        that it depends on, there or not."""
        try:
            facts = facts_of(watch.root, names, watch.started)
            if not agree(facts, str(copy)) or not still_hold(watch.root, watch.repository):
                return  # it changes while we look at it
        except OSError:
            return
        locked = json.dumps(dict(fetched.locked))
        blob = marshal.dumps((watch.root, [*watch.repository, *facts]))
        self._execute(
            "insert or replace into sources values (?, ?, ?, ?, ?, ?)",
            _key(reference), self._code, fetched.path, locked, blob,
            _seal(_key(reference), fetched.path, locked, blob),
        )  # fmt: skip
        self._execute(
            "delete from sources where rowid not in "
            "(select rowid from sources order by rowid desc limit ?)",
            _KEPT,
        )

    # Answers

    def fingerprint(self, fetched: Fetched, lock: bytes, system: str) -> bytes:
        """What identifies all that the evaluation of a flake can see."""
        seen = [fetched.path, dict(sorted(fetched.locked.items())), system]
        whole = hashlib.sha256(self._code + json.dumps(seen).encode())
        whole.update(hashlib.sha256(lock).digest())
        return whole.digest()

    def answer(self, fingerprint: bytes, question: str) -> Any:
        """What came out, None when it is not known."""
        rows = self._execute(
            "select answer, seal from answers where fingerprint = ? and question = ?",
            fingerprint, question,
        )  # fmt: skip
        if not rows or rows[0][1] != _seal(fingerprint, question, rows[0][0]):
            return None
        return json.loads(rows[0][0])

    def learn(self, fingerprint: bytes, question: str, answer: Any) -> None:
        """Keep what came out, as JSON."""
        text = json.dumps(answer)
        self._execute(
            "insert or replace into answers values (?, ?, ?, ?)",
            fingerprint, question, text, _seal(fingerprint, question, text),
        )  # fmt: skip
        self._execute(
            "delete from answers where fingerprint not in (select fingerprint from answers "
            "group by fingerprint order by max(rowid) desc limit ?)",
            _KEPT,
        )

    # Histories

    def histories(self) -> frozenset[str]:
        """The last commits of the histories whose length is known: one look for a long way."""
        rows = self._execute("select question from answers where fingerprint = ?", _HISTORIES)
        return frozenset(row[0] for row in rows)

    def count(self, rev: str) -> int | None:
        """How many commits a whole git history has that ends with `rev`, when it is known."""
        known = self.answer(_HISTORIES, rev)
        return known if isinstance(known, int) else None

    def learn_count(self, rev: str, count: int) -> None:
        """Keep how many there are: no history changes without its last commit's name."""
        self.learn(_HISTORIES, rev, count)


def _seal(*parts: Any) -> bytes:
    """A hash of a row's parts, whatever they are now."""
    return hashlib.sha256(repr(parts).encode(errors="surrogatepass")).digest()


def _key(reference: FlakeRef) -> str:
    return json.dumps(reference.to_json(), sort_keys=True)


def _code() -> bytes:
    """What identifies this Python and our own code, without reading it."""
    whole = hashlib.sha256(f"1 {sys.version}".encode())
    for path in sorted(_sources(Path(builder.__file__).parent)):
        whole.update(f"{path} {status(path)}\n".encode())
    return whole.digest()


def _sources(folder: Path | str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _sources(entry.path)
            else:
                yield entry.path
