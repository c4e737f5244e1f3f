"""A small archive of our own: signed, indexed, served over HTTP, with real packages."""

from __future__ import annotations

import functools
import hashlib
import io
import lzma
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pysequoia
import pytest


@dataclass
class Item:
    """One entry of a package's data."""

    name: str
    content: bytes = b""
    kind: bytes = tarfile.REGTYPE
    mode: int = 0o644
    target: str = ""


def data_tar(items: list[Item], format: int = tarfile.GNU_FORMAT) -> bytes:
    """A tar archive by Python's own writer."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as tar:
        for item in items:
            info = tarfile.TarInfo(item.name)
            info.type, info.mode, info.linkname = item.kind, item.mode, item.target
            info.size = len(item.content)
            tar.addfile(info, io.BytesIO(item.content))
    return buffer.getvalue()


def ar(members: list[tuple[str, bytes]]) -> bytes:
    """An ar archive."""
    out = b"!<arch>\n"
    for name, data in members:
        head = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n"
        out += head.encode() + data + b"\n" * (len(data) % 2)
    return out


def make_deb(data: bytes, suffix: str = ".xz") -> bytes:
    """A ``.deb`` around the compressed `data`."""
    control = lzma.compress(data_tar([Item("./control", b"Package: x\n")]))
    return ar(
        [("debian-binary", b"2.0\n"), ("control.tar.xz", control), (f"data.tar{suffix}", data)]
    )


@dataclass
class Archive:
    """The archive's folder, its URL, its key, and the requests it has had."""

    folder: Path
    url: str
    certificate: bytes
    signer: pysequoia.PySigner
    requests: list[str]

    def publish(self, packages: str, *, extra: str = "", date: str = "") -> bytes:
        """Write the index and a signed release file; return the latter."""
        suite = self.folder / "dists/test"
        index = suite / "main/binary-amd64"
        index.mkdir(parents=True, exist_ok=True)
        compressed = lzma.compress(packages.encode())
        digest = hashlib.sha256(compressed).hexdigest()
        (index / "Packages.xz").write_bytes(compressed)
        by_hash = index / "by-hash/SHA256"
        by_hash.mkdir(parents=True, exist_ok=True)
        (by_hash / digest).write_bytes(compressed)
        text = (
            f"Origin: Test\nSuite: stable\nCodename: test\n"
            f"Date: {date or 'Sat, 12 Sep 2026 07:55:41 UTC'}\n{extra}Acquire-By-Hash: yes\n"
            "Architectures: all amd64\nComponents: main\nSHA256:\n"
            f" {digest} {len(compressed)} main/binary-amd64/Packages.xz\n"
        )
        clear = pysequoia.SignatureMode.CLEAR
        signed: bytes = pysequoia.sign(self.signer, text.encode(), mode=clear)
        (suite / "InRelease").write_bytes(signed)
        return signed

    def add(self, path: str, content: bytes) -> tuple[str, int]:
        """Put a file into the pool; return its hash and size."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return hashlib.sha256(content).hexdigest(), len(content)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    folder = tmp_path / "archive"
    folder.mkdir()
    requests: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("/cut"):
                self.send_response(200)
                self.send_header("Content-Length", "7")
                self.end_headers()
                self.wfile.write(b"cont")
            else:
                super().do_GET()

        def log_message(self, *args: object) -> None:
            requests.append(self.path)

    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    key = pysequoia.Tsk.generate(user_id="Test archive")
    try:
        yield Archive(
            folder=folder,
            url=f"http://127.0.0.1:{server.server_port}",
            certificate=bytes(key.extract_certificate()),
            signer=key.signer(),
            requests=requests,
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
