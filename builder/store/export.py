"""Closures as one stream, in the format of ``nix-store --export`` and ``--import``.

    stream  = { 1 path } 0
    path    = NAR magic logical-path references deriver 0

Numbers are 8 bytes, little-endian; strings are as in a NAR; `references` is
their number and then each. References come before what refers to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from builder.store import nar
from builder.store.errors import FormatError
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.nar_restore import restore
from builder.store.outgoing import send
from builder.store.paths import StorePath
from builder.store.seal import seal

_MAGIC = 0x4558494E
_LONGEST = 1 << 12  # bytes of a path
_MOST = 1 << 20  # references of a path


def in_order(infos: Iterable[PathInfo]) -> list[PathInfo]:
    """`infos`, references before their referrers, else sorted by path."""
    waiting = {info.path: info for info in sorted(infos, key=lambda info: info.path)}
    done: dict[StorePath, PathInfo] = {}
    for start in waiting:
        stack = [start]
        while stack:
            info = waiting[stack[-1]]
            before = [
                path
                for path in info.references
                if path in waiting and path not in done and path != info.path
            ]
            if before and stack[-1] not in done:
                stack.extend(before)
            else:
                done.setdefault(info.path, info)
                stack.pop()
    return list(done.values())


def export_paths(store: LocalStore, infos: Iterable[PathInfo], target: BinaryIO) -> None:
    """Write `infos` of `store` as a stream; the other side must have what else they refer to.

    Raises StoreError, with the stream cut off, for a path that is not what is registered.
    """
    for info in in_order(infos):
        target.write(_number(1))
        send(store, info, target.write)
        target.write(_number(_MAGIC))
        target.write(nar.text(str(info.path).encode()))
        target.write(_number(len(info.references)))
        for path in info.references:
            target.write(nar.text(str(path).encode()))
        target.write(nar.text(str(info.deriver or "").encode()))
        target.write(_number(0))
    target.write(_number(0))
    target.flush()


def import_paths(store: LocalStore, source: BinaryIO) -> list[StorePath]:
    """Add a stream's paths to `store`, each as soon as it has come; return all of them.

    `source.read(n)` must give n bytes unless it ends. Raises FormatError for
    a damaged stream, InvalidPath when a path refers to one that is missing;
    what came before stays valid.
    """
    found: list[StorePath] = []
    while (more := _read_number(source)) != 0:
        if more != 1:
            raise FormatError(f"damaged export: expected 0 or 1 before a path, found {more}")
        found.append(_import_one(store, source))
    return found


def _import_one(store: LocalStore, source: BinaryIO) -> StorePath:
    with store.adding(), store.scratch() as folder:
        tree = folder / "tree"
        restore(source, tree)
        if _read_number(source) != _MAGIC:
            raise FormatError("damaged export: no mark after a path's archive")
        path = StorePath.parse(_read_text(source))
        count = _read_number(source)
        if count > _MOST:
            raise FormatError(f"damaged export: '{path}' with {count} references")
        references = tuple(sorted(StorePath.parse(_read_text(source)) for _ in range(count)))
        deriver = _read_text(source)
        if _read_number(source) == 1:
            _read_text(source)  # a signature of a kind that is no longer made
        sealed = seal(tree, ())
        store.roots.add_temporary([path])
        with store.lock(path):
            if not store.is_valid(path):
                store.install(tree, path)
                store.register(
                    [
                        PathInfo(
                            path=path,
                            nar_hash=sealed.nar_hash,
                            nar_size=sealed.nar_size,
                            references=references,
                            deriver=StorePath.parse(deriver) if deriver else None,
                        )
                    ]
                )
    return path


def _number(value: int) -> bytes:
    return value.to_bytes(8, "little")


def _read(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise FormatError("damaged export: it ends too early")
    return data


def _read_number(source: BinaryIO) -> int:
    return int.from_bytes(_read(source, 8), "little")


def _read_text(source: BinaryIO) -> str:
    size = _read_number(source)
    if size > _LONGEST:
        raise FormatError(f"damaged export: a path of {size} bytes")
    data = _read(source, size)
    _read(source, -size % 8)
    return data.decode("utf-8", "replace")
