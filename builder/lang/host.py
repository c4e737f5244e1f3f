"""Everything that an evaluation may ask of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from builder.lang.context import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputHash:
    """What a fixed output must be.

    `mode` is "flat", "recursive", "text" or "git". `algo` may be None when `value` names
    its own algorithm (``sha256-...``); `value` is in any of Nix's notations,
    and empty when it is to be found out.
    """

    algo: str | None
    mode: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivationRequest:
    """The arguments of `derivationStrict`, coerced.

    `env` is the builder's whole environment but for the outputs' own paths,
    which the host adds (one variable per output). With `structured`, the
    JSON text of the attributes, `env` is empty and the host adds ``__json``.
    `context` is all that the strings refer to.
    """

    name: str
    system: str
    builder: str
    args: tuple[str, ...]
    env: Mapping[str, str]
    outputs: tuple[str, ...]
    output_hash: OutputHash | None
    structured: str | None
    context: frozenset[Element]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instantiated:
    """A derivation in the store: its `.drv` and its outputs' logical paths."""

    drv_path: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedDerivation:
    """A derivation that is in the store already: its name and its outputs' logical paths."""

    name: str
    outputs: Mapping[str, str]


# A fetched tree's attributes by name, as a lock file writes them.
TreeAttributes = dict[str, str | int | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedTree:
    """A tree in the store: its path, and what is known of it, `narHash` at least."""

    path: str
    attributes: TreeAttributes


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedClosure:
    """What `fetchClosure` is asked for.

    `to_path` None: the path as it is. Otherwise its closure is given names by its
    content, and `to_path` is the path's own, "" when it is to be found out.
    """

    store: str
    path: str
    to_path: str | None
    is_input_addressed: bool


class Host(Protocol):
    """The world behind an evaluation.

    Paths are absolute texts as they stand in the language. Methods raise
    `EvalError` for what the user can mend and `FileNotFoundError`,
    `NotADirectoryError`, `IsADirectoryError` or `PermissionError` for files.
    """

    @property
    def store_dir(self) -> str:
        """The logical store folder: "/nix/store"."""
        ...

    @property
    def current_system(self) -> str | None:
        """What `builtins.currentSystem` is; None when evaluation is pure."""
        ...

    @property
    def current_time(self) -> int | None:
        """What `builtins.currentTime` is (seconds); None when evaluation is pure."""
        ...

    @property
    def search_path(self) -> Sequence[tuple[str, str]]:
        """What ``<name>`` is looked for in: prefixes (or "") and paths, in order."""
        ...

    @property
    def pure(self) -> bool:
        """Whether evaluation must not depend on anything that is not locked."""
        ...

    def read_file(self, path: str) -> bytes:
        """The content of a regular file, symbolic links followed."""
        ...

    def list_dir(self, path: str) -> Mapping[str, str]:
        """The names in a folder and their types as `file_type` names them."""
        ...

    def file_type(self, path: str) -> str | None:
        """ "regular", "directory", "symlink" or "unknown"; None when nothing is there."""
        ...

    def resolve(self, path: str) -> str:
        """The path with its symbolic links followed, as far as it exists."""
        ...

    def link(self, path: str) -> str | None:
        """Where a symbolic link leads, as it says; None for anything else."""
        ...

    def getenv(self, name: str) -> str:
        """A variable of the caller's environment; "" when unset or pure."""
        ...

    @property
    def home(self) -> str:
        """The user's folder, "" when there is none or evaluation is pure."""
        ...

    def find_file(self, search_path: Sequence[tuple[str, str]] | None, name: str) -> str | None:
        """Where ``<name>`` is: (prefix, path) pairs in order, None for the user's own."""
        ...

    def add_text(self, name: str, text: bytes, references: Sequence[str]) -> str:
        """Write a text into the store; its store path."""
        ...

    def add_path(
        self,
        path: str,
        name: str,
        *,
        recursive: bool,
        filter: Callable[[str, str], bool] | None,
        sha256: bytes | None,
    ) -> str:
        """Copy a file or folder into the store; its store path.

        `filter(path, type)` says what of a folder to keep. `recursive` False
        hashes the flat file. `sha256`, when given, must be the hash.
        """
        ...

    def store_path(self, path: str) -> str:
        """Check that `path` is in the store; the store path that holds it."""
        ...

    def ensure(self, path: str) -> None:
        """Check that the store path `path` is in the store."""
        ...

    def instantiate(self, request: DerivationRequest) -> Instantiated:
        """Write a derivation into the store (or only compute its paths)."""
        ...

    def realise(self, context: frozenset[Element]) -> Mapping[str, str]:
        """Make what the context refers to exist, for import from derivation.

        Gives the physical-to-read replacements: a path text as it stands in
        the string → the path text to read (often empty: nothing differs).
        """
        ...

    def references(self, path: str) -> Sequence[str]:
        """The store paths that the store path which holds `path` refers to; none outside."""
        ...

    def derivation(self, path: str) -> ImportedDerivation | None:
        """The derivation whose valid ``.drv`` file is `path`; None when it is no such thing."""
        ...

    def check_uri(self, uri: str) -> None:
        """Raise `ForbiddenPath` for an address or a path that must not be fetched from."""
        ...

    def fetch_file(self, url: str, name: str, *, unpack: bool, sha256: bytes | None) -> str:
        """Download a file into the store; its store path.

        With `unpack` it is an archive and its tree is what enters the store.
        `sha256`, when given, must be the file's hash, or the tree's as a NAR.
        """
        ...

    def fetch_tree(self, attributes: TreeAttributes) -> FetchedTree:
        """Fetch the tree that a reference's attributes (with `type`) describe."""
        ...

    def fetch_closure(self, wanted: WantedClosure) -> str:
        """Copy a store path and all it refers to from a binary cache; the path."""
        ...

    def get_flake(self, reference: str) -> object:
        """The outputs of a flake."""
        ...

    def trace(self, message: str) -> None:
        """Show a line to the user (`builtins.trace`, `builtins.warn`)."""
        ...
