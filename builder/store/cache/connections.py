"""Questions over HTTP on connections that are kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import SplitResult, urljoin, urlsplit

if TYPE_CHECKING:
    import ssl

_CONNECTING, _SILENCE = 5.0, 20.0  # seconds
_HOPS = 5  # redirections followed
_ELSEWHERE = (301, 302, 303, 307, 308)
_SECRET = ("Authorization", "Cookie")

BROKEN = (HTTPException, OSError, ValueError)
"""What a question, and reading its answer, may raise: ValueError is for an address that is none."""


class Answer:
    """A server's answer; after `finish` its connection is free for another question."""

    def __init__(
        self, connections: Connections, at: tuple[str, str], connection: HTTPConnection,
        response: HTTPResponse,
    ) -> None:  # fmt: skip
        self._connections = connections
        self._at = at
        self._connection = connection
        self._response = response
        self.status = response.status
        self.headers = response.headers
        self.read = response.read
        self.readinto = response.readinto

    @property
    def is_short(self) -> bool:
        """Whether less has been read than the server told of."""
        return bool(self._response.length)

    def finish(self) -> None:
        """Keep the connection if the answer was read to its end, else close it."""
        response = self._response
        if response.isclosed() and not response.will_close and not self.is_short:
            self._connections.keep(self._at, self._connection)
        else:
            response.close()
            self._connection.close()


class Connections:
    """Those of one process, which any of its threads may use."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[str, str], list[HTTPConnection]] = {}

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: BinaryIO | None = None
    ) -> Answer:
        """The answer to a question, also from where the server sends us; raises `BROKEN`."""
        headers = dict(headers)
        for _ in range(_HOPS + 1):
            answer = self._ask(method, urlsplit(url), headers, body)
            target = answer.headers.get("Location")
            if answer.status not in _ELSEWHERE or target is None or body is not None:
                return answer
            answer.read()
            answer.finish()
            here, url = url, urljoin(url, target)
            if urlsplit(here)[:2] != urlsplit(url)[:2]:
                for name in _SECRET:
                    headers.pop(name, None)
        raise HTTPException(f"it sends on more than {_HOPS} times")

    def keep(self, at: tuple[str, str], connection: HTTPConnection) -> None:
        """Take a connection back whose answer has been read."""
        with self._lock:
            self._kept.setdefault(at, []).append(connection)

    def _ask(
        self, method: str, url: SplitResult, headers: Mapping[str, str], body: BinaryIO | None
    ) -> Answer:
        at = (url.scheme, url.netloc)
        target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
        while True:
            with self._lock:
                kept = self._kept.get(at)
                connection = kept.pop() if kept else None
            is_new = connection is None
            if connection is None:
                connection = _connect(url)
            try:
                if body is not None:
                    body.seek(0)
                connection.request(method, target, body, dict(headers))
                return Answer(self, at, connection, connection.getresponse())
            except (ConnectionError, HTTPException):
                connection.close()
                if is_new:
                    raise  # of a kept one it only says that the server has closed it since
            except BaseException:
                connection.close()
                raise


def _connect(url: SplitResult) -> HTTPConnection:
    if url.hostname is None or url.scheme not in ("http", "https"):
        raise ValueError(f"'{url.geturl()}' is no address of a web server")
    if url.scheme == "http":
        connection = HTTPConnection(url.hostname, url.port, timeout=_CONNECTING)
    else:
        trust = _trust(os.environ.get("NIX_SSL_CERT_FILE") or None)
        connection = HTTPSConnection(url.hostname, url.port, timeout=_CONNECTING, context=trust)
    connection.connect()
    connection.sock.settimeout(_SILENCE)
    return connection


@lru_cache(maxsize=1)
def _trust(named: str | None) -> ssl.SSLContext:
    """Whom to believe: the authorities in a file, or those of the host."""
    import ssl

    return ssl.create_default_context(cafile=named)
