"""Nix's database of valid paths: SQLite, schema 10, in ``nix/var/nix/db``."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from builder.store.errors import FormatError, InvalidPath, StoreError
from builder.store.hashes import Hash
from builder.store.info import PathInfo
from builder.store.locks import hold
from builder.store.paths import StorePath
from builder.store.sqlite_errors import hindrance, hindrances

SCHEMA_VERSION = 10
_BUSY = 600.0  # seconds to wait for another process's transaction
_SCHEMA = """
create table if not exists ValidPaths (
    id               integer primary key autoincrement not null,
    path             text unique not null,
    hash             text not null,
    registrationTime integer not null,
    deriver          text,
    narSize          integer,
    ultimate         integer,
    sigs             text,
    ca               text
);
create table if not exists Refs (
    referrer  integer not null,
    reference integer not null,
    primary key (referrer, reference),
    foreign key (referrer) references ValidPaths(id) on delete cascade,
    foreign key (reference) references ValidPaths(id) on delete restrict
);
create index if not exists IndexReferrer on Refs(referrer);
create index if not exists IndexReference on Refs(reference);
create trigger if not exists DeleteSelfRefs before delete on ValidPaths
  begin
    delete from Refs where referrer = old.id and reference = old.id;
  end;
create table if not exists DerivationOutputs (
    drv  integer not null,
    id   text not null,
    path text not null,
    primary key (drv, id),
    foreign key (drv) references ValidPaths(id) on delete cascade
);
create index if not exists IndexDerivationOutputs on DerivationOutputs(path);
"""
_COLUMNS = (
    "v.id, v.path, v.hash, v.registrationTime, v.deriver, v.narSize, v.ultimate, v.sigs, v.ca"
)

Outputs = Mapping[StorePath, Mapping[str, StorePath]]
"""The outputs of derivations, by the ``.drv`` path."""


P = ParamSpec("P")
R = TypeVar("R")


def _sound(method: Callable[Concatenate[Database, P], R]) -> Callable[Concatenate[Database, P], R]:
    """A method that says so when what it reads cannot be Nix's database."""

    @wraps(method)
    def checked(self: Database, /, *args: P.args, **options: P.kwargs) -> R:
        try:
            return method(self, *args, **options)
        except (UnicodeDecodeError, FormatError, ValueError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.Error) and (told := hindrance(error, self.file)):
                raise told from error
            raise StoreError(
                f"the store's database in '{self.folder}' is damaged: {error}",
                hint="restore it from a copy, or use another store with --store or NEVE_STORE",
            ) from error

    return checked


class Database:
    """One process's connection to a store's database; not to be used after a fork."""

    @_sound
    def __init__(self, folder: Path, *, journal: str = "wal") -> None:
        """Open or create the database in `folder`; raises StoreError for another schema."""
        self.folder = folder
        self.file = file = folder / "db.sqlite"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
        version = folder / "schema"
        self.writable = os.access(file if file.exists() else folder, os.W_OK)
        if version.exists() and version.read_text().strip() != str(SCHEMA_VERSION):
            raise StoreError(
                f"the database '{file}' has schema {version.read_text().strip()}, "
                f"Neve knows schema {SCHEMA_VERSION}",
                hint="use another store with --store or NEVE_STORE",
            )
        if self.writable and not version.exists():
            self._create(file, version, journal)
        self.connection = self._connect(file, journal)

    def _create(self, file: Path, version: Path, journal: str) -> None:
        # SQLite does not wait for others when it changes the journal's mode.
        with hold(self.folder / "big-lock", exclusive=True):
            connection = self._connect(file, journal)
            connection.executescript(_SCHEMA)
            connection.close()
            aside = self.folder / f".schema.{os.getpid()}"
            aside.write_text(str(SCHEMA_VERSION))
            aside.rename(version)

    def _connect(self, file: Path, journal: str) -> sqlite3.Connection:
        if not self.writable:
            # Without the right to make the files of the mode WAL: only where nothing lies in them.
            written = file.with_name(f"{file.name}-wal")
            is_whole = not written.exists() or not written.stat().st_size
            for options in ("mode=ro", *(("immutable=1",) if is_whole else ())):
                connection = sqlite3.connect(
                    f"{file.as_uri()}?{options}", uri=True, check_same_thread=False
                )
                try:
                    connection.execute("select count(*) from sqlite_master").fetchone()
                    return connection
                except sqlite3.OperationalError:
                    connection.close()
            raise StoreError(
                f"cannot read the database '{file}', which is not yours to write to",
                hint="let its owner run 'neve store verify --no-contents' on it, or use another "
                "store with --store or NEVE_STORE",
            )
        # Evaluation has a thread of its own, and only one thread works at a time.
        connection = sqlite3.connect(
            file, timeout=_BUSY, isolation_level=None, check_same_thread=False
        )
        # In WAL mode a commit survives the death of the process without a sync.
        try:
            connection.execute(f"pragma journal_mode={journal}")
        except sqlite3.OperationalError as error:
            connection.close()
            if error.sqlite_errorcode != sqlite3.SQLITE_READONLY:
                raise
            # The file may be written, but its header asks for a writer that is not known.
            raise StoreError(
                f"the database '{file}' is damaged, or of a newer SQLite: {error}",
                hint="restore it from a copy, or use another store with --store or NEVE_STORE",
            ) from None
        connection.execute("pragma synchronous=normal")
        connection.execute("pragma foreign_keys=on")
        return connection

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def insist_writable(self) -> None:
        """Raise StoreError where it may only be read."""
        if not self.writable:
            raise StoreError(
                f"the store's database in '{self.folder}' is not writable by you",
                hint="work as its owner, or use another store with --store or NEVE_STORE",
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the writer's lock is held from the beginning."""
        self.insist_writable()
        with hindrances(self.file):
            self.connection.execute("begin immediate")
            try:
                yield
                self.connection.execute("commit")
            except BaseException:
                if self.connection.in_transaction:  # a full disk ends it
                    self.connection.execute("rollback")
                raise

    def checkpoint(self) -> None:
        """Let the file of what was written last be as small as it can."""
        with hindrances(self.file):
            self.connection.execute("pragma wal_checkpoint(truncate)")

    def register(self, infos: Iterable[PathInfo], outputs: Outputs | None = None) -> None:
        """Make paths valid, all in one transaction, replacing what was known of them.

        References must be valid already or among `infos`; raises InvalidPath
        otherwise and changes nothing.
        """
        with self.transaction():
            self._register(list(infos), outputs or {})

    def _register(self, infos: list[PathInfo], outputs: Outputs) -> None:
        now = int(time.time())
        self.connection.executemany(
            "insert into ValidPaths (path, hash, registrationTime, deriver, narSize, ultimate, "
            "sigs, ca) values (?,?,?,?,?,?,?,?) on conflict(path) do update set "
            "hash=excluded.hash, narSize=excluded.narSize, ultimate=excluded.ultimate, "
            "sigs=excluded.sigs, ca=excluded.ca, deriver=coalesce(excluded.deriver, deriver)",
            [
                (
                    str(info.path),
                    str(info.nar_hash),
                    info.registration_time or now,
                    str(info.deriver) if info.deriver else None,
                    info.nar_size,
                    1 if info.ultimate else None,
                    " ".join(info.signatures) or None,
                    info.ca,
                )
                for info in infos
            ],
        )
        ids: dict[StorePath, int] = {}
        for info in infos:
            referrer = self._id(info.path, ids, info.path)
            self.connection.executemany(
                "insert or replace into Refs values (?,?)",
                [(referrer, self._id(path, ids, info.path)) for path in info.references],
            )
        for drv, paths in outputs.items():
            number = self._id(drv, ids, drv)
            self.connection.executemany(
                "insert or replace into DerivationOutputs values (?,?,?)",
                [(number, name, str(path)) for name, path in sorted(paths.items())],
            )

    def _id(self, path: StorePath, ids: dict[StorePath, int], of: StorePath) -> int:
        if path not in ids:
            row = self.connection.execute(
                "select id from ValidPaths where path = ?", (str(path),)
            ).fetchone()
            if row is None:
                raise InvalidPath(f"cannot register '{of}': it refers to '{path}', not valid here")
            ids[path] = row[0]
        return ids[path]

    @_sound
    def query(self, path: StorePath) -> PathInfo | None:
        """What is known of `path`, None when it is not valid."""
        rows = self.connection.execute(
            f"select {_COLUMNS} from ValidPaths v where path = ?", (str(path),)
        ).fetchall()
        if not rows:
            return None
        references = self.connection.execute(
            "select v.path from Refs join ValidPaths v on v.id = reference where referrer = ? "
            "order by v.path",
            (rows[0][0],),
        )
        found = tuple(StorePath.parse(str(reference)) for (reference,) in references)
        return _info(rows[0], path, found)

    @_sound
    def valid(self, paths: Iterable[StorePath]) -> set[StorePath]:
        """Those of `paths` that are valid."""
        find = "select 1 from ValidPaths where path = ?"
        return {p for p in paths if self.connection.execute(find, (str(p),)).fetchone()}

    @_sound
    def all_paths(self) -> list[StorePath]:
        """Every valid path, sorted."""
        rows = self.connection.execute("select path from ValidPaths order by path")
        return [StorePath.parse(str(row[0])) for row in rows]

    @_sound
    def registered_since(self, time: float) -> set[StorePath]:
        """The valid paths that came at `time`, in seconds since 1970, or later."""
        rows = self.connection.execute(
            "select path from ValidPaths where registrationTime >= ?", (time,)
        )
        return {StorePath.parse(str(row[0])) for row in rows}

    @_sound
    def closure(self, paths: Iterable[StorePath]) -> list[PathInfo]:
        """`paths` and all that they refer to, sorted; raises InvalidPath."""
        self._reach(paths)
        # A cross join, lest SQLite goes through all of ValidPaths.
        rows = self.connection.execute(
            f"select {_COLUMNS} from temp.Reached r cross join ValidPaths v on v.id = r.id"
        ).fetchall()
        rows.sort(key=lambda row: str(row[1]))
        # One question for all references: they are among the paths themselves.
        by_id = {row[0]: StorePath.parse(str(row[1])) for row in rows}
        references: dict[int, list[StorePath]] = {}
        for referrer, reference in self.connection.execute(
            "select referrer, reference from temp.Reached cross join Refs on referrer = id"
        ):
            if reference not in by_id or referrer not in by_id:
                raise FormatError(f"path number {referrer} refers to number {reference}")
            references.setdefault(referrer, []).append(by_id[reference])
        return [
            _info(row, by_id[row[0]], tuple(sorted(references.get(row[0], ())))) for row in rows
        ]

    @_sound
    def unreached(self, paths: Iterable[StorePath]) -> dict[StorePath, int]:
        """What none of `paths`, nor anything that they refer to, is: with the archives' sizes."""
        self._reach(paths)
        rows = self.connection.execute(
            "select path, narSize from ValidPaths where id not in (select id from temp.Reached) "
            "order by path"
        )
        return {StorePath.parse(str(path)): int(str(size or 0)) for path, size in rows}

    def _reach(self, paths: Iterable[StorePath]) -> None:
        """Let the temporary table Reached hold the numbers of all that `closure` gives."""
        starts = []
        for path in sorted(set(paths)):
            row = self.connection.execute(
                "select id from ValidPaths where path = ?", (str(path),)
            ).fetchone()
            if row is None:
                raise InvalidPath.asked_for(path, self.folder.parents[3])
            starts.append((row[0],))
        for table in ("Start", "Reached"):
            self.connection.execute(
                f"create temp table if not exists {table} (id integer primary key)"
            )
            self.connection.execute(f"delete from temp.{table}")
        self.connection.executemany("insert into temp.Start values (?)", starts)
        self.connection.execute(
            "insert into temp.Reached with recursive reached(id) as (select id from temp.Start "
            "union select reference from Refs join reached on Refs.referrer = reached.id) "
            "select id from reached order by id"
        )

    @_sound
    def referrers(self, path: StorePath) -> list[StorePath]:
        """The valid paths that refer to `path`, sorted."""
        rows = self.connection.execute(
            "select v.path from Refs join ValidPaths v on v.id = Refs.referrer where reference = "
            "(select id from ValidPaths where path = ?) order by v.path",
            (str(path),),
        )
        return [StorePath.parse(str(row[0])) for row in rows]

    @_sound
    def by_digest(self, digest: str) -> StorePath | None:
        """The valid path whose name begins with `digest` (32 letters)."""
        row = self.connection.execute(
            "select path from ValidPaths where path >= ? order by path limit 1",
            (f"/nix/store/{digest}",),
        ).fetchone()
        path = StorePath.parse(str(row[0])) if row else None
        return path if path and path.digest == digest else None

    @_sound
    def derivers(self, path: StorePath) -> list[StorePath]:
        """The valid ``.drv`` paths that have `path` as an output, sorted."""
        rows = self.connection.execute(
            "select v.path from DerivationOutputs d join ValidPaths v on v.id = d.drv "
            "where d.path = ? order by v.path",
            (str(path),),
        )
        return [StorePath.parse(str(row[0])) for row in rows]

    def forget(self, paths: Iterable[StorePath]) -> None:
        """Make paths invalid; raises sqlite3.IntegrityError when others refer to one."""
        texts = [(str(path),) for path in paths]
        with self.transaction():
            self.connection.executemany(
                "delete from Refs where referrer = (select id from ValidPaths where path = ?)",
                texts,
            )
            self.connection.executemany("delete from ValidPaths where path = ?", texts)


def _info(row: tuple[object, ...], path: StorePath, references: tuple[StorePath, ...]) -> PathInfo:
    _, _, digest, registered, deriver, size, ultimate, signatures, ca = row
    return PathInfo(
        path=path,
        nar_hash=Hash.parse(str(digest)),
        nar_size=int(str(size or 0)),
        references=references,
        deriver=StorePath.parse(str(deriver)) if deriver else None,
        ca=str(ca) if ca else None,
        signatures=tuple(str(signatures).split()) if signatures else (),
        ultimate=bool(ultimate),
        registration_time=int(str(registered)),
    )
