"""Archives (tar, plain or compressed, and zip) to trees.

Names are taken as below the tree's root, whatever dots and slashes they begin
with, and nothing is written through a symbolic link. Owners, rights but for the
owner's to run, and times are left behind.
"""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from builder.fetch.errors import FetchError
from builder.store.cache.compression import decompressed, is_damage

# What compressed files begin with; the older form of xz is read as xz, too.
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x5d\0\0\x80": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
# What Python's libraries raise for archives that they cannot read, besides for damaged data.
_UNREADABLE = (tarfile.TarError, zipfile.BadZipFile, OSError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A tree, and when the newest of the archive's members changed: seconds since 1970."""

    root: Path
    last_modified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """`kind` is what `stat.S_IFMT` gives, 0 for a further name of the file `target`."""

    name: str
    kind: int
    executable: bool
    time: int
    target: str
    content: Callable[[], IO[bytes]] | None


def unpack(archive: Path, target: Path) -> Unpacked:
    """Write an archive's tree below the folder `target`, which is made.

    The root is the archive's only folder where everything is inside of one.
    Raises `FetchError` for what is no archive or holds what a tree cannot.
    """
    target.mkdir()
    newest = 0
    try:
        for member in _members(archive):
            newest = max(newest, member.time)
            _place(member, target)
    except Exception as error:
        if not isinstance(error, _UNREADABLE) and not is_damage(error):
            raise
        raise FetchError(f"Failed to open archive ({error})") from None
    inside = list(target.iterdir())
    alone = len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink()
    return Unpacked(root=inside[0] if alone else target, last_modified=newest)


def _members(archive: Path) -> Iterator[_Member]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as bundle:
            for info in bundle.infolist():
                yield _of_zip(bundle, info)
        return
    with archive.open("rb") as file, _plain(file) as stream:
        try:
            tape = tarfile.open(fileobj=stream, mode="r|", errorlevel=2)  # noqa: SIM115
        except tarfile.ReadError:
            raise FetchError("Failed to open archive (Unrecognized archive format)") from None
        with tape:
            for entry in tape:
                yield _of_tar(tape, entry)


def _plain(file: BufferedReader) -> BinaryIO:
    start = file.read(max(map(len, _MAGIC)))
    file.seek(0)
    methods = (method for magic, method in _MAGIC.items() if start.startswith(magic))
    return decompressed(file, next(methods, "none"))


def _of_tar(tape: tarfile.TarFile, entry: tarfile.TarInfo) -> _Member:
    kinds = {tarfile.DIRTYPE: stat.S_IFDIR, tarfile.SYMTYPE: stat.S_IFLNK, tarfile.LNKTYPE: 0}
    others = {
        tarfile.FIFOTYPE: stat.S_IFIFO, tarfile.CHRTYPE: stat.S_IFCHR, tarfile.BLKTYPE: stat.S_IFBLK
    }  # fmt: skip
    kind = {**kinds, **others}.get(entry.type, stat.S_IFREG)

    def content() -> IO[bytes]:
        file = tape.extractfile(entry)
        assert file is not None
        return file

    return _Member(
        name=entry.name,
        kind=kind,
        executable=bool(entry.mode & 0o100),
        time=int(entry.mtime),
        target=entry.linkname,
        content=content if kind == stat.S_IFREG else None,
    )


def _of_zip(bundle: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Member:
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode) or stat.S_IFREG
    if info.is_dir():
        kind = stat.S_IFDIR
    link = bundle.read(info).decode("utf-8", "surrogateescape") if kind == stat.S_IFLNK else ""
    return _Member(
        name=info.filename,
        kind=kind,
        executable=bool(mode & 0o100),
        time=int(datetime(*info.date_time, tzinfo=UTC).timestamp()),
        target=link,
        content=(lambda: bundle.open(info)) if kind == stat.S_IFREG else None,
    )


def _place(member: _Member, root: Path) -> None:
    parts = _parts(member.name)
    if not parts:
        return
    folder = root
    for part in parts[:-1]:
        folder /= part
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise FetchError(f"parent of '{part}' is not a directory")
        folder.mkdir(exist_ok=True)
    path = folder / parts[-1]
    if path.is_symlink() or path.is_file():
        path.unlink()
    match member.kind:
        case stat.S_IFDIR:
            path.mkdir(exist_ok=True)
        case stat.S_IFLNK:
            path.symlink_to(member.target)
        case stat.S_IFREG:
            assert member.content is not None
            with member.content() as source, path.open("wb") as file:
                shutil.copyfileobj(source, file)
            path.chmod(0o755 if member.executable else 0o644)
        case 0:
            original = root.joinpath(*_parts(member.target))
            if original.is_symlink() or not original.is_file():
                raise FetchError(
                    f"'{member.name}' in the archive is a further name of '{member.target}', "
                    "which is no file of it"
                )
            shutil.copy(original, path)
        case _:
            raise FetchError(
                f"file '{member.name}' in tarball has unsupported file type {member.kind}"
            )


def _parts(name: str) -> list[str]:
    """The parts of a name, its dots resolved, never above the root."""
    parts: list[str] = []
    for part in PurePosixPath(name).parts:
        if part == "..":
            parts[-1:] = []
        elif part != "/" and part != "//":
            parts.append(part)
    return parts
