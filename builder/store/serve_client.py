"""The asking end of Nix's serve protocol: a store on another machine, Neve's or Nix's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from builder.store.errors import FormatError, StoreError
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.outgoing import send
from builder.store.paths import StorePath
from builder.store.serve_wire import ADD, HELLO, HELLO_BACK, VALID_PATHS, VERSION, Wire

_OLDEST = 0x205  # the first version with ADD


class RemoteStore:
    """Speaks with ``nix-store --serve --write``, which writes `source` and reads `target`."""

    def __init__(self, source: BinaryIO, target: BinaryIO) -> None:
        """Raises FormatError when the other side speaks otherwise, StoreError when it is
        too old."""
        self._wire = Wire(source, target)
        self._wire.put_number(HELLO)
        self._wire.put_number(VERSION)
        target.flush()
        if self._wire.number() != HELLO_BACK:
            raise FormatError("what it says is not Nix's serve protocol")
        version = self._wire.number()
        if not _OLDEST <= version < 0x300:
            raise StoreError(
                f"it speaks version {version >> 8}.{version & 255} of Nix's serve protocol, "
                f"and not {VERSION >> 8}.{VERSION & 255}"
            )

    def kept(self, paths: Iterable[StorePath]) -> set[StorePath]:
        """Those of `paths` that are valid there; they stay as long as this conversation."""
        wire = self._wire
        wire.put_number(VALID_PATHS)
        wire.put_number(1)  # keep them
        wire.put_number(0)  # from here, and not from caches
        wire.put_texts(paths)
        wire.target.flush()
        return set(wire.paths())

    def add(self, store: LocalStore, info: PathInfo) -> None:
        """Send a path of `store`, all of whose references are there."""
        wire = self._wire
        wire.put_number(ADD)
        wire.put_text(str(info.path))
        wire.put_text(str(info.deriver or ""))
        wire.put_text(info.nar_hash.digest.hex())
        wire.put_texts(info.references)
        wire.put_number(info.registration_time)
        wire.put_number(info.nar_size)
        wire.put_number(0)  # it was not built there
        wire.put_texts(info.signatures)
        wire.put_text(info.ca or "")
        send(store, info, wire.target.write)
        wire.target.flush()
        if wire.number() != 1:
            raise StoreError(f"'{info.path}' was not taken")
