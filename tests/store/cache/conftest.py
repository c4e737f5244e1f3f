"""Stores with something in them, keys, and servers on the loopback device."""

from __future__ import annotations

import gzip
import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Any

import pytest

from builder.realise.progress import Bytes, Progress
from builder.store.cache.binary_cache import BinaryCache
from builder.store.cache.keys import SecretKey
from builder.store.cache.memory import Memory
from builder.store.cache.substituter import Substituter
from builder.store.export import in_order
from builder.store.local import LocalStore
from builder.store.paths import StorePath


@dataclass
class Watch(Progress):
    """Remembers what it is told."""

    warnings: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)

    def fetching(self, path: StorePath, cache: str, size: int, so_far: Bytes) -> None:
        assert size > 0

    def fetched(self, path: StorePath) -> None:
        self.came.append(path.name)

    def warn(self, message: str) -> None:
        self.warnings.append(message)


@dataclass
class World:
    """A full store, an empty one, and a key."""

    folder: Path

    def __post_init__(self) -> None:
        self.full = LocalStore(self.folder / "full")
        self.empty = LocalStore(self.folder / "empty")
        self.key = SecretKey.generate("test-1")
        self.watch = Watch()
        source = self.folder / "source"
        source.mkdir()
        (source / "data").write_bytes(os.urandom(3 << 20))
        (source / "run").write_text("#!/bin/sh\n")
        (source / "run").chmod(0o755)
        (source / "link").symlink_to("data")
        self.tree = self.full.add_path(source, "tree")
        self.middle = self.full.add_text("middle", f"{self.tree}".encode(), [self.tree])
        self.top = self.full.add_text("top", f"{self.middle}".encode(), [self.middle])

    def name_by_inputs(self) -> None:
        """Make the top a path as builds have them: its name says nothing of its content."""
        info = self.full.query(self.top)
        path = StorePath("1" * 32 + "-top")
        self.full.install(self.full.real_path(self.top), path)
        self.full.register([replace(info, path=path, ca=None)])
        self.top = path

    def cache(self, url: str) -> BinaryCache:
        return BinaryCache(url, {})

    def fill(self, cache: BinaryCache, *, sign: bool = True) -> None:
        cache.prepare()
        for info in in_order(self.full.closure([self.top])):
            assert cache.add(self.full, info, [self.key] if sign else [])

    def substituter(self, *urls: str, memory: Memory | None = None, **more: Any) -> Substituter:
        caches = [self.cache(url) for url in urls]
        keys = [self.key.public]
        return Substituter(self.empty, caches, keys, watcher=self.watch, memory=memory, **more)

    def take(self, *urls: str, **more: Any) -> set[StorePath]:
        """What of the full store's top could be made valid in the empty one."""
        return self.substituter(*urls, **more).take([self.top])


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


class Files(BaseHTTPRequestHandler):
    """A web server over a folder, which tests make misbehave."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        self.server.seen.append(f"{self.command} {self.path}")
        file = self.server.folder / self.path.lstrip("/")
        if (target := self.server.moved(self.path)) is not None:
            self.reply(302, b"", headers={"Location": target})
        elif (trouble := self.server.trouble(self)) is not None:
            self.reply(trouble, b"")
        elif not file.is_file():
            self.reply(404, b"")
        else:
            self.file(file.read_bytes())

    do_HEAD = do_GET

    def file(self, data: bytes) -> None:
        start = 0
        wanted = self.headers.get("Range", "")
        if wanted and self.server.knows_ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        cut = self.server.cuts.pop(self.path, None) if self.server.cuts else None
        self.reply(206 if start else 200, data[start:], cut)

    def do_PUT(self) -> None:
        self.server.seen.append(f"PUT {self.path}")
        file = self.server.folder / self.path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(201, b"")

    def reply(
        self,
        status: int,
        data: bytes,
        cut: int | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        headers = dict(headers)
        if self.server.zips and self.path.endswith(".narinfo") and status == 200:
            data = gzip.compress(data)[: self.server.zipped]
            headers["Content-Encoding"] = "gzip"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[:cut])
        if cut is not None or self.server.hangs_up:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


class FileServer(ThreadingHTTPServer):
    """`cuts`: after how many bytes the next transfer of a path breaks; `moved`: where a path
    is now; `zips`: whether it compresses narinfo files, `zipped`: how many bytes of them it
    keeps (None: all); `hangs_up`: whether it closes each connection without a word;
    `context`: of a server over TLS."""

    daemon_threads = True

    def __init__(self, folder: Path, context: ssl.SSLContext | None = None) -> None:
        self.folder = folder
        self.moved: Callable[[str], str | None] = lambda path: None
        self.zips = False
        self.zipped: int | None = None
        self.hangs_up = False
        self.scheme = "http" if context is None else "https"
        self.seen: list[str] = []
        self.cuts: dict[str, int] = {}
        self.knows_ranges = True
        self.trouble: Any = lambda handler: None
        super().__init__(("127.0.0.1", 0), Files)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[FileServer]:
    folder = tmp_path / "web"
    folder.mkdir()
    server = FileServer(folder)
    with running(server):
        yield server
