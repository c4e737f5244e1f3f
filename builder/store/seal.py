"""Making a finished tree ready to be registered: canonical, hashed, its references known."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from builder.store import nar
from builder.store.canonical import canonicalise
from builder.store.errors import FormatError
from builder.store.hasher import Hasher
from builder.store.hashes import Hash
from builder.store.paths import StorePath
from builder.store.references import Scanner


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What is known of a tree after its one reading."""

    nar_hash: Hash
    nar_size: int  # bytes
    references: tuple[StorePath, ...]


def seal(path: Path, candidates: Iterable[StorePath]) -> Sealed:
    """Canonicalise the tree at `path`, then hash it and look for `candidates` in one pass.

    Raises FormatError for what a store cannot hold.
    """
    try:
        canonicalise(path)
        return measure(path, candidates)
    except RecursionError:
        raise _too_deep(path) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise _too_deep(path) from None
        raise


def _too_deep(path: Path) -> FormatError:
    return FormatError(f"'{path}' has folders within folders, too many for a path to name")


def measure(path: Path, candidates: Iterable[StorePath]) -> Sealed:
    """Hash the tree at `path` and look for `candidates` in it, changing nothing."""
    scanner = Scanner(candidates)
    with closing(Hasher("sha256")) as hasher:

        def write(data: bytes) -> None:
            hasher.feed(data)
            scanner.feed(data)

        nar.dump(path, write)
        return Sealed(nar_hash=hasher.result(), nar_size=hasher.size, references=scanner.found)
