"""What an evaluation may see: of the machine, of the store, and of other servers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder.lang import embedded_files
from builder.lang.errors import EvalError, ForbiddenPath
from builder.store.paths import STORE_DIR, StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Tells where paths of the language lie, if they may be seen at all.

    In pure mode only paths of the store that were let in by `allow` may be, in restricted
    mode also what lies on the search path, and only `allowed_uris` are fetched from.
    `folder` is where the store's paths lie.
    """

    folder: Callable[[], Path]
    pure: bool
    restricted: bool
    search_path: Sequence[tuple[str, str]]
    allowed_uris: Callable[[], Sequence[str]]
    _allowed: dict[str, Path | None] = field(default_factory=dict)

    def allow(self, path: StorePath, origin: Path | None = None) -> None:
        """Let evaluation read a path of the store; `origin` is where it was copied from."""
        self._allowed[path.base] = origin

    def real(self, path: str) -> Path:
        """Where a path of the language lies; raises `ForbiddenPath` for what is out of bounds."""
        if path == STORE_DIR or not path.startswith(STORE_DIR + "/"):
            if embedded_files.is_embedded(path):
                return embedded_files.place(path)
            if self.pure:
                raise ForbiddenPath(
                    f"access to absolute path '{path}' is forbidden in pure evaluation mode "
                    "(use '--impure' to override)"
                )
            self._check_restricted(path)
            return self.folder() if path == STORE_DIR else Path(path)
        if path[len(STORE_DIR) + 1 :].partition("/")[0] not in self._allowed:
            self._check_restricted(path)
            if self.pure:
                raise ForbiddenPath(
                    f"access to path '{path}' is forbidden in pure evaluation mode: it is neither "
                    "an input of the flake nor built by it"
                )
        return self.folder() / path[len(STORE_DIR) + 1 :]

    def original(self, path: str) -> Path:
        """The file that a path was copied from where that is known; otherwise `real`."""
        origin, rest = self._origin(path)
        if origin is not None and (origin / rest).exists():
            return origin / rest
        return self.real(path)

    def missing(self, path: str) -> Exception:
        """The error that there is nothing at a path."""
        if not path.startswith(STORE_DIR + "/"):
            return FileNotFoundError(2, "No such file or directory", path)
        message = f"path '{path}' does not exist"
        origin, rest = self._origin(path)
        if origin is not None and rest and os.path.lexists(origin / rest):
            message += (
                f": '{origin / rest}' is there, but git does not track it; "
                f"to make it part of the flake run\n  git -C '{origin}' add '{rest}'"
            )
        return EvalError(message)

    def check_uri(self, uri: str) -> None:
        """Insist that an address may be fetched from: in restricted mode that the file may be
        seen, or that the address is one of `allowed_uris` or lies below one.

        One of them that ends in ":" stands for all addresses of that scheme. Raises
        `ForbiddenPath`.
        """
        if not self.restricted:
            return
        if uri.startswith(("/", "file://")):
            self.real(uri.removeprefix("file://"))
            return
        for prefix in self.allowed_uris():
            if uri == prefix or (prefix.endswith(("/", ":")) and uri.startswith(prefix)):
                return
            if prefix and uri.startswith(f"{prefix}/"):
                return
        raise ForbiddenPath(f"access to URI '{uri}' is forbidden in restricted mode")

    def _check_restricted(self, path: str) -> None:
        """Insist that restricted evaluation may see a path, or goes through it to what it may,
        and that no link above the path leads elsewhere. Raises `ForbiddenPath`."""
        if self.restricted:
            folder, _, name = path.rpartition("/")
            for seen in (path, f"{os.path.realpath(folder or '/').rstrip('/')}/{name}"):
                if not self.is_visible(seen):
                    raise ForbiddenPath(
                        f"access to absolute path '{seen}' is forbidden in restricted mode"
                    )

    def check_target(self, path: str) -> None:
        """Insist that restricted evaluation may see where a link leads. Raises `ForbiddenPath`."""
        if self.restricted and not path.startswith(STORE_DIR + "/"):
            self._check_restricted(os.path.realpath(path))

    def is_visible(self, path: str) -> bool:
        """Whether a path outside the store may be seen: what lies on the search path, and the
        folders that lead there."""
        if not self.restricted or embedded_files.is_embedded(path):
            return True
        below = f"{path.rstrip('/')}/"
        for _, allowed in self.search_path:
            for known in (allowed, os.path.realpath(allowed)):
                folder = f"{known.rstrip('/')}/"
                if below.startswith(folder) or folder.startswith(below):
                    return True
        return False

    def _origin(self, path: str) -> tuple[Path | None, str]:
        """Where the path of the store that holds `path` was copied from, and the rest of it."""
        base, _, rest = path.removeprefix(f"{STORE_DIR}/").partition("/")
        return self._allowed.get(base), rest
