"""A ``Sources`` index as a small database: what each source package is made of and needs.

As with packages, the file is named by the index's SHA-256 and this module's
FORMAT, and appears only when complete.
"""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.debian import version
from builder.debian.errors import DebianError
from builder.debian.index import nearest, stanzas
from builder.debian.index_file import IndexFile, write_database
from builder.fetch.expected import Expected

FORMAT = 1
_FIELD = re.compile(r"^([A-Za-z0-9-]+):[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_SCHEMA = "create table source (name text not null, version text not null, rest text not null);"
_INDICES = "create index source_name on source(name);"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of a source package: `path` is below a mirror."""

    name: str
    path: str
    expected: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePackage:
    """One stanza of a ``Sources`` file; `build_depends` has all three fields' relations."""

    name: str
    version: str
    files: tuple[SourceFile, ...]
    build_depends: str
    binaries: tuple[str, ...]


class SourceIndex:
    """The source packages of one component, read from its database."""

    def __init__(self, file: Path) -> None:
        self._index = IndexFile(file)

    def get(self, name: str, wanted: str | None = None) -> SourcePackage:
        """The source package `name`, in a version or the newest; raises DebianError."""
        rows = self._index.rows("select version, rest from source where name = ?", name)
        found = dict(rows)
        if not found:
            known = (row[0] for row in self._index.rows("select distinct name from source"))
            near = nearest(name, known)
            meant = f"; did you mean {' or '.join(near)}?" if near else ""
            raise DebianError(f"there is no source package '{name}' in this suite{meant}")
        chosen = max(found, key=version.key) if wanted is None else wanted
        if chosen not in found:
            raise DebianError(
                f"the source package '{name}' is not there in version {chosen}, only in "
                f"{', '.join(sorted(found, key=version.key))}"
            )
        return _package(name, chosen, json.loads(found[chosen]))


def source_index_path(folder: Path, sha256: str) -> Path:
    """Where below `folder` the database of the index with this hash lies."""
    return folder / f"sources-{FORMAT}-{sha256}.sqlite"


def build_source_index(compressed: Path, file: Path) -> None:
    """Parse the ``Sources.xz`` at `compressed` into a database at `file`.

    Raises DebianError when it is damaged.
    """

    def fill(database: sqlite3.Connection) -> None:
        for texts in stanzas(compressed):
            database.executemany("insert into source values (?,?,?)", map(_row, texts))

    write_database(file, _SCHEMA, fill, _INDICES)


def _row(stanza: str) -> tuple[str, str, str]:
    fields = {name: value.strip() for name, value in _FIELD.findall(stanza)}
    try:
        depends = [fields[name] for name in _BUILD_DEPENDS if fields.get(name)]
        rest = {
            "directory": fields["Directory"],
            "files": [line.split() for line in fields["Checksums-Sha256"].splitlines() if line],
            "build_depends": ", ".join(text.rstrip(", \n") for text in depends),
            "binaries": fields["Binary"].replace(",", " ").split(),
        }
        return fields["Package"], fields["Version"], json.dumps(rest)
    except KeyError as error:
        raise DebianError(f"a source package's stanza has no {error}: {stanza[:80]!r}") from None


_BUILD_DEPENDS = ("Build-Depends", "Build-Depends-Arch", "Build-Depends-Indep")


def _package(name: str, chosen: str, rest: dict[str, Any]) -> SourcePackage:
    return SourcePackage(
        name=name,
        version=chosen,
        files=tuple(
            SourceFile(
                name=file,
                path=f"{rest['directory']}/{file}",
                expected=Expected(sha256=sha256, size=int(size)),
            )
            for sha256, size, file in rest["files"]
        ),
        build_depends=str(rest["build_depends"]),
        binaries=tuple(rest["binaries"]),
    )
