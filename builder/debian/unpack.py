"""``builtin:unpack-deb``: the files of a ``.deb`` as trees.

Environment: ``deb`` (the store path of the file). Outputs: ``doc`` gets what
only people read (DOCUMENTATION), at its own path; ``out`` the rest. The
folders that Debian has merged into /usr are folded into it. Modes are 0755 or
0644: a store keeps nothing else, set-user-id programs are wrapped on the
machine. No maintainer script is read.
"""

# ruff: noqa: PTH102, PTH211 -- tens of thousands of files: plain strings and system calls

from __future__ import annotations

import os
import posixpath
import stat
from contextlib import closing
from pathlib import Path

from builder.debian import tar
from builder.debian.deb import Readable, open_member
from builder.debian.errors import BadPackage
from builder.realise.builtin import BuildContext

DOCUMENTATION = ("doc", "man", "info", "lintian", "doc-base", "locale", "bug")
"""The folders of usr/share that go to the output ``doc``."""

MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32")
"""The folders that live below usr/ since Debian 12."""

_CHUNK = 1 << 20  # bytes


def build(context: BuildContext) -> None:
    """Unpack the package; raises BadPackage, naming file and fault."""
    deb = context.env["deb"]
    unpack(context.real(deb), context.outputs["out"], context.outputs.get("doc"), context.jobs)


def unpack(deb: Path, out: Path, doc: Path | None, threads: int = 1) -> None:
    """Unpack the file `deb` to the new folders `out` and `doc`.

    Without `doc` the documentation is left out. `threads` may decompress at
    the same time. Raises BadPackage.
    """
    try:
        with deb.open("rb") as source, closing(open_member(source, "data.tar", threads)) as stream:
            unpacker = _Unpacker(str(out), None if doc is None else str(doc))
            # A tar stream reads exactly in order, so nothing is ever held whole.
            reader = tar.TarReader(stream)
            for member in reader:
                unpacker.member(reader, member)
            _drain(stream)
    except BadPackage as error:
        raise BadPackage(f"cannot unpack '{deb}': {error}", hint=error.hint) from None


def _drain(stream: Readable) -> None:
    """Read what follows the end mark, so that damage there is found too."""
    while stream.read(_CHUNK):
        pass


def fold(path: str) -> str:
    """`path`, relative to the root, with the merged folders below usr/."""
    return f"usr/{path}" if path.split("/", 1)[0] in MERGED else path


class _Unpacker:
    """Writes members; remembers what it has written so that links need no look-up."""

    def __init__(self, out: str, doc: str | None) -> None:
        self.out = out
        self.doc = doc
        self.folders = {out}
        self.files: dict[str, str] = {}  # where each regular file went, by its folded path
        os.mkdir(out, 0o755)
        if doc is not None:
            os.mkdir(doc, 0o755)
            self.folders.add(doc)

    def member(self, reader: tar.TarReader, member: tar.Member) -> None:
        name = _relative(member.name)
        if not name or (name in MERGED and member.kind != tar.REGULAR):
            return
        path = fold(name)
        root = self.root_of(path)
        if root is None:
            return
        target = f"{root}/{path}"
        try:
            if member.kind == tar.FOLDER:
                self.folder(target)
                return
            self.folder(posixpath.dirname(target))
            if member.kind == tar.REGULAR:
                self.regular(reader, member, target)
                self.files[path] = target
            elif member.kind == tar.SYMLINK:
                os.symlink(_refold(name, path, member.target), target)
            elif member.kind == tar.HARD_LINK:
                self.hard_link(member, path, target)
            else:
                raise BadPackage(
                    f"'{member.name}' is a device, pipe or socket, which a store cannot hold"
                )
        except (FileExistsError, NotADirectoryError):
            raise BadPackage(
                f"'{member.name}' is there twice, or below something that is no folder"
            ) from None

    def root_of(self, path: str) -> str | None:
        if path.startswith("usr/share/"):
            part = path[len("usr/share/") :].split("/", 1)[0]
            if part in DOCUMENTATION:
                return self.doc
        return self.out

    def folder(self, path: str) -> None:
        if path in self.folders:
            return
        self.folder(posixpath.dirname(path))
        # Fails on a symbolic link made before: nothing is written through one.
        os.mkdir(path, 0o755)
        self.folders.add(path)

    def regular(self, reader: tar.TarReader, member: tar.Member, target: str) -> None:
        mode = 0o555 if member.mode & stat.S_IXUSR else 0o444
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(target, flags, mode)
        try:
            while data := reader.read(_CHUNK):
                _write_all(handle, data)
        finally:
            os.close(handle)

    def hard_link(self, member: tar.Member, path: str, target: str) -> None:
        first = self.files.get(fold(_relative(member.target)))
        if first is None:
            raise BadPackage(
                f"'{member.name}' is a hard link to '{member.target}', which is no file before it"
            )
        os.link(first, target, follow_symlinks=False)
        self.files[path] = target


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _relative(name: str) -> str:
    """`name` without its leading "./"; raises BadPackage when it leads out of the tree."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\0" in name:
        raise BadPackage(f"'{name}' leads out of the package")
    return "/".join(parts)


def _refold(name: str, path: str, target: str) -> str:
    """What the symbolic link `name`, now at `path`, must hold to lead where it led."""
    if target.startswith("/") or not target:
        return target
    where = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
    if where.startswith("..") or (fold(where) == where and path == name):
        return target
    return posixpath.relpath(fold(where), posixpath.dirname(path) or ".")
