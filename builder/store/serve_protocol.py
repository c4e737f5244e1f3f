"""Nix's serve protocol: what ``nix copy --to ssh://…`` speaks with ``nix-store --serve``.

Source: Nix 2.26, version 2.7 of the protocol. Numbers are 8 bytes,
little-endian; strings are as in a NAR; lists are their length and the items.
A command is its number and its arguments; the answers come in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import BinaryIO

from builder.store import nar
from builder.store.errors import FormatError, StoreError
from builder.store.hashes import Hash
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath

_HELLO, _HELLO_BACK = 0x390C9DEB, 0x5452EECB
_VERSION = 0x207
_LONGEST = 1 << 20  # bytes of a string
_MOST = 1 << 20  # items of a list
_SIGNATURE = re.compile(r"[^\s:]+:[A-Za-z0-9+/=]+")


class _Wire:
    """Numbers, strings and lists over two streams."""

    def __init__(self, source: BinaryIO, target: BinaryIO) -> None:
        self.source = source
        self.target = target

    def read(self, size: int) -> bytes:
        data = self.source.read(size)
        if len(data) != size:
            raise FormatError("the other side hung up in the middle of a request")
        return data

    def number(self) -> int:
        return int.from_bytes(self.read(8), "little")

    def text(self) -> str:
        size = self.number()
        if size > _LONGEST:
            raise FormatError(f"a string of {size} bytes is too long")
        data = self.read(size)
        self.read(-size % 8)
        return data.decode("utf-8")

    def texts(self) -> list[str]:
        count = self.number()
        if count > _MOST:
            raise FormatError(f"a list of {count} items is too long")
        return [self.text() for _ in range(count)]

    def paths(self) -> list[StorePath]:
        return [StorePath.parse(text) for text in self.texts()]

    def put_number(self, value: int) -> None:
        self.target.write(value.to_bytes(8, "little"))

    def put_text(self, text: str) -> None:
        self.target.write(nar.text(text.encode()))

    def put_texts(self, texts: Iterable[object]) -> None:
        items = [str(item) for item in texts]
        self.put_number(len(items))
        for item in items:
            self.put_text(item)


def serve(store: LocalStore, source: BinaryIO, target: BinaryIO, *, writable: bool) -> None:
    """Answer requests until the other side hangs up.

    Raises FormatError for what is not the protocol, StoreError for a request
    that cannot be carried out; nothing can be answered after either.
    """
    wire = _Wire(source, target)
    if wire.number() != _HELLO:
        raise FormatError("this is not Nix's serve protocol")
    wire.put_number(_HELLO_BACK)
    wire.put_number(_VERSION)
    target.flush()
    version = wire.number()
    if version >> 8 != _VERSION >> 8:
        raise FormatError(f"version {version >> 8}.{version & 255} of the protocol is not known")
    session = _Session(store, wire, min(version, _VERSION) & 255, writable)
    while head := source.read(1):
        command = int.from_bytes(head + wire.read(7), "little")
        session.answer(command)
        target.flush()


class _Session:
    def __init__(self, store: LocalStore, wire: _Wire, minor: int, writable: bool) -> None:
        self.store = store
        self.wire = wire
        self.minor = minor
        self.writable = writable
        self.commands: dict[int, Callable[[], None]] = {
            1: self.valid_paths,
            2: self.path_infos,
            3: self.dump,
            7: self.closure,
            9: self.add,
        }

    def answer(self, command: int) -> None:
        if command not in self.commands:
            raise StoreError(
                f"command {command} of the serve protocol is not known here: "
                "closures are copied, builds are not taken over"
            )
        self.commands[command]()

    def valid_paths(self) -> None:
        self.wire.number()  # whether to lock them: they are kept in any case
        if self.minor >= 2:
            self.wire.number()  # whether to substitute: the other side has them
        asked = self.wire.paths()
        self.store.roots.add_temporary(asked)
        self.wire.put_texts(sorted(self.store.database.valid(asked)))

    def path_infos(self) -> None:
        asked = self.wire.paths()
        for path in sorted(self.store.database.valid(asked)):
            info = self.store.query(path)
            wire = self.wire
            wire.put_text(str(path))
            wire.put_text(str(info.deriver or ""))
            wire.put_texts(info.references)
            wire.put_number(0)  # what a download would take is not known
            wire.put_number(info.nar_size)
            if self.minor >= 4:
                wire.put_text(f"{info.nar_hash.algo}:{info.nar_hash.base32}")
                wire.put_text(info.ca or "")
                wire.put_texts(info.signatures)
        self.wire.put_text("")

    def dump(self) -> None:
        path = StorePath.parse(self.wire.text())
        self.store.roots.add_temporary([path])
        self.store.query(path)
        nar.dump(self.store.real_path(path), self.wire.target.write)

    def closure(self) -> None:
        self.wire.number()  # whether derivations' outputs belong to it: only for builds
        asked = self.wire.paths()
        valid = self.store.database.valid(asked)
        self.wire.put_texts(info.path for info in self.store.closure(sorted(valid)))

    def add(self) -> None:
        wire = self.wire
        path = StorePath.parse(wire.text())
        deriver = wire.text()
        nar_hash = Hash.parse(wire.text(), "sha256")
        references = tuple(sorted(set(wire.paths())))
        wire.number()  # when the other side registered it
        size = wire.number()
        wire.number()  # whether the other side built it
        signatures = [text for text in wire.texts() if _SIGNATURE.fullmatch(text)]
        ca = wire.text()
        if not self.writable:
            raise StoreError("this store is served for reading only")
        info = PathInfo(
            path=path,
            nar_hash=nar_hash,
            nar_size=size,
            references=references,
            deriver=StorePath.parse(deriver) if deriver else None,
            ca=ca or None,
            signatures=tuple(sorted(signatures)),
        )
        self.store.add_nar(info, wire.source)
        wire.put_number(1)
