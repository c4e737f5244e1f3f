"""A `Host` over the local file system that never writes: for expressions alone.

It is what evaluation without a store uses: reading works; whatever would have
to enter a store (derivations, copied paths, texts) is refused.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from builder.lang import embedded_files
from builder.lang.context import Element
from builder.lang.errors import EvalError
from builder.lang.host import (
    DerivationRequest,
    FetchedTree,
    ImportedDerivation,
    Instantiated,
    TreeAttributes,
    WantedClosure,
)


def kind_of(mode: int) -> str:
    """A file's type as Nix names it, from `st_mode`."""
    if stat.S_ISREG(mode):
        return "regular"
    if stat.S_ISDIR(mode):
        return "directory"
    if stat.S_ISLNK(mode):
        return "symlink"
    return "unknown"


def _place(path: str) -> Path:
    """Where a path of the language lies."""
    return embedded_files.place(path) if embedded_files.is_embedded(path) else Path(path)


class LocalHost:
    """Reads the local file system; has no store.

    `search_path` is what ``<name>`` looks in, `environment` what `getEnv` sees,
    `system` what `currentSystem` is.
    """

    def __init__(
        self,
        *,
        search_path: Sequence[tuple[str, str]] = (),
        environment: Mapping[str, str] | None = None,
        system: str | None = None,
    ) -> None:
        self.search_path = tuple(search_path)
        self.environment = dict(environment or {})
        self.system = system

    @property
    def store_dir(self) -> str:
        """The logical store folder."""
        return "/nix/store"

    @property
    def current_system(self) -> str | None:
        """The system that was given."""
        return self.system

    @property
    def current_time(self) -> int | None:
        """None: evaluation does not see the clock."""
        return None

    @property
    def pure(self) -> bool:
        """False: the file system is seen as it is."""
        return False

    def read_file(self, path: str) -> bytes:
        """The content of a file."""
        return _place(path).read_bytes()

    def list_dir(self, path: str) -> Mapping[str, str]:
        """A folder's names, sorted, and their types."""
        with os.scandir(_place(path)) as entries:
            found = {
                entry.name: kind_of(entry.stat(follow_symlinks=False).st_mode) for entry in entries
            }
        return dict(sorted(found.items()))

    def file_type(self, path: str) -> str | None:
        """A file's type, or None when it is not there."""
        try:
            return kind_of(os.lstat(_place(path)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def resolve(self, path: str) -> str:
        """The path without symbolic links."""
        return os.path.realpath(path)

    def link(self, path: str) -> str | None:
        """Where a symbolic link leads."""
        try:
            return str(_place(path).readlink())
        except OSError:
            return None

    def getenv(self, name: str) -> str:
        """A variable of the environment that was given."""
        return self.environment.get(name, "")

    @property
    def home(self) -> str:
        """What the environment that was given says."""
        return self.getenv("HOME")

    def find_file(self, search_path: Sequence[tuple[str, str]] | None, name: str) -> str | None:
        """Look ``<name>`` up: a prefix stands for its path, no prefix for a folder."""
        for prefix, path in self.search_path if search_path is None else search_path:
            if not prefix:
                rest = name
            elif name == prefix:
                rest = ""
            elif name.startswith(prefix + "/"):
                rest = name[len(prefix) + 1 :]
            else:
                continue
            candidate = f"{path}/{rest}" if rest else path
            if os.path.lexists(candidate):
                return candidate
        return embedded_files.find(name)

    def _no_store(self, what: str) -> NoReturn:
        raise EvalError(f"{what} needs a store, and this evaluation has none")

    def add_text(self, name: str, text: bytes, references: Sequence[str]) -> str:
        """Refused."""
        self._no_store(f"writing the file '{name}'")

    def add_path(
        self,
        path: str,
        name: str,
        *,
        recursive: bool,
        filter: Callable[[str, str], bool] | None,
        sha256: bytes | None,
    ) -> str:
        """Refused."""
        if not os.path.lexists(path):
            raise EvalError(f"path '{path}' does not exist")
        self._no_store(f"copying '{path}'")

    def store_path(self, path: str) -> str:
        """Refused."""
        if not path.startswith(f"{self.store_dir}/"):
            raise EvalError(f"path '{path}' is not in the Nix store")
        self._no_store(f"looking '{path}' up")

    def ensure(self, path: str) -> None:
        """Nothing is asked where there is no store, as in Nix's read-only mode."""

    def instantiate(self, request: DerivationRequest) -> Instantiated:
        """Refused."""
        self._no_store(f"the derivation '{request.name}'")

    def realise(self, context: frozenset[Element]) -> Mapping[str, str]:
        """Refused."""
        self._no_store("building what a string refers to")

    def references(self, path: str) -> Sequence[str]:
        """None: nothing is in a store."""
        return ()

    def derivation(self, path: str) -> ImportedDerivation | None:
        """None: nothing is in a store."""
        return None

    def check_uri(self, uri: str) -> None:
        """Nothing is fetched anyway."""

    def fetch_file(self, url: str, name: str, *, unpack: bool, sha256: bytes | None) -> str:
        """Refused."""
        self._no_store(f"fetching '{url}'")

    def fetch_tree(self, attributes: TreeAttributes) -> FetchedTree:
        """Refused."""
        self._no_store("fetching a tree")

    def fetch_closure(self, wanted: WantedClosure) -> str:
        """Refused."""
        self._no_store(f"fetching '{wanted.path}'")

    def get_flake(self, reference: str) -> object:
        """Refused."""
        self._no_store(f"the flake '{reference}'")

    def trace(self, message: str) -> None:
        """Write a line to standard error."""
        print(message, file=sys.stderr)
