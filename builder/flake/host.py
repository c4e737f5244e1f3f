"""The world that an evaluation sees: the store, and in pure mode nothing else."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from builder.flake.access import Access
from builder.lang import embedded_files
from builder.lang.context import BuiltOutput, Element
from builder.lang.errors import EvalError
from builder.lang.host import (
    DerivationRequest,
    FetchedTree,
    ImportedDerivation,
    Instantiated,
    TreeAttributes,
    WantedClosure,
)
from builder.lang.localhost import kind_of
from builder.store.errors import FormatError, StoreError
from builder.store.hashes import Hash
from builder.store.paths import STORE_DIR, StorePath

if TYPE_CHECKING:
    from builder.flake.drafts import Drafts
    from builder.flake.source import Fetcher
    from builder.flake.trees import Trees
    from builder.store.cache.substituter import Substituter
    from builder.store.derivation import Derivation
    from builder.store.local import LocalStore


class Build(Protocol):
    """Builds outputs while evaluating (import from derivation)."""

    def __call__(
        self, wanted: Mapping[StorePath, frozenset[str]], known: Mapping[StorePath, Derivation]
    ) -> None:
        """Make the outputs `wanted` of derivations, of which `known` may not be written yet."""
        ...


class StoreHost:
    """A `builder.lang.host.Host` over a store, which is opened when first needed.

    Derivations are only computed; `derivations` holds them until `flush`
    writes them, or a build that takes them from there. What can be read `access`
    says; in pure mode there is no environment either, no clock and no current
    system. Unless `builds` says so, nothing is built to be read.
    """

    def __init__(
        self,
        store: Callable[[], LocalStore],
        *,
        pure: bool,
        system: str,
        build: Build,
        say: Callable[[str], None],
        search_path: Sequence[tuple[str, str]] = (),
        flakes: Callable[[str], object] | None = None,
        restricted: bool = False,
        builds: Callable[[], bool] = lambda: True,
        fetcher: Callable[[], Fetcher] | None = None,
        taking: Callable[[str], Substituter] | None = None,
        allowed_uris: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._flakes = flakes
        self._open = store
        self.pure = pure
        self.derivations: dict[StorePath, Derivation] = {}
        self._system = system
        self._build = build
        self._say = say
        self.search_path: Sequence[tuple[str, str]] = () if pure else tuple(search_path)
        self._builds = builds
        self._fetcher = fetcher
        self._taking = taking
        self.access = Access(
            folder=lambda: self.store.folder,
            pure=pure,
            restricted=restricted,
            search_path=self.search_path,
            allowed_uris=allowed_uris,
        )
        self._references: dict[str, tuple[str, ...]] = {}
        self._added: dict[tuple[str, str], str] = {}
        self._absent: set[str] = set()  # entries of search paths that the user was warned of

    @cached_property
    def store(self) -> LocalStore:
        """The store."""
        return self._open()

    @cached_property
    def _drafts(self) -> Drafts:
        # Imported here: many evaluations make no derivation.
        from builder.flake.drafts import Drafts

        return Drafts(self.store, self.derivations)

    def flush(self) -> None:
        """Write all derivations into the store."""
        if self.derivations:
            self.store.add_derivations(self.derivations)

    # Properties of the world

    @property
    def store_dir(self) -> str:
        """Always /nix/store, wherever the store lies."""
        return STORE_DIR

    @property
    def current_system(self) -> str | None:
        """The building machine's system; None in pure mode."""
        return None if self.pure else self._system

    @property
    def current_time(self) -> int | None:
        """Seconds since 1970; None in pure mode."""
        return None if self.pure else int(time.time())

    def getenv(self, name: str) -> str:
        """The variable; "" in pure and in restricted mode."""
        return "" if self.pure or self.access.restricted else os.environ.get(name, "")

    @property
    def home(self) -> str:
        """The user's folder; "" in pure mode."""
        return "" if self.pure else os.environ.get("HOME", "")

    def trace(self, message: str) -> None:
        """Show a line to the user."""
        self._say(message)

    # Reading

    def read_file(self, path: str) -> bytes:
        """A file's content."""
        self.access.check_target(path)
        try:
            with open(self.access.real(path), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            raise self.access.missing(path) from None

    def list_dir(self, path: str) -> Mapping[str, str]:
        """A folder's names, sorted, and their types."""
        self.access.check_target(path)
        try:
            with os.scandir(self.access.real(path)) as entries:
                found = {
                    entry.name: kind_of(entry.stat(follow_symlinks=False).st_mode)
                    for entry in entries
                    if path.startswith(STORE_DIR) or self.access.is_visible(f"{path}/{entry.name}")
                }
        except FileNotFoundError:
            raise self.access.missing(path) from None
        return dict(sorted(found.items()))

    def file_type(self, path: str) -> str | None:
        """A file's type, None when it is not there."""
        if path in ("/", "/nix", STORE_DIR):
            return "directory"
        try:
            return kind_of(os.lstat(self.access.real(path)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def resolve(self, path: str) -> str:
        """The path with its symbolic links followed, inside the store's own names."""
        if not path.startswith(STORE_DIR + "/"):
            if self.pure:
                return path
            self.access.real(path)
            return os.path.realpath(path)
        resolved = os.path.realpath(self.access.real(path))
        folder = str(self.store.folder)
        if resolved.startswith(folder + "/"):
            return STORE_DIR + resolved[len(folder) :]
        return path

    def link(self, path: str) -> str | None:
        """Where a symbolic link leads."""
        if path in ("/", "/nix", STORE_DIR):
            return None
        try:
            return str(self.access.real(path).readlink())
        except OSError:
            return None

    def find_file(self, search_path: Sequence[tuple[str, str]] | None, name: str) -> str | None:
        """Where ``<name>`` is."""
        for prefix, path in self.search_path if search_path is None else search_path:
            if prefix and name != prefix and not name.startswith(prefix + "/"):
                continue
            rest = name[len(prefix) :].lstrip("/") if prefix else name
            candidate = f"{path}/{rest}" if rest else path
            if self.file_type(candidate) is not None:
                return candidate
            if path not in self._absent and self.file_type(path) is None:
                self._absent.add(path)
                self._say(f"warning: Nix search path entry '{path}' does not exist, ignoring")
        return embedded_files.find(name)

    # Adding

    def add_text(self, name: str, text: bytes, references: Sequence[str]) -> str:
        """Write a text into the store."""
        refers = [StorePath.parse(item) for item in references]
        self._insist(refers)
        if any(path in self.derivations for path in refers):
            self.flush()
        try:
            path = self.store.add_text(name, text, refers)
        except FormatError as error:
            raise EvalError(str(error)) from None
        self.access.allow(path)
        return str(path)

    def add_path(
        self,
        path: str,
        name: str,
        *,
        recursive: bool,
        filter: Callable[[str, str], bool] | None,
        sha256: bytes | None,
    ) -> str:
        """Copy a file or folder into the store."""
        key = (path, name)
        plain = filter is None and recursive and sha256 is None
        if plain and key in self._added:
            return self._added[key]
        source = self.access.real(path)
        if not os.path.lexists(source):
            raise self.access.missing(path)
        keep: Callable[[str, str], bool] | None = None
        if filter is not None:
            wanted, prefix = filter, len(str(source))

            @functools.cache  # hashing and copying both ask; the language's function is asked once
            def keep(inside: str, kind: str) -> bool:
                return wanted(path + inside[prefix:], kind)

        expected = Hash(algo="sha256", digest=sha256) if sha256 else None
        try:
            made = self.store.add_path(
                source, name, recursive=recursive, keep=keep, expected=expected
            )
        except StoreError as error:
            raise EvalError(str(error)) from None
        self.access.allow(made)
        if plain:
            self._added[key] = str(made)
        return str(made)

    def store_path(self, path: str) -> str:
        """The store path that holds `path`; raises `EvalError` when it is not valid."""
        try:
            found, _ = StorePath.split(path)
        except FormatError as error:
            raise EvalError(str(error)) from None
        if found in self.derivations:
            self.flush()
        self.ensure(str(found))
        self.access.allow(found)
        return str(found)

    def ensure(self, path: str) -> None:
        """Raise `EvalError` for a store path that is neither in the store nor computed."""
        with suppress(FormatError):  # what is no store path's name is not in the store
            found = StorePath.parse(path)
            if found in self.derivations or self.store.keep(found):
                return
        raise EvalError(f"path '{path}' does not exist and cannot be created")

    def instantiate(self, request: DerivationRequest) -> Instantiated:
        """Compute a derivation's paths and remember it."""
        return self._drafts.instantiate(request)

    # Fetching

    def check_uri(self, uri: str) -> None:
        """Insist that an address may be fetched from."""
        self.access.check_uri(uri)

    def fetch_file(self, url: str, name: str, *, unpack: bool, sha256: bytes | None) -> str:
        """Download a file, or an archive's tree."""
        path = self._trees.file(url, name, unpack=unpack, sha256=sha256)
        self.access.allow(path)
        return str(path)

    def fetch_tree(self, attributes: TreeAttributes) -> FetchedTree:
        """Fetch a repository, an archive or a folder."""
        tree = self._trees.tree(attributes)
        self.access.allow(StorePath.parse(tree.path))
        return tree

    def fetch_closure(self, wanted: WantedClosure) -> str:
        """A path that this store has already, or that a binary cache gives."""
        from builder.flake.closures import fetch

        found = fetch(self.store, wanted, self._taking)
        for info in self.store.closure([found]):
            self.access.allow(info.path)
        return str(found)

    def get_flake(self, reference: str) -> object:
        """A flake's outputs, from whoever opens flakes."""
        if self._flakes is None:
            raise EvalError(f"the flake '{reference}' cannot be opened: nobody opens flakes here")
        return self._flakes(reference)

    @cached_property
    def _trees(self) -> Trees:
        # Imported here: most evaluations fetch nothing themselves.
        from builder.flake.source import plain_fetcher
        from builder.flake.trees import Trees

        return Trees(
            fetcher=self._fetcher() if self._fetcher else plain_fetcher(self.store),
        )

    def references(self, path: str) -> Sequence[str]:
        """What the valid store path that holds `path` refers to."""
        if not path.startswith(f"{STORE_DIR}/"):
            return ()
        base = path[len(STORE_DIR) + 1 :].partition("/")[0]
        if base not in self._references:
            known: Sequence[StorePath] = ()
            with suppress(FormatError):  # the store's folder has files of its own, too
                found = StorePath.parse(f"{STORE_DIR}/{base}")
                known = self.store.references(found) if self.store.is_valid(found) else ()
            self._references[base] = tuple(str(other) for other in known)
        return self._references[base]

    def derivation(self, path: str) -> ImportedDerivation | None:
        """The derivation of a valid ``.drv`` file."""
        try:
            found = StorePath.parse(path)
        except FormatError:
            return None
        if not self.store.keep(found):
            return None
        derivation = self._drafts.find(found)
        outputs = {name: str(made) for name, made in derivation.output_paths().items()}
        return ImportedDerivation(name=derivation.env.get("name", ""), outputs=outputs)

    def realise(self, context: frozenset[Element]) -> Mapping[str, str]:
        """Build what the context refers to, so that it can be read."""
        wanted: dict[StorePath, frozenset[str]] = {}
        self._insist(StorePath.split(path)[0] for path in sorted({one.path for one in context}))
        for element in context:
            if isinstance(element, BuiltOutput):
                built = StorePath.parse(element.path)
                wanted[built] = wanted.get(built, frozenset()) | {element.output}
            elif element.path.endswith(".drv"):
                self._write(StorePath.parse(element.path))
        if wanted:
            if not self._builds():
                name = min(f"{drv}^{','.join(sorted(wanted[drv]))}" for drv in wanted)
                raise EvalError(
                    f"cannot build '{name}' during evaluation because the option "
                    "'allow-import-from-derivation' is disabled"
                )
            self._build(wanted, self.derivations)
            made = [
                self._drafts.find(drv).output_paths()[name]
                for drv, names in wanted.items()
                for name in names
            ]
            for info in self.store.closure(made):
                self.access.allow(info.path)
        return {}

    def _insist(self, paths: Iterable[StorePath]) -> None:
        """Raise `EvalError` for a path that is neither in the store nor computed."""
        for path in paths:
            if path not in self.derivations and not self.store.keep(path):
                raise EvalError(f"path '{path}' is not valid")

    def _write(self, drv: StorePath) -> None:
        """Let a derivation's file be read: it was only computed so far."""
        if drv in self.derivations:
            self.flush()
        self.access.allow(drv)
