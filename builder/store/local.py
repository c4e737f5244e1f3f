"""A store on this machine's disk, below a root of the user's choosing."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from builder.store import nar
from builder.store.canonical import TIME, canonicalise, remove_tree
from builder.store.database import Database, Outputs
from builder.store.derivation import Derivation
from builder.store.errors import FormatError, InvalidPath, StoreError, UnsupportedFile, about
from builder.store.hashes import Hash, hash_bytes, hash_file
from builder.store.info import PathInfo, fixed_ca
from builder.store.locks import FileLock, hold
from builder.store.nar_restore import restore
from builder.store.paths import StorePath, make_fixed_output_path, make_text_path
from builder.store.reserve import Reserve
from builder.store.roots import Roots
from builder.store.seal import measure, seal


class LocalStore:
    """The store at ``ROOT/nix/store`` with its state in ``ROOT/nix/var/nix``.

    Opening creates what is missing. A forked process opens a store of its own. With
    `optimises` the files of each path are linked with others of the same content as the
    path comes.
    """

    def __init__(self, root: Path, *, optimises: bool = False) -> None:
        self.optimises = optimises
        self.root = Path(os.path.realpath(root))
        self.folder = self.root / "nix/store"
        self.state = self.root / "nix/var/nix"
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(self.state / "db")
        self.roots = Roots(self.root)
        self.reserve = Reserve(self.root)
        if self.database.writable:
            self.reserve.take()

    @contextmanager
    def opened(self) -> Iterator[LocalStore]:
        """The store, closed afterwards."""
        try:
            yield self
        finally:
            self.database.close()

    # Where things are

    def real_path(self, path: StorePath) -> Path:
        """Where `path` lies on this machine."""
        return self.folder / path.base

    def real(self, logical: str) -> Path:
        """Where ``/nix/store/…``, perhaps below a store path, lies on this machine."""
        path, rest = StorePath.split(logical)
        return self.folder / f"{path.base}{rest}"

    def log_file(self, drv: StorePath) -> Path:
        """Where the log of the last build of `drv` is kept."""
        return self.root / "nix/var/log/nix/drvs" / drv.base[:2] / drv.base[2:]

    # What is known

    def is_valid(self, path: StorePath) -> bool:
        """Whether `path` is registered."""
        return bool(self.database.valid([path]))

    def keep(self, path: StorePath) -> bool:
        """Whether `path` is registered; if so it stays for as long as this process lives."""
        return bool(self.kept([path]))

    def kept(self, paths: Iterable[StorePath]) -> set[StorePath]:
        """Those of `paths` that are registered; they stay, with all that they refer to, for as
        long as this process lives. A store that may only be read keeps nothing for us."""
        paths = list(paths)
        if self.database.writable:
            self.roots.add_temporary(paths)
        return self.database.valid(paths)

    def query(self, path: StorePath) -> PathInfo:
        """What is known of `path`; raises InvalidPath when it is not valid."""
        info = self.database.query(path)
        if info is None:
            raise InvalidPath.asked_for(path, self.root)
        return info

    def references(self, path: StorePath) -> tuple[StorePath, ...]:
        """What `path` refers to; raises InvalidPath."""
        return self.query(path).references

    def referrers(self, path: StorePath) -> list[StorePath]:
        """The valid paths that refer to `path`."""
        return self.database.referrers(path)

    def closure(self, paths: Iterable[StorePath]) -> list[PathInfo]:
        """`paths` and all that they refer to, sorted by path; raises InvalidPath."""
        return self.database.closure(paths)

    def kept_closure(self, paths: Iterable[StorePath]) -> list[PathInfo]:
        """As `closure`; it stays as by `kept`."""
        paths = list(paths)
        self.kept(paths)
        return self.closure(paths)

    def read_derivation(self, path: StorePath) -> Derivation:
        """The derivation in the ``.drv`` file `path`; raises InvalidPath."""
        try:
            content = self.real_path(path).read_bytes()
        except FileNotFoundError:
            raise InvalidPath(f"derivation '{path}' is not in the store '{self.root}'") from None
        return Derivation.parse(content, path.name.removesuffix(".drv"))

    # Adding

    @contextmanager
    def adding(self) -> Iterator[None]:
        """Nothing is collected meanwhile; to a store that may only be read nothing is added."""
        if not self.database.writable:
            yield
            return
        with hold(self.state / "gc.lock", exclusive=False):
            yield

    def register(self, infos: Sequence[PathInfo], outputs: Outputs | None = None) -> None:
        """Make paths that lie in place valid, all or none."""
        if self.root == Path("/"):
            os.sync()  # a machine's database must not outlive a crash that its files do not
        self.database.register(infos, outputs)

    def add_text(
        self, name: str, content: bytes, references: Iterable[StorePath] = ()
    ) -> StorePath:
        """Add a text file, as ``builtins.toFile`` does."""
        references = tuple(sorted(set(references)))
        path = make_text_path(name, content, references)
        self._add(path, content, references)
        return path

    def _add(self, path: StorePath, content: bytes, references: tuple[StorePath, ...]) -> None:
        if self.keep(path):
            return
        with self.adding(), self.lock(path):
            if not self.is_valid(path):
                self._write_file(path, content)
                self.register([text_info(path, content, references)])

    def add_derivations(self, derivations: Mapping[StorePath, Derivation]) -> None:
        """Write and register ``.drv`` files that are not there, in one transaction.

        What they refer to must be valid or among them; raises InvalidPath.
        """
        missing = sorted(set(derivations) - self.kept(derivations))
        if not missing:
            return
        infos = []
        with self.adding():
            for path in missing:
                content = derivations[path].to_aterm()
                self._write_file(path, content)
                references = tuple(sorted(derivations[path].references()))
                infos.append(text_info(path, content, references))
            self.register(infos, {path: derivations[path].output_paths() for path in missing})

    def _write_file(self, path: StorePath, content: bytes) -> None:
        handle, name = tempfile.mkstemp(prefix=".tmp-", dir=self.folder)
        try:
            with about(self.root), os.fdopen(handle, "wb") as file:
                file.write(content)
            canonicalise(name)
            self.install(Path(name), path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def install(self, tree: Path, path: StorePath) -> None:
        """Move a canonical tree, on the same file system, to its place, over what lies there."""
        target = self.real_path(path)
        if target.is_dir() and not target.is_symlink():
            remove_tree(target)
        if tree.is_dir() and not tree.is_symlink():
            # A folder that is not writable cannot be moved to another folder.
            tree.chmod(0o755)
            tree.rename(target)
            canonicalise_top(target)
        else:
            tree.rename(target)
        if self.optimises:
            from builder.store.optimise import optimise  # rarely needed

            optimise(self.folder, target)

    def add_path(
        self,
        source: Path,
        name: str,
        *,
        recursive: bool = True,
        keep: nar.Filter | None = None,
        expected: Hash | None = None,
    ) -> StorePath:
        """Copy a tree (or, unless `recursive`, hash a single file flat) into the store.

        `keep` is asked, with paths below `source`, what to take. Raises
        StoreError when the content's SHA-256 is not `expected`.
        """
        content = nar.hash_path(source, keep)[0] if recursive else hash_file("sha256", source)
        if expected is not None and content != expected:
            raise StoreError(
                f"hash mismatch of '{source}':\n  wanted: {expected.sri}\n  got:    {content.sri}"
            )
        path = make_fixed_output_path(name, content, recursive=recursive)
        if self.keep(path):
            return path
        with self.adding(), self.lock(path), self.scratch() as folder:
            if self.is_valid(path):
                return path
            tree = folder / "tree"
            copy_tree(source, tree, keep)
            sealed = seal(tree, ())
            if (sealed.nar_hash if recursive else hash_file("sha256", tree)) != content:
                raise StoreError(f"'{source}' changed while it was copied: try again")
            self.install(tree, path)
            ca = fixed_ca(content, recursive=recursive)
            self.register(
                [PathInfo(path=path, nar_hash=sealed.nar_hash, nar_size=sealed.nar_size, ca=ca)]
            )
        return path

    def add_nar(self, info: PathInfo, source: BinaryIO) -> None:
        """Add a path from its archive; raises StoreError when it is not the one `info` tells."""
        self.roots.add_temporary([info.path])
        with self.adding(), self.lock(info.path), self.scratch() as folder:
            tree = folder / "tree"
            restore(source, tree)
            sealed = seal(tree, ())
            if (sealed.nar_hash, sealed.nar_size) != (info.nar_hash, info.nar_size):
                raise StoreError(
                    f"hash mismatch of '{info.path}':\n  wanted: {info.nar_hash.sri}, "
                    f"{info.nar_size} bytes\n  got:    {sealed.nar_hash.sri}, "
                    f"{sealed.nar_size} bytes"
                )
            if not self.is_valid(info.path):
                self.install(tree, info.path)
                self.register([info])

    def lock(self, path: StorePath) -> FileLock:
        """The lock of the one who writes `path`; raises StoreError where nobody may."""
        self.database.insist_writable()
        return FileLock(self.folder / f"{path.base}.lock")

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A new folder on the store's file system, removed afterwards."""
        parent = self.state / "builds"
        parent.mkdir(parents=True, exist_ok=True)
        folder = parent / f"{os.getpid()}-{secrets.token_hex(4)}"
        with FileLock(parent / f"{folder.name}.lock"):
            try:
                folder.mkdir(mode=0o755)
                yield folder
            except OSError as error:
                if error.errno == errno.ENOSPC:  # whichever file it was, this disk is the full one
                    raise OSError(error.errno, error.strerror, str(self.root)) from None
                raise
            finally:
                remove_tree(folder)

    def remove_leftovers(self) -> None:
        """Remove the scratch folders of processes that died."""
        parent = self.state / "builds"
        for folder in sorted(parent.iterdir()) if parent.is_dir() else ():
            lock = FileLock(parent / f"{folder.name.removesuffix('.lock')}.lock")
            if lock.acquire(wait=False):
                try:
                    remove_tree(parent / folder.name.removesuffix(".lock"))
                finally:
                    lock.release()

    def check(self, path: StorePath) -> bool:
        """Whether what lies at `path` is what is registered; raises InvalidPath."""
        info = self.query(path)
        try:
            sealed = measure(self.real_path(path), ())
        except (OSError, FormatError):
            return False
        return (sealed.nar_hash, sealed.nar_size) == (info.nar_hash, info.nar_size)


def text_info(path: StorePath, content: bytes, references: tuple[StorePath, ...]) -> PathInfo:
    """What is registered of a text file."""
    archive = nar.dump_file(content)
    flat = hash_bytes("sha256", content)
    return PathInfo(
        path=path,
        nar_hash=hash_bytes("sha256", archive),
        nar_size=len(archive),
        references=references,
        ca=f"text:sha256:{flat.base32}",
    )


def canonicalise_top(path: Path) -> None:
    """Give the folder `path` back its mode and time after it was moved."""
    path.chmod(0o555)
    os.utime(path, ns=(TIME, TIME))


def copy_tree(source: Path, target: Path, keep: nar.Filter | None = None) -> None:
    """Copy what a store can hold, of a folder what `keep` says; raises UnsupportedFile."""
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        target.mkdir()
        for entry in sorted(source.iterdir()):
            kind = nar.file_type(entry.lstat().st_mode)
            if keep is None or keep(str(entry), kind):
                copy_tree(entry, target / entry.name, keep)
    elif source.is_file():
        shutil.copyfile(source, target)
        target.chmod(0o555 if source.stat().st_mode & 0o100 else 0o444)
    else:
        raise UnsupportedFile(str(source))
