"""A ``Packages`` index as a small database: parsed once, opened in no time.

The file is named by the index's SHA-256 and this module's FORMAT, so it is
never stale; it appears only when complete.
"""

from __future__ import annotations

import difflib
import lzma
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from builder.debian import relation, version
from builder.debian.errors import DebianError
from builder.debian.package import BinaryPackage

FORMAT = 1
_CHUNK = 1 << 20  # bytes of compressed text at a time
_FIELD = re.compile(
    r"^(Package|Version|Architecture|Filename|Size|SHA256|Depends|Pre-Depends|Provides|Recommends"
    r"|Essential|Multi-Arch|Priority|Section|Source|Homepage|Description|Installed-Size): (.*)$",
    re.MULTILINE,
)
_SCHEMA = """
create table package (
    name text not null, version text not null, architecture text not null,
    filename text not null, size integer not null, sha256 text not null,
    depends text not null, pre_depends text not null, provides text not null,
    recommends text not null, essential integer not null, multi_arch text not null,
    priority text not null, section text not null, source text not null,
    homepage text not null, description text not null, installed_size integer not null
);
create table provided (name text not null, package text not null, version text);
"""
_INDICES = """
create index package_name on package(name);
create index provided_name on provided(name);
"""


class PackageIndex:
    """One architecture's packages of one component, read from its database."""

    def __init__(self, file: Path, architecture: str) -> None:
        self._architecture = architecture
        # Evaluation has a thread of its own, and only one thread works at a time.
        self._database = sqlite3.connect(
            f"{file.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._known: dict[str, BinaryPackage | None] = {}

    @property
    def architecture(self) -> str:
        """The Debian architecture that the index is for."""
        return self._architecture

    def get(self, name: str) -> BinaryPackage | None:
        """The newest package called `name`."""
        if name not in self._known:
            rows = self._database.execute("select * from package where name = ?", (name,))
            found = [_package(row) for row in rows]
            newest = max(found, key=lambda package: version.key(package.version), default=None)
            self._known[name] = newest
        return self._known[name]

    def providers(self, name: str) -> Sequence[tuple[BinaryPackage, str | None]]:
        """Packages that provide `name`, sorted by name, with the version provided."""
        rows = self._database.execute(
            "select package, version from provided where name = ? order by package", (name,)
        ).fetchall()
        found = ((self.get(package), given) for package, given in rows)
        return [(package, given) for package, given in found if package is not None]

    def essential(self) -> tuple[str, ...]:
        """The names of the packages that every Debian machine has, sorted."""
        rows = self._database.execute("select name from package where essential order by name")
        return tuple(row[0] for row in rows)

    def names(self) -> tuple[str, ...]:
        """All packages' names, sorted."""
        rows = self._database.execute("select distinct name from package order by name")
        return tuple(row[0] for row in rows)

    def nearest(self, name: str) -> Sequence[str]:
        """At most three names that look like `name`, best first."""
        return nearest(name, self.names())


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """At most three of `names` that look like `name`, best first."""
    close = (other for other in names if abs(len(other) - len(name)) <= max(2, len(name) // 3))
    return difflib.get_close_matches(name, close, n=3, cutoff=0.7)


def index_path(folder: Path, sha256: str) -> Path:
    """Where below `folder` the database of the index with this hash lies."""
    return folder / f"packages-{FORMAT}-{sha256}.sqlite"


def build_index(compressed: Path, file: Path) -> None:
    """Parse the ``Packages.xz`` at `compressed` into a database at `file`.

    Raises DebianError when it is damaged. Needs a few seconds and some ten MB.
    """

    def fill(database: sqlite3.Connection) -> None:
        for texts in stanzas(compressed):
            _insert(database, texts, str(compressed))

    write_database(file, _SCHEMA, fill, _INDICES)


def write_database(
    file: Path, schema: str, fill: Callable[[sqlite3.Connection], None], indices: str
) -> None:
    """A database at `file`, which appears only when `fill` is done and `indices` are made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(handle)
    aside = Path(name)
    try:
        database = sqlite3.connect(aside, isolation_level=None)
        database.executescript(f"pragma journal_mode=off; pragma synchronous=off; {schema}")
        database.execute("begin")
        fill(database)
        database.execute("commit")
        database.executescript(indices)
        database.close()
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        aside.chmod(0o644)
        aside.rename(file)
    finally:
        aside.unlink(missing_ok=True)


def stanzas(compressed: Path) -> Iterator[list[str]]:
    """The texts of an index's stanzas, many at a time; raises DebianError when it is damaged."""
    decompressor = lzma.LZMADecompressor()
    rest = b""
    try:
        with compressed.open("rb") as source:
            while data := source.read(_CHUNK):
                text = rest + decompressor.decompress(data)
                whole, found, rest = text.rpartition(b"\n\n")
                if found:
                    yield whole.decode("utf-8", "replace").split("\n\n")
    except (lzma.LZMAError, EOFError) as error:
        raise DebianError(f"the index '{compressed}' is damaged: {error}") from None
    if not decompressor.eof:
        raise DebianError(f"the index '{compressed}' is damaged: it ends too early")
    if rest.strip():
        yield [rest.decode("utf-8", "replace")]


def _insert(database: sqlite3.Connection, stanzas: list[str], origin: str) -> None:
    packages: list[tuple[object, ...]] = []
    provided: list[tuple[str, str, str | None]] = []
    for stanza in stanzas:
        fields = dict(_FIELD.findall(stanza))
        try:
            packages.append(_row(fields))
        except (KeyError, ValueError) as error:
            raise DebianError(
                f"the index '{origin}' has a stanza without a good {error}: {stanza[:80]!r}"
            ) from None
        if "Provides" in fields:
            provided += [
                (one.name, fields["Package"], one.version)
                for group in relation.parse(fields["Provides"])
                for one in group
            ]
    database.executemany(f"insert into package values ({','.join('?' * 18)})", packages)
    database.executemany("insert into provided values (?,?,?)", provided)


def _row(fields: Mapping[str, str]) -> tuple[object, ...]:
    get = fields.get
    return (
        fields["Package"],
        fields["Version"],
        fields["Architecture"],
        fields["Filename"],
        int(fields["Size"]),
        fields["SHA256"],
        get("Depends", ""),
        get("Pre-Depends", ""),
        get("Provides", ""),
        get("Recommends", ""),
        int(get("Essential") == "yes"),
        get("Multi-Arch", "no"),
        get("Priority", "optional"),
        get("Section", ""),
        get("Source", "") or fields["Package"],
        get("Homepage", ""),
        get("Description", ""),
        int(get("Installed-Size", "0")),
    )


def _package(row: Sequence[str | int]) -> BinaryPackage:
    text = [str(value) for value in row]
    return BinaryPackage(
        name=text[0],
        version=text[1],
        architecture=text[2],
        filename=text[3],
        size=int(row[4]),
        sha256=text[5],
        depends=text[6],
        pre_depends=text[7],
        provides=text[8],
        recommends=text[9],
        essential=bool(row[10]),
        multi_arch=text[11],
        priority=text[12],
        section=text[13],
        source=text[14],
        homepage=text[15],
        description=text[16],
        installed_size=int(row[17]),
    )
