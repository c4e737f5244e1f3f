"""A ``Packages`` index as a small database: parsed once, opened in no time.

The file is named by the index's SHA-256 and this module's FORMAT, so it is
never stale; it appears only when complete.
"""

from __future__ import annotations

import lzma
import re
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from builder.debian import relation, version
from builder.debian.errors import DebianError
from builder.debian.index_file import IndexFile, write_database
from builder.debian.package import BinaryPackage

FORMAT = 3
_CHUNK = 1 << 18  # bytes of compressed text at a time
_AHEAD = 4  # chunks
_BLOCK = 1 << 14  # bytes of stanzas
_NAME = re.compile(r"^Package: (.*)$", re.MULTILINE)
_PACKAGE = "Package: "
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
create table block (number integer primary key, stanzas blob not null);
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
            for stanza in block.decode("utf-8", "replace").split("\n\n"):
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
        count = 0
        for text in _texts(compressed):
            blocks = list(_blocks(text))
            _insert(database, blocks, count, compressed)
            count += len(blocks)

    write_database(file, _SCHEMA, fill, _INDICES)


def stanzas(compressed: Path) -> Iterator[list[str]]:
    """The texts of an index's stanzas, many at a time; raises DebianError when it is damaged."""
    for text in _texts(compressed):
        yield text.decode("utf-8", "replace").split("\n\n")


def _texts(compressed: Path) -> Iterator[bytes]:
    """The text of an index, some whole stanzas at a time; raises DebianError as `stanzas`."""
    # Imported here: most indices are read already.
    from concurrent.futures import ThreadPoolExecutor

    decompressor = lzma.LZMADecompressor()
    rest = b""
    try:
        # What was decompressed is used while the next pieces are.
        with compressed.open("rb") as source, ThreadPoolExecutor(1) as pool:

            def piece() -> bytes | None:
                data = source.read(_CHUNK)
                return decompressor.decompress(data) if data else None

            coming = deque(pool.submit(piece) for _ in range(_AHEAD))
            while (data := coming.popleft().result()) is not None:
                coming.append(pool.submit(piece))
                whole, found, rest = (rest + data).rpartition(b"\n\n")
                if found:
                    yield whole
    except (lzma.LZMAError, EOFError) as error:
        raise DebianError(f"the index '{compressed}' is damaged: {error}") from None
    if not decompressor.eof:
        raise DebianError(f"the index '{compressed}' is damaged: it ends too early")
    if rest.strip():
        yield rest


def _blocks(text: bytes) -> Iterator[bytes]:
    """Whole stanzas, cut into pieces that hold some of them."""
    start = 0
    while start < len(text):
        end = text.find(b"\n\n", start + _BLOCK)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 2


def _insert(database: sqlite3.Connection, blocks: list[bytes], first: int, origin: Path) -> None:
    """Insert blocks and what is in them; `first` is the number of the first one."""
    packages: list[tuple[str, int, bool]] = []
    provided: list[tuple[str, str, str | None]] = []
    for number, block in enumerate(blocks, first):
        for stanza in block.decode("utf-8", "replace").split("\n\n"):
            name = _name(stanza, origin)
            packages.append((name, number, _ESSENTIAL in stanza))
            if _PROVIDES in stanza:
                field = stanza.partition(_PROVIDES)[2].partition("\n")[0]
                provided += [(one, name, version) for one, version in relation.provided(field)]
    database.executemany("insert into block values (?,?)", enumerate(blocks, first))
    database.executemany("insert into package values (?,?,?)", packages)
    database.executemany("insert into provided values (?,?,?)", provided)


def _name(stanza: str, origin: Path) -> str:
    if stanza.startswith(_PACKAGE):
        return stanza.partition("\n")[0][len(_PACKAGE) :]
    named = _NAME.search(stanza)
    if named is None:
        raise _bad_stanza(origin, KeyError("Package"), stanza)
    return named[1]


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
