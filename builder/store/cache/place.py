"""Where a cache's files lie: a folder, or a server that knows GET, HEAD and PUT."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from builder.store.cache.errors import CacheError

Sign = Callable[[str, str, str], Mapping[str, str]]
"""Further headers for a request, from its method, its URL and its body's SHA-256 in base 16."""

_LONGEST = 1 << 20  # bytes of a file that is read whole


class Place(Protocol):
    """The files of a cache by their names, which are relative to its top."""

    @property
    def url(self) -> str:
        """How the user calls the cache."""
        ...

    def read(self, name: str) -> bytes | None:
        """A small file's content, None when there is no such file; raises CacheError."""
        ...

    def open(self, name: str) -> BufferedReader:
        """A file to be read once; raises CacheError, also while it is read."""
        ...

    def has(self, name: str) -> bool:
        """Whether there is such a file; raises CacheError."""
        ...

    def put(self, name: str, file: Path) -> None:
        """Make `file`'s content the file `name`, whole or not at all; raises CacheError."""
        ...


class FolderPlace:
    """A cache in a folder (``file://``)."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """A small file's content."""
        try:
            with (self._folder / name).open("rb") as source:
                return source.read(_LONGEST)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._error(name, error) from None

    def open(self, name: str) -> BufferedReader:
        """A file to be read."""
        try:
            return (self._folder / name).open("rb")
        except OSError as error:
            raise self._error(name, error) from None

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self._folder / name).is_file()

    def put(self, name: str, file: Path) -> None:
        """Copy `file`: aside, to disk, then to its name."""
        target = self._folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as writer, file.open("rb") as reader:
                    shutil.copyfileobj(reader, writer, _LONGEST)
                    writer.flush()
                    os.fchmod(handle, 0o644)
                    os.fsync(handle)
                Path(aside).rename(target)
            except BaseException:
                Path(aside).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise self._error(name, error) from None

    def _error(self, name: str, error: OSError) -> CacheError:
        return CacheError(f"cache '{self.url}': {name}: {error.strerror}")


def find_place(url: str, environment: Mapping[str, str]) -> tuple[Place, dict[str, str]]:
    """The place that `url` names, and the parameters after its question mark.

    A plain path is a folder. `environment` has the credentials of an S3
    service. Raises CacheError for a scheme that is not known.
    """
    parts = urlsplit(url)
    settings = dict(parse_qsl(parts.query))
    plain = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    match parts.scheme:
        case "" | "file":
            return FolderPlace(plain, Path(unquote(parts.path)).absolute()), settings
        case "http" | "https":
            return _server(plain, plain), settings
        case "s3":
            from builder.store.cache.s3 import signer_for

            signer = signer_for(parts.netloc, parts.path, settings, environment)
            return _server(plain, signer.base, sign=signer), settings
        case other:
            raise CacheError(
                f"'{url}' is not a binary cache: its scheme is '{other}'",
                hint="use a folder, file://, http://, https:// or s3://",
            )


def _server(url: str, base: str, sign: Sign | None = None) -> Place:
    # Imported here: a folder needs no client for the web.
    from builder.store.cache.server_place import ServerPlace

    return ServerPlace(url, base, sign=sign)
