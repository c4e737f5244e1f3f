"""Whether a store's database and its files agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from builder.store.local import LocalStore
from builder.store.paths import StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A valid path that is not as it should be."""

    path: StorePath
    what: str  # "missing" or "modified"

    def __str__(self) -> str:
        return f"path '{self.path}' is {self.what}"


def verify(
    store: LocalStore, *, contents: bool, paths: Iterable[StorePath] | None = None
) -> Iterator[Problem]:
    """Each of `paths`, which are valid, that is missing or, with `contents`, does not have its
    hash; of all valid ones unless they are given."""
    for path in store.database.all_paths() if paths is None else paths:
        real = store.real_path(path)
        if not real.exists() and not real.is_symlink():
            yield Problem(path=path, what="missing")
        elif contents and not store.check(path):
            yield Problem(path=path, what="modified")
