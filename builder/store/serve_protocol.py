"""The serving end of Nix's serve protocol: what ``nix copy --to ssh://…`` speaks with
``nix-store --serve``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from builder.store import nar
from builder.store.errors import FormatError, StoreError
from builder.store.hashes import Hash
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.serve_wire import ADD, HELLO, HELLO_BACK, VALID_PATHS, VERSION, Wire

_SIGNATURE = re.compile(r"[^\s:]+:[A-Za-z0-9+/=]+")


def serve(store: LocalStore, source: BinaryIO, target: BinaryIO, *, writable: bool) -> None:
    """Answer requests until the other side hangs up.

    Raises FormatError for what is not the protocol, StoreError for a request
    that cannot be carried out; nothing can be answered after either.
    """
    wire = Wire(source, target)
    if wire.number() != HELLO:
        raise FormatError("this is not Nix's serve protocol")
    wire.put_number(HELLO_BACK)
    wire.put_number(VERSION)
    target.flush()
    version = wire.number()
    if version >> 8 != VERSION >> 8:
        raise FormatError(f"version {version >> 8}.{version & 255} of the protocol is not known")
    session = _Session(store, wire, min(version, VERSION) & 255, writable)
    while head := source.read(1):
        command = int.from_bytes(head + wire.read(7), "little")
        session.answer(command)
        target.flush()


class _Session:
    def __init__(self, store: LocalStore, wire: Wire, minor: int, writable: bool) -> None:
        self.store = store
        self.wire = wire
        self.minor = minor
        self.writable = writable
        self.commands: dict[int, Callable[[], None]] = {
            VALID_PATHS: self.valid_paths,
            2: self.path_infos,
            3: self.dump,
            7: self.closure,
            ADD: self.add,
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
        self.wire.put_texts(sorted(self.store.kept(asked)))

    def path_infos(self) -> None:
        asked = self.wire.paths()
        for path in sorted(self.store.kept(asked)):
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
        self.store.kept([path])
        self.store.query(path)
        nar.dump(self.store.real_path(path), self.wire.target.write)

    def closure(self) -> None:
        self.wire.number()  # whether derivations' outputs belong to it: only for builds
        valid = self.store.kept(self.wire.paths())
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
