"""What keeps paths from being collected: profiles, ``gcroots``, temporary roots, processes."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock

from builder.store import base32
from builder.store.errors import FormatError, StoreError, about
from builder.store.locks import hold
from builder.store.paths import STORE_DIR, StorePath
from builder.store.running import in_use

_HOPS = 16  # links followed before giving up


class Roots:
    """The roots of the store below `root`; `state` is its ``nix/var/nix``.

    Temporary roots are those of a process, which all its threads share: another of these
    objects would begin with the file of the first, emptied.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = root / "nix/var/nix"
        self._temporary: int | None = None
        self._owner = 0
        self._making = Lock()

    def add_temporary(self, paths: Iterable[StorePath]) -> None:
        """Keep `paths` for as long as this process lives; waits while a collection runs.

        A path that is valid afterwards stays so: a collection has either deleted it
        already, or will see that it is wanted.
        """
        with hold(self.state / "gc.lock", exclusive=False):
            self._write(paths, anew=False)

    def replace_temporary(self, paths: Iterable[StorePath]) -> None:
        """Let `paths` be all that this process keeps; waits while a collection runs."""
        with hold(self.state / "gc.lock", exclusive=False):
            self._write(paths, anew=True)

    def _write(self, paths: Iterable[StorePath], *, anew: bool) -> None:
        text = b"".join(str(path).encode() + b"\0" for path in paths)
        file = self.state / "temproots" / str(os.getpid())
        with self._making, about(file):
            if self._temporary is None or self._owner != os.getpid():
                self._temporary = self._own_file(file)
                self._owner = os.getpid()
            if anew:
                os.ftruncate(self._temporary, 0)
            before = os.fstat(self._temporary).st_size
            if os.write(self._temporary, text) < len(text):
                os.ftruncate(self._temporary, before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _own_file(self, file: Path) -> int:
        """The open, locked file of this process's temporary roots."""
        file.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC | os.O_CLOEXEC
        while True:
            handle = os.open(file, flags, 0o600)
            fcntl.flock(handle, fcntl.LOCK_SH)
            # Who looked for roots may have taken it for a dead process's, and removed it.
            if os.fstat(handle).st_nlink:
                return handle
            os.close(handle)

    def add_link(self, link: Path, path: StorePath) -> None:
        """Make `link` a symbolic link to the physical `path`, and a root while it exists.

        Raises StoreError where something lies that is no link into a store.
        """
        link = Path(os.path.abspath(link))  # noqa: PTH100 -- the link itself must stay
        if os.path.lexists(link) and not (
            link.is_symlink() and f"{STORE_DIR}/" in str(link.readlink())
        ):
            raise StoreError(
                f"cannot create the link '{link}': something else lies there",
                hint="move it away, or choose another place, as with --out-link",
            )
        target = self.root / str(path).removeprefix("/")
        link.parent.mkdir(parents=True, exist_ok=True)
        aside = link.with_name(f".{link.name}.{os.getpid()}")
        aside.unlink(missing_ok=True)
        aside.symlink_to(target)
        aside.rename(link)
        digest = base32.encode(hashlib.sha1(os.fsencode(link)).digest())
        self._replace(self.state / "gcroots/auto" / digest, link)

    def add_permanent(self, name: str, path: StorePath) -> None:
        """Keep `path` until the root `name` is removed by hand; `name` may have slashes."""
        self._replace(self.state / "gcroots" / name, Path(str(path)))

    def _replace(self, link: Path, target: Path) -> None:
        link.parent.mkdir(parents=True, exist_ok=True)
        aside = link.with_name(f".{link.name}.{os.getpid()}")
        aside.unlink(missing_ok=True)
        aside.symlink_to(target)
        aside.rename(link)

    def find(self, *, all_of_them: bool = True) -> dict[StorePath, list[str]]:
        """Every path that a root names, with the roots' own places: of an indirect root that of
        the link which leads into the store.

        Raises PermissionError for temporary roots of another user, unless not `all_of_them`
        are needed.
        """
        found: dict[StorePath, list[str]] = {}
        for folder in (self.state / "gcroots", self.state / "profiles"):
            for link in sorted(_links(folder)):
                path, place = self._target(link)
                if path is not None and place not in found.setdefault(path, []):
                    found[path].append(place)
        for path, place in self._temporary_roots(all_of_them):
            found.setdefault(path, []).append(place)
        for path, place in in_use(self.root / "nix/store"):
            found.setdefault(path, []).append(place)
        return found

    def _target(self, link: Path) -> tuple[StorePath | None, str]:
        """The store path that a chain of links leads to, None when it leads elsewhere, and the
        chain's last link."""
        place = link
        physical = f"{self.root / 'nix/store'}/"
        for _ in range(_HOPS):
            try:
                target = place.readlink()
            except OSError:
                break
            text = os.path.normpath(place.parent / target)
            if text.startswith(physical):
                text = f"{STORE_DIR}/{text[len(physical) :]}"
            if text.startswith(f"{STORE_DIR}/"):
                try:
                    return StorePath.split(text)[0], str(place)
                except FormatError:
                    break
            # On the machine that the store is for, /nix is below its root.
            inside = self.root / text.removeprefix("/")
            place = inside if text.startswith("/nix/") else Path(text)
        return None, str(place)

    def _temporary_roots(self, all_of_them: bool) -> Iterator[tuple[StorePath, str]]:
        folder = self.state / "temproots"
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            try:
                handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                continue  # someone else who looks for roots has removed it
            except PermissionError:
                if all_of_them:
                    raise
                continue  # another user's
            try:
                if file.name != str(os.getpid()):
                    try:
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        with suppress(OSError):  # its process is gone
                            file.unlink()
                        continue
                    except BlockingIOError:
                        pass
                content = file.read_bytes()
            finally:
                os.close(handle)
            for text in content.decode().split("\0")[:-1]:  # what has no end was not written
                if text.startswith(STORE_DIR):
                    yield StorePath.parse(text), f"process {file.name}"


def _links(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_symlink():
            yield entry
        elif entry.is_dir():
            yield from _links(entry)
