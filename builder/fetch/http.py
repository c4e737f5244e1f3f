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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from builder.fetch.errors import FetchError, NotFound, Truncated, WrongHash
from builder.fetch.expected import Expected

if TYPE_CHECKING:
    import ssl

_TIMEOUT = 30.0  # seconds without a byte
_PAUSES = (0.3, 1.0, 3.0)  # seconds before each further attempt
_CHUNK = 1 << 18  # bytes
_REPORTS = 0.2  # seconds between two
_SCHEMES = ("http", "https", "file")
_GONE = (403, 404, 410)
USER_AGENT = "neve"


def read(url: str, *, headers: Mapping[str, str] | None = None, limit: int = 64 << 20) -> bytes:
    """The bytes at `url`, at most `limit` of them; raises FetchError or one of its kinds.

    `headers` go to the server that `url` names, and to no other that it sends us to.
    """

    def attempt() -> bytes:
        pieces: list[bytes] = []
        _transfer(Question(url, headers or {}, []), pieces.append, None, limit)
        return b"".join(pieces)

    return _retry(attempt)


def _to_nobody(size: int) -> None:
    """What has come is told to nobody."""


def download(
    url: str, target: Path, expected: Expected, report: Callable[[int], None] = _to_nobody
) -> None:
    """Put the bytes at `url` at `target`, which appears only when whole and right.

    Raises NotFound, Truncated, WrongHash, or FetchError for what stays wrong
    after several attempts. A left-over of an interrupted download is a hidden
    file beside `target`. `report` is told a few times a second how many bytes have come.
    """
    _save(url, target, {}, expected, expected.size, report)


def save(
    url: str,
    target: Path,
    *,
    limit: int,
    headers: Mapping[str, str] | None = None,
    report: Callable[[int], None] = _to_nobody,
) -> tuple[str, ...]:
    """As `download`, for who checks the bytes, at most `limit` of them, afterwards.

    `headers` as in `read`. Returns the ``Link`` headers of every answer on the way.
    """
    return _save(url, target, headers or {}, None, limit, report)


def _save(
    url: str,
    target: Path,
    headers: Mapping[str, str],
    expected: Expected | None,
    limit: int,
    report: Callable[[int], None],
) -> tuple[str, ...]:
    target.parent.mkdir(parents=True, exist_ok=True)

    def attempt() -> tuple[str, ...]:
        question = Question(url, headers, [])
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        aside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                _transfer(question, _Counted(file.write, report), expected, limit)
                os.fchmod(handle, 0o644)
                # No fsync: whoever uses a downloaded file checks its hash first.
            aside.rename(target)
        finally:
            aside.unlink(missing_ok=True)
        return tuple(question.links)

    return _retry(attempt)


class _Counted:
    """Writes, and reports how much."""

    def __init__(self, write: Callable[[bytes], object], report: Callable[[int], None]) -> None:
        self._write = write
        self._report = report
        self._size = 0
        self._told = 0.0

    def __call__(self, data: bytes) -> None:
        """Write the next bytes."""
        self._write(data)
        self._size += len(data)
        now = time.monotonic()
        if now - self._told >= _REPORTS:
            self._told = now
            self._report(self._size)


class Question(NamedTuple):
    """One request; `links` takes the ``Link`` headers of the answers."""

    url: str
    headers: Mapping[str, str]
    links: list[str]


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows where a server sends us: remembers links, and keeps secrets from other servers."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def redirect_request(
        self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any
    ) -> urllib.request.Request | None:
        self.question.links.extend(headers.get_all("Link", ()))
        made = super().redirect_request(req, fp, code, msg, headers, newurl)
        here, there = (urllib.parse.urlsplit(url)[:2] for url in (self.question.url, newurl))
        if made is not None and here != there:
            for name in self.question.headers:
                made.remove_header(name.capitalize())
        return made


@lru_cache(maxsize=4)
def _trust(named: str | None) -> ssl.SSLContext:
    """Whom to believe: the authorities in a file, or those of the host.

    Remembered, since reading them takes some 40 ms, longer than most answers.
    """
    import ssl

    return ssl.create_default_context(cafile=named)


def _opener(question: Question) -> urllib.request.OpenerDirector:
    handlers: list[urllib.request.BaseHandler] = [_Redirects(question)]
    if not question.url.startswith("file:"):
        named = os.environ.get("NIX_SSL_CERT_FILE") or os.environ.get("SSL_CERT_FILE")
        handlers.append(urllib.request.HTTPSHandler(context=_trust(named or None)))
    return urllib.request.build_opener(*handlers)


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
def _open(question: Question) -> Iterator[http.client.HTTPResponse]:
    url = question.url
    scheme = urllib.parse.urlsplit(url).scheme
    if scheme not in _SCHEMES:
        raise FetchError(
            f"cannot fetch '{url}': its scheme is '{scheme}', expect one of {', '.join(_SCHEMES)}"
        )
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT, **question.headers})
    try:
        response = _opener(question).open(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        message = f"unable to download '{url}': HTTP error {error.code}"
        if error.code in _GONE:
            raise NotFound(message) from None
        if error.code >= 500 or error.code in (408, 429):
            raise _Transient(FetchError(message)) from None
        raise FetchError(message) from None
    except urllib.error.URLError as error:
        if scheme == "file":
            raise NotFound(f"'{url}': {error.reason}") from None
        trouble = FetchError(f"cannot reach '{url}': {error.reason}")
        if type(error.reason).__name__ == "SSLCertVerificationError":
            trouble.hint = "NIX_SSL_CERT_FILE names a file with the authorities to trust"
            raise trouble from None
        raise _Transient(trouble) from None
    with response:
        question.links.extend(response.headers.get_all("Link", ()))
        yield response


def _transfer(
    question: Question,
    write: Callable[[bytes], object],
    expected: Expected | None,
    limit: int,
) -> None:
    url = question.url
    hasher = hashlib.sha256()
    size = 0
    announced: int | None = None
    try:
        with _open(question) as response:
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
