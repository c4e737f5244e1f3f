"""A cache on a web server: connections are kept, a broken transfer goes on where it broke."""

from __future__ import annotations

import hashlib
import io
import os
import time
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from builder.store.cache.compression import decompressed
from builder.store.cache.connections import BROKEN, Answer, Connections
from builder.store.cache.errors import CacheError
from builder.store.cache.place import Sign

_PAUSES = (0.2, 0.6)  # seconds before each further attempt
_GONE = (403, 404, 410)
_BUFFER = 1 << 16  # bytes
_LONGEST = 1 << 20  # bytes of a file that is read whole


class ServerPlace:
    """The files below the URL `base`; `url` is what the user calls it."""

    def __init__(self, url: str, base: str, *, sign: Sign | None = None) -> None:
        self.url = url
        self._base = base.rstrip("/")
        self._sign = sign
        self._connections = (os.getpid(), Connections())

    @property
    def _kept(self) -> Connections:
        """The connections of this process: a forked one must not speak on those of its parent."""
        if self._connections[0] != os.getpid():
            self._connections = (os.getpid(), Connections())
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
            response.finish()

    def _whole(self, response: Answer, name: str) -> bytes:
        try:
            data = response.read(_LONGEST + 1)
            if response.is_short and len(data) <= _LONGEST:
                raise OSError(f"it ended after {len(data)} bytes")
            if response.headers.get("Content-Encoding") == "gzip":
                data = decompressed(io.BytesIO(data), "gzip").read(_LONGEST + 1)
        except (*BROKEN, EOFError, zlib.error) as error:
            raise self._broken(name, error) from None
        if len(data) > _LONGEST:
            raise self._broken(name, OSError(f"it is longer than {_LONGEST} bytes"))
        return data

    def open(self, name: str) -> io.BufferedReader:
        """The file as a stream that survives broken connections."""
        return io.BufferedReader(_Transfer(self, name), _BUFFER)

    def has(self, name: str) -> bool:
        """Whether the server has the file."""
        response = self._request("HEAD", name)
        response.finish()
        if response.status in _GONE:
            return False
        self._expect(response, name, 200)
        return True

    def put(self, name: str, file: Path) -> None:
        """Send `file`."""
        with file.open("rb") as source:
            response = self._request("PUT", name, body=source)
            response.finish()
        if response.status not in (200, 201, 204):
            raise CacheError(
                f"cache '{self.url}' does not take {name}: it answers {response.status}",
                hint="does the server allow PUT, and are you allowed to?",
            )

    def _request(
        self, method: str, name: str, *, body: BinaryIO | None = None, start: int = 0
    ) -> Answer:
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
                response = self._kept.ask(method, url, headers, body)
            except BROKEN as error:
                problem = error
                continue
            if response.status < 500 and response.status not in (408, 429):
                return response
            response.finish()
            problem = CacheError(f"it answers {response.status}")
        raise CacheError(f"cache '{self.url}': {name}: {_reason(problem)}")

    def _expect(self, response: Answer, name: str, status: int) -> None:
        if response.status != status:
            raise CacheError(f"cache '{self.url}': {name}: it answers {response.status}")

    def _broken(self, name: str, error: Exception) -> CacheError:
        return CacheError(f"cache '{self.url}': {name}: {_reason(error)}")

    def begin(self, name: str, start: int) -> Answer:
        """The response with the file's bytes from `start`; raises CacheError."""
        response = self._request("GET", name, start=start)
        if start and response.status == 200:  # a server that knows no ranges: skip what we have
            left = start
            while left:
                left -= len(self._some(response, name, min(left, 1 << 20)))
            return response
        self._expect(response, name, 206 if start else 200)
        return response

    def _some(self, response: Answer, name: str, size: int) -> bytes:
        try:
            data = response.read(size)
        except BROKEN as error:
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
        self._response: Answer | None = None
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
                size = self._response.readinto(buffer)
                if not size and self._end is not None and self._at < self._end:
                    raise OSError(f"it ended after {self._at} of {self._end} bytes")
            except BROKEN as error:
                self._drop()
                self._attempts += 1
                if self._attempts > len(_PAUSES):
                    raise CacheError(
                        f"cache '{self._place.url}': {self._name}: {_reason(error)}"
                    ) from None
                continue
            self._at += size
            return size

    def _drop(self) -> None:
        if self._response is not None:
            self._response.finish()
            self._response = None

    def close(self) -> None:
        self._drop()
        super().close()


def _digest(body: BinaryIO | None) -> str:
    if body is None:
        return hashlib.sha256().hexdigest()
    hasher = hashlib.sha256()
    while data := body.read(_LONGEST):
        hasher.update(data)
    return hasher.hexdigest()


def _reason(error: Exception | None) -> str:
    """What an error says, or else what kind it is of."""
    return str(error) or type(error).__name__
