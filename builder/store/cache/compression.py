"""How archives are compressed in a cache."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from io import BufferedIOBase, BufferedReader
from typing import BinaryIO, Protocol, cast

from builder.store.cache.errors import CacheError

_BUFFER = 1 << 16  # bytes
_PIECE = 1 << 18  # bytes that zstd is given at a time; more than the source's own buffer has
_XZ_PRESET = 6
_ZSTD_LEVEL = 6


class Writer(Protocol):
    """Takes bytes and passes them on compressed."""

    def write(self, data: bytes, /) -> object:
        """The next bytes."""
        ...

    def close(self) -> None:
        """Write what is held back; the target stays open."""
        ...


class _Plain:
    def __init__(self, target: BinaryIO) -> None:
        self.write = target.write

    def close(self) -> None:
        """Nothing is held back."""


class _Pieces:
    """What comes from `source`, in memory that is used again for each piece."""

    def __init__(self, source: BufferedIOBase) -> None:
        self._source = source
        self._memory = memoryview(bytearray(_PIECE))

    def read(self, _: int) -> memoryview:
        """The next bytes, until it is called again; none at the end."""
        return self._memory[: self._source.readinto1(self._memory)]


def _zstd_reader(source: BufferedIOBase) -> BinaryIO:
    import zstandard

    pieces = cast(BinaryIO, _Pieces(source))
    reader = zstandard.ZstdDecompressor().stream_reader(pieces, read_across_frames=True)
    return cast(BinaryIO, reader)


def _zstd_writer(target: BinaryIO) -> Writer:
    import zstandard

    return cast(
        Writer, zstandard.ZstdCompressor(level=_ZSTD_LEVEL).stream_writer(target, closefd=False)
    )


# Whoever asks for one of these closes it.
_READERS: dict[str, Callable[[BufferedIOBase], BinaryIO]] = {
    "none": lambda source: cast(BinaryIO, source),
    "xz": lambda source: cast(BinaryIO, lzma.LZMAFile(cast(BinaryIO, source))),  # noqa: SIM115
    "zstd": _zstd_reader,
    "gzip": lambda source: cast(BinaryIO, gzip.GzipFile(fileobj=source)),
    "bzip2": lambda source: cast(BinaryIO, bz2.BZ2File(source)),
}
_WRITERS: dict[str, Callable[[BinaryIO], Writer]] = {
    "none": _Plain,
    "xz": lambda target: cast(Writer, lzma.LZMAFile(target, "wb", preset=_XZ_PRESET)),  # noqa: SIM115
    "zstd": _zstd_writer,
}
SUFFIXES = {"none": "", "xz": ".xz", "zstd": ".zst"}
"""What a compressed archive's name ends in, for the methods that we write."""


def load_zstd() -> None:
    """Load what `decompressed` needs for most caches, for all processes forked from now on."""
    import zstandard  # noqa: F401


def decompressed(source: BufferedIOBase, method: str) -> BinaryIO:
    """The plain bytes of `source`; ``read(n)`` gives n bytes unless they end.

    Raises CacheError for an unknown method. Damage shows while reading: it
    raises what `is_damage` knows.
    """
    if method not in _READERS:
        raise CacheError(f"compression '{method}' is not known: {', '.join(_READERS)} are")
    return BufferedReader(_READERS[method](source), _BUFFER)  # type: ignore[type-var]


def compressing(target: BinaryIO, method: str) -> Writer:
    """A writer that compresses into `target`; raises CacheError for an unknown method."""
    if method not in _WRITERS:
        raise CacheError(f"cannot compress by '{method}'", hint=f"one of: {', '.join(_WRITERS)}")
    return _WRITERS[method](target)


def is_damage(error: BaseException) -> bool:
    """Whether `error` says that compressed data are damaged."""
    if isinstance(error, lzma.LZMAError | EOFError | gzip.BadGzipFile):
        return True
    # bz2 and zlib raise plain errors; zstandard's class is not there unless it was used.
    return type(error).__name__ in ("ZstdError", "error") or (
        isinstance(error, OSError) and error.errno is None
    )
