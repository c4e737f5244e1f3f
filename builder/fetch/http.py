"""Download over http(s), or from a file: URL: with deadlines, retries and checks, atomically."""

from __future__ import annotations

import hashlib
import http.client
import os
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from builder.fetch.errors import FetchError, NotFound, Truncated, WrongHash

_TIMEOUT = 30.0  # seconds without a byte
_PAUSES = (0.3, 1.0, 3.0)  # seconds before each further attempt
_CHUNK = 1 << 18  # bytes
_SCHEMES = ("http", "https", "file")
_GONE = (403, 404, 410)
USER_AGENT = "neve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the bytes must be: SHA-256 in base 16, and size in bytes."""

    sha256: str
    size: int


def read(url: str, *, limit: int = 64 << 20, expected: Expected | None = None) -> bytes:
    """The bytes at `url`, at most `limit` of them; raises FetchError or one of its kinds."""

    def attempt() -> bytes:
        pieces: list[bytes] = []
        _transfer(url, pieces.append, expected, limit)
        return b"".join(pieces)

    return _retry(attempt)


def download(url: str, target: Path, expected: Expected) -> None:
    """Put the bytes at `url` at `target`, which appears only when whole and right.

    Raises NotFound, Truncated, WrongHash, or FetchError for what stays wrong
    after several attempts. A left-over of an interrupted download is a hidden
    file beside `target`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)

    def attempt() -> None:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        aside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                _transfer(url, file.write, expected, expected.size)
                os.fchmod(handle, 0o644)
                # No fsync: whoever uses a downloaded file checks its hash first.
            aside.rename(target)
        finally:
            aside.unlink(missing_ok=True)

    _retry(attempt)


class _Transient(Exception):
    """Worth another attempt; carries the error to raise when there is none left."""

    def __init__(self, error: FetchError) -> None:
        super().__init__(str(error))
        self.error = error


_T = TypeVar("_T")


def _retry(attempt: Callable[[], _T]) -> _T:
    for pause in _PAUSES:
        try:
            return attempt()
        except _Transient:
            time.sleep(pause)
    try:
        return attempt()
    except _Transient as last:
        raise last.error from None


@contextmanager
def _open(url: str) -> Iterator[http.client.HTTPResponse]:
    scheme = urllib.parse.urlsplit(url).scheme
    if scheme not in _SCHEMES:
        raise FetchError(
            f"cannot fetch '{url}': its scheme is '{scheme}', expect one of {', '.join(_SCHEMES)}"
        )
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT})
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        message = f"'{url}': the server answered {error.code} {error.reason}"
        if error.code in _GONE:
            raise NotFound(message) from None
        if error.code >= 500 or error.code in (408, 429):
            raise _Transient(FetchError(message)) from None
        raise FetchError(message) from None
    except urllib.error.URLError as error:
        if scheme == "file":
            raise NotFound(f"'{url}': {error.reason}") from None
        raise _Transient(FetchError(f"cannot reach '{url}': {error.reason}")) from None
    with response:
        yield response


def _transfer(
    url: str, write: Callable[[bytes], object], expected: Expected | None, limit: int
) -> None:
    hasher = hashlib.sha256()
    size = 0
    announced: int | None = None
    try:
        with _open(url) as response:
            length = response.headers.get("Content-Length")
            announced = int(length) if length and length.isdecimal() else None
            while data := response.read(_CHUNK):
                size += len(data)
                if size > limit:
                    break
                hasher.update(data)
                write(data)
    except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
        raise _Transient(
            FetchError(f"'{url}': the transfer broke after {size} bytes: {error!r}")
        ) from None
    _check(url, size, announced, hasher.hexdigest(), expected, limit)


def _check(
    url: str, size: int, announced: int | None, digest: str, expected: Expected | None, limit: int
) -> None:
    if expected is None and size > limit:
        raise FetchError(f"'{url}' is larger than {limit} bytes, which cannot be right")
    # A whole file of another size is another file; only a broken transfer is truncated.
    wanted = announced if announced is not None else expected.size if expected else None
    if wanted is not None and size < min(wanted, limit):
        raise _Transient(
            Truncated(f"'{url}' was truncated: {size} of {wanted} bytes came, then the end")
        )
    if expected is not None and (size, digest) != (expected.size, expected.sha256):
        # A proxy's half-written copy heals; a wrong file stays wrong and is told below.
        too_much = f"more than {expected.size}" if size > expected.size else str(size)
        raise _Transient(
            WrongHash(
                f"'{url}' is not the file that was asked for:\n"
                f"  wanted: sha256 {expected.sha256}, {expected.size} bytes\n"
                f"  got:    sha256 {digest}, {too_much} bytes"
            )
        )
