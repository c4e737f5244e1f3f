"""A store given out as a binary cache over HTTP; archives are made while they are sent."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import local
from typing import BinaryIO, cast

from builder.store import nar
from builder.store.cache.binary_cache import INFO
from builder.store.cache.compression import SUFFIXES, compressing
from builder.store.cache.keys import SecretKey, signed
from builder.store.cache.narinfo import NarInfo
from builder.store.cache.told import Told
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import STORE_DIR

_NARINFO = re.compile(r"/([0-9a-df-np-sv-z]{32})\.narinfo")
_ARCHIVE = re.compile(r"/nar/([0-9a-df-np-sv-z]{32})-([0-9a-df-np-sv-z]{52})\.nar(\.xz|\.zst)?")
_RANGE = re.compile(r"bytes=([0-9]{1,18})-")
_IDLE = 60  # seconds until a silent connection is closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """What is given out: a store, signed by `keys`, archives compressed by `compression`."""

    open_store: Callable[[], LocalStore]
    keys: Sequence[SecretKey] = ()
    compression: str = "none"
    priority: int = 30


class CacheServer(ThreadingHTTPServer):
    """Serves until `shutdown`; ``server_address`` tells the port that was free."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], offering: Offering) -> None:
        self.offering = offering
        self._own = local()
        with offering.open_store().opened() as store:
            self.told = Told(store.roots if store.database.writable else None)
        super().__init__(address, _Handler)

    @property
    def store(self) -> LocalStore:
        """This thread's own opening of the store."""
        if not hasattr(self._own, "store"):
            self._own.store = self.offering.open_store()
        return cast(LocalStore, self._own.store)

    def shutdown_request(self, request: object) -> None:
        """The thread of a connection ends: so does its opening of the store."""
        if hasattr(self._own, "store"):
            self._own.store.database.close()
            del self._own.store
        super().shutdown_request(request)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "neve"
    sys_version = ""
    timeout = _IDLE
    # A head and its body are one packet, and none waits for the last one's acknowledgement.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: CacheServer

    def do_GET(self) -> None:
        """Answer with the file."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Answer without the file."""
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: whoever wants a log has a proxy that writes one."""

    def _answer(self, *, body: bool) -> None:
        if self.path == f"/{INFO}":
            text = f"StoreDir: {STORE_DIR}\nWantMassQuery: 1\n"
            text += f"Priority: {self.server.offering.priority}\n"
            self._text(text, "text/x-nix-cache-info", body=body)
        elif match := _NARINFO.fullmatch(self.path):
            info = self._find(match[1])
            if info is None:
                self._missing()
            else:
                self._text(str(self._listed(info)), "text/x-nix-narinfo", body=body)
        elif match := _ARCHIVE.fullmatch(self.path):
            info = self._find(match[1])
            suffix = SUFFIXES[self.server.offering.compression]
            if info is None or info.nar_hash.base32 != match[2] or (match[3] or "") != suffix:
                self._missing()
            else:
                self._archive(info, body=body)
        else:
            self._missing()

    def _find(self, digest: str) -> PathInfo | None:
        """What is known of a path; who asks will come for it, so it is not collected now."""
        database = self.server.store.database
        path = database.by_digest(digest)
        if path is None:
            return None
        self.server.told.keep(path)
        return database.query(path)  # before it was kept it may have been collected

    def _listed(self, info: PathInfo) -> NarInfo:
        method = self.server.offering.compression
        for key in self.server.offering.keys:
            info = signed(info, key)
        name = f"{info.path.digest}-{info.nar_hash.base32}.nar{SUFFIXES[method]}"
        is_plain = method == "none"
        return NarInfo(
            info=info,
            url=f"nar/{name}",
            compression=method,
            file_hash=info.nar_hash if is_plain else None,
            file_size=info.nar_size if is_plain else None,
        )

    def _text(self, text: str, kind: str, *, body: bool) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)

    def _missing(self) -> None:
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _archive(self, info: PathInfo, *, body: bool) -> None:
        if self.server.offering.compression == "none":
            self._plain(info, body=body)
        else:
            self._compressed(info, body=body)

    def _plain(self, info: PathInfo, *, body: bool) -> None:
        wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted else 0
        if start >= info.nar_size:
            start = 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "application/x-nix-nar")
        self.send_header("Accept-Ranges", "bytes")
        if start:
            last = info.nar_size - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{info.nar_size}")
        self.send_header("Content-Length", str(info.nar_size - start))
        self.end_headers()
        if body:
            self._dump(info, _Skipping(cast(BinaryIO, self.wfile), start).write)

    def _compressed(self, info: PathInfo, *, body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-nix-nar")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if not body:
            return
        chunks = _Chunked(cast(BinaryIO, self.wfile))
        writer = compressing(cast(BinaryIO, chunks), self.server.offering.compression)
        self._dump(info, writer.write)
        writer.close()
        chunks.end()

    def _dump(self, info: PathInfo, write: Callable[[bytes], object]) -> None:
        try:
            nar.dump(self.server.store.real_path(info.path), write)
        except OSError:
            self.close_connection = True  # too late for another answer: the client sees it short
            raise


class _Skipping:
    """Passes on what comes after the first `left` bytes."""

    def __init__(self, target: BinaryIO, left: int) -> None:
        self._target = target
        self._left = left

    def write(self, data: bytes) -> None:
        if self._left:
            skipped = min(self._left, len(data))
            self._left -= skipped
            data = data[skipped:]
        if data:
            self._target.write(data)


class _Chunked:
    """The transfer coding "chunked" of HTTP/1.1 (RFC 9112, section 7.1)."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def write(self, data: bytes) -> int:
        if data:
            self._target.write(b"%x\r\n%b\r\n" % (len(data), data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def end(self) -> None:
        """The last chunk."""
        self._target.write(b"0\r\n\r\n")
