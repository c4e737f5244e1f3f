"""A cache on a web server: connections are kept, a broken transfer goes on where it broke."""

from __future__ import annotations

import hashlib
import io
import os
import time
from pathlib import Path
from typing import Any, BinaryIO, cast

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from builder.store.cache.errors import CacheError
from builder.store.cache.place import Sign

_TIMEOUT = urllib3.Timeout(connect=5.0, read=20.0)  # seconds
_CONNECTIONS = 16
_PAUSES = (0.2, 0.6)  # seconds before each further attempt
_GONE = (403, 404, 410)
_LONGEST = 1 << 20  # bytes of a file that is read whole


class ServerPlace:
    """The files below the URL `base`; `url` is what the user calls it."""

    def __init__(self, url: str, base: str, *, sign: Sign | None = None) -> None:
        self.url = url
        self._base = base.rstrip("/")
        self._sign = sign
        self._connections = (os.getpid(), _connections())

    @property
    def _pool(self) -> urllib3.PoolManager:
        """The connections of this process: a forked one must not speak on those of its parent."""
        if self._connections[0] != os.getpid():
            self._connections = (os.getpid(), _connections())
        return self._connections[1]

    def read(self, name: str) -> bytes | None:
        """A small file's content, None when the server has none."""
        response = self._request("GET", name)
        try:
            if response.status in _GONE:
                return None
            self._expect(response, name, 200)
            return self._whole(response, name)
        finally:
            response.release_conn()

    def _whole(self, response: BaseHTTPResponse, name: str) -> bytes:
        try:
            return response.read(_LONGEST)
        except (HTTPError, OSError) as error:
            raise self._broken(name, error) from None

    def open(self, name: str) -> BinaryIO:
        """The file as a stream that survives broken connections."""
        return cast(BinaryIO, io.BufferedReader(_Transfer(self, name), 1 << 18))

    def has(self, name: str) -> bool:
        """Whether the server has the file."""
        response = self._request("HEAD", name)
        response.release_conn()
        if response.status in _GONE:
            return False
        self._expect(response, name, 200)
        return True

    def put(self, name: str, file: Path) -> None:
        """Send `file`."""
        with file.open("rb") as source:
            response = self._request("PUT", name, body=source)
            response.release_conn()
        if response.status not in (200, 201, 204):
            raise CacheError(
                f"cache '{self.url}' does not take {name}: it answers {response.status}",
                hint="does the server allow PUT, and are you allowed to?",
            )

    def _request(
        self, method: str, name: str, *, body: BinaryIO | None = None, start: int = 0
    ) -> BaseHTTPResponse:
        url = f"{self._base}/{name}"
        headers = {"User-Agent": "neve"}
        if start:
            headers["Range"] = f"bytes={start}-"
        if body is not None:
            headers["Content-Length"] = str(os.fstat(body.fileno()).st_size)
        if self._sign is not None:
            headers.update(self._sign(method, url, _digest(body)))
        problem: Exception | None = None
        for pause in (0.0, *_PAUSES):
            if pause:
                time.sleep(pause)
            try:
                if body is not None:
                    body.seek(0)
                response = self._pool.request(
                    method, url, headers=headers, body=body, preload_content=False
                )
            except (HTTPError, OSError) as error:
                problem = error
                continue
            if response.status < 500 and response.status not in (408, 429):
                return response
            response.release_conn()
            problem = CacheError(f"it answers {response.status}")
        raise CacheError(f"cache '{self.url}': {name}: {_reason(problem)}")

    def _expect(self, response: BaseHTTPResponse, name: str, status: int) -> None:
        if response.status != status:
            raise CacheError(f"cache '{self.url}': {name}: it answers {response.status}")

    def _broken(self, name: str, error: Exception) -> CacheError:
        return CacheError(f"cache '{self.url}': {name}: {_reason(error)}")

    def begin(self, name: str, start: int) -> BaseHTTPResponse:
        """The response with the file's bytes from `start`; raises CacheError."""
        response = self._request("GET", name, start=start)
        if start and response.status == 200:  # a server that knows no ranges: skip what we have
            left = start
            while left:
                left -= len(self._some(response, name, min(left, 1 << 20)))
            return response
        self._expect(response, name, 206 if start else 200)
        return response

    def _some(self, response: BaseHTTPResponse, name: str, size: int) -> bytes:
        try:
            data = response.read(size)
        except (HTTPError, OSError) as error:
            raise self._broken(name, error) from None
        if not data:
            raise CacheError(f"cache '{self.url}': {name} has changed while it was read")
        return data


class _Transfer(io.RawIOBase):
    """A file's bytes; after a broken connection the rest is asked for."""

    def __init__(self, place: ServerPlace, name: str) -> None:
        self._place = place
        self._name = name
        self._at = 0
        self._attempts = 0
        self._response: BaseHTTPResponse | None = None
        self._end: int | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes; raises CacheError when the transfer cannot be mended."""
        while True:
            if self._response is None:
                self._response = self._place.begin(self._name, self._at)
                length = self._response.headers.get("Content-Length")
                if self._end is None and length and length.isdecimal():
                    self._end = int(length)
            try:
                data = self._response.read(len(buffer))
                if not data and self._end is not None and self._at < self._end:
                    raise OSError(f"it ended after {self._at} of {self._end} bytes")
            except (HTTPError, OSError) as error:
                self._drop()
                self._attempts += 1
                if self._attempts > len(_PAUSES):
                    raise CacheError(
                        f"cache '{self._place.url}': {self._name}: {_reason(error)}"
                    ) from None
                continue
            buffer[: len(data)] = data
            self._at += len(data)
            return len(data)

    def _drop(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response = None

    def close(self) -> None:
        if self._response is not None:
            # A transfer that was read to its end leaves its connection to the next.
            if self._end is not None and self._at == self._end:
                self._response.release_conn()
            else:
                self._response.close()
            self._response = None
        super().close()


def _connections() -> urllib3.PoolManager:
    return urllib3.PoolManager(
        maxsize=_CONNECTIONS, timeout=_TIMEOUT, retries=urllib3.Retry(0, redirect=5)
    )


def _digest(body: BinaryIO | None) -> str:
    if body is None:
        return hashlib.sha256().hexdigest()
    hasher = hashlib.sha256()
    while data := body.read(_LONGEST):
        hasher.update(data)
    return hasher.hexdigest()


def _reason(error: Exception | None) -> str:
    """The innermost cause, without the library's objects."""
    seen = error
    while seen is not None and (inner := getattr(seen, "reason", None)) is not None:
        if not isinstance(inner, Exception):
            break
        seen = inner
    text = str(seen)
    return text.rpartition(">: ")[2] or text
