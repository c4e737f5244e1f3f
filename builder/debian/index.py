"""A ``Packages`` index as a small database: parsed once, opened in no time.

The file is named by the index's SHA-256 and this module's FORMAT, so it is
never stale; it appears only when complete.
"""

from __future__ import annotations

import lzma
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from builder.debian import relation, version
from builder.debian.errors import DebianError
from builder.debian.index_file import IndexFile, write_database
from builder.debian.package import BinaryPackage

FORMAT = 2
_CHUNK = 1 << 18  # bytes of compressed text at a time
_BLOCK = 16  # stanzas
_NAME = re.compile(r"^Package: (.*)$", re.MULTILINE)
_PROVIDES = "\nProvides: "
_ESSENTIAL = "\nEssential: yes"
_FIELD = re.compile(
    r"^(Package|Version|Architecture|Filename|Size|SHA256|Depends|Pre-Depends|Provides|Recommends"
    r"|Essential|Multi-Arch|Priority|Section|Source|Homepage|Description|Installed-Size): (.*)$",
    re.MULTILINE,
)
# An evaluation asks for some hundred packages of seventy thousand: the texts are kept as they
# are, a few together, and read when they are asked for.
_SCHEMA = """
create table block (number integer primary key, stanzas text not null);
create table package (name text not null, block integer not null, essential integer not null);
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
        self._index = IndexFile(file)
        self._known: dict[str, BinaryPackage | None] = {}

    @property
    def architecture(self) -> str:
        """The Debian architecture that the index is for."""
        return self._architecture

    def get(self, name: str) -> BinaryPackage | None:
        """The newest package called `name`."""
        if name not in self._known:
            found = list(self._read(name))
            newest = max(found, key=lambda package: version.key(package.version), default=None)
            self._known[name] = newest
        return self._known[name]

    def _read(self, name: str) -> Iterator[BinaryPackage]:
        """All packages called `name`. Raises DebianError for a stanza that lacks something."""
        blocks = self._index.rows(
            "select stanzas from block where number in (select block from package where name = ?)",
            name,
        )
        for (block,) in blocks:
            for stanza in block.split("\n\n"):
                if name not in stanza:
                    continue
                named = _NAME.search(stanza)
                if named is None or named[1] != name:
                    continue
                try:
                    yield _package(dict(_FIELD.findall(stanza)))
                except (KeyError, ValueError) as error:
                    raise _bad_stanza(self._index.file, error, stanza) from None

    def providers(self, name: str) -> Sequence[tuple[BinaryPackage, str | None]]:
        """Packages that provide `name`, sorted by name, with the version provided."""
        rows = self._index.rows(
            "select package, version from provided where name = ? order by package", name
        )
        found = ((self.get(package), given) for package, given in rows)
        return [(package, given) for package, given in found if package is not None]

    def essential(self) -> tuple[str, ...]:
        """The names of the packages that every Debian machine has, sorted."""
        rows = self._index.rows("select name from package where essential order by name")
        return tuple(row[0] for row in rows)

    def names(self) -> tuple[str, ...]:
        """All packages' names, sorted."""
        rows = self._index.rows("select distinct name from package order by name")
        return tuple(row[0] for row in rows)

    def nearest(self, name: str) -> Sequence[str]:
        """At most three names that look like `name`, best first."""
        return nearest(name, self.names())


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """At most three of `names` that look like `name`, best first."""
    # Imported here: most names are there.
    import difflib

    close = (other for other in names if abs(len(other) - len(name)) <= max(2, len(name) // 3))
    return difflib.get_close_matches(name, close, n=3, cutoff=0.7)


def index_path(folder: Path, sha256: str) -> Path:
    """Where below `folder` the database of the index with this hash lies."""
    return folder / f"packages-{FORMAT}-{sha256}.sqlite"


def build_index(compressed: Path, file: Path) -> None:
    """Put the ``Packages.xz`` at `compressed` into a database at `file`.

    Raises DebianError when it is damaged. Needs about a second and some ten MB.
    """

    def fill(database: sqlite3.Connection) -> None:
        first = 0
        for texts in stanzas(compressed):
            _insert(database, texts, first, compressed)
            first += len(texts) // _BLOCK + 1

    write_database(file, _SCHEMA, fill, _INDICES)


def stanzas(compressed: Path) -> Iterator[list[str]]:
    """The texts of an index's stanzas, many at a time; raises DebianError when it is damaged."""
    # Imported here: most indices are read already.
    from concurrent.futures import ThreadPoolExecutor

    decompressor = lzma.LZMADecompressor()
    rest = b""
    try:
        # What was decompressed is used while the next piece is.
        with compressed.open("rb") as source, ThreadPoolExecutor(1) as pool:

            def piece() -> bytes | None:
                data = source.read(_CHUNK)
                return decompressor.decompress(data) if data else None

            coming = pool.submit(piece)
            while (data := coming.result()) is not None:
                coming = pool.submit(piece)
                whole, found, rest = (rest + data).rpartition(b"\n\n")
                if found:
                    yield whole.decode("utf-8", "replace").split("\n\n")
    except (lzma.LZMAError, EOFError) as error:
        raise DebianError(f"the index '{compressed}' is damaged: {error}") from None
    if not decompressor.eof:
        raise DebianError(f"the index '{compressed}' is damaged: it ends too early")
    if rest.strip():
        yield [rest.decode("utf-8", "replace")]


def _insert(database: sqlite3.Connection, stanzas: list[str], first: int, origin: Path) -> None:
    """Insert what is in stanzas; `first` is the number of their first block."""
    packages: list[tuple[str, int, bool]] = []
    provided: list[tuple[str, str, str | None]] = []
    for position, stanza in enumerate(stanzas):
        name = _NAME.search(stanza)
        if name is None:
            raise _bad_stanza(origin, KeyError("Package"), stanza)
        packages.append((name[1], first + position // _BLOCK, _ESSENTIAL in stanza))
        if _PROVIDES in stanza:
            field = stanza.partition(_PROVIDES)[2].partition("\n")[0]
            provided += [(one, name[1], version) for one, version in relation.provided(field)]
    blocks = [
        (first + start // _BLOCK, "\n\n".join(stanzas[start : start + _BLOCK]))
        for start in range(0, len(stanzas), _BLOCK)
    ]
    database.executemany("insert into block values (?,?)", blocks)
    database.executemany("insert into package values (?,?,?)", packages)
    database.executemany("insert into provided values (?,?,?)", provided)


def _bad_stanza(origin: Path, error: Exception, stanza: str) -> DebianError:
    return DebianError(f"the index '{origin}' has a stanza without a good {error}: {stanza[:80]!r}")


def _package(fields: Mapping[str, str]) -> BinaryPackage:
    get = fields.get
    return BinaryPackage(
        name=fields["Package"],
        version=fields["Version"],
        architecture=fields["Architecture"],
        filename=fields["Filename"],
        size=int(fields["Size"]),
        sha256=fields["SHA256"],
        depends=get("Depends", ""),
        pre_depends=get("Pre-Depends", ""),
        provides=get("Provides", ""),
        recommends=get("Recommends", ""),
        essential=get("Essential") == "yes",
        multi_arch=get("Multi-Arch", "no"),
        priority=get("Priority", "optional"),
        section=get("Section", ""),
        source=get("Source", "") or fields["Package"],
        homepage=get("Homepage", ""),
        description=get("Description", ""),
        installed_size=int(get("Installed-Size", "0")),
    )
