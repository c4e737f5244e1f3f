"""What the words of ``neve store`` name: store paths and the files in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from builder.cli.errors import UsageError
from builder.cli.session import Session
from builder.store.follow import enter, follow
from builder.store.paths import STORE_DIR, StorePath


def path_of(session: Session, text: str) -> StorePath:
    """A store path, what a link such as ./result leads to, or a flake's output, which is built."""
    if logical := _logical(session, text):
        return StorePath.split(logical)[0]
    # Imported here: what is in the store already travels without the language being loaded.
    from builder.cli.build import DEFAULT, PREFIXES
    from builder.cli.installable import build_named

    return build_named(session, text, prefixes=PREFIXES, default=DEFAULT)


def paths_of(session: Session, texts: Iterable[str]) -> list[StorePath]:
    """What each of the words names, see `path_of`."""
    return [path_of(session, text) for text in texts]


def place_of(session: Session, text: str, *, last: bool) -> Path:
    """Where a file of a store path lies; with `last` that which a link leads to."""
    logical = _logical(session, text)
    if logical is None:
        raise UsageError(
            f"'{text}' is not in the store '{session.store.root}'",
            hint="give a store path, a file in one, or a link to one such as ./result",
        )
    return follow(session.store, logical, last=last)


def _logical(session: Session, text: str) -> str | None:
    """The name below ``/nix/store`` of what is named; None when it lies elsewhere."""
    if text.startswith(f"{STORE_DIR}/"):
        return text
    # No path of a store has a "#" in its name: what has one is a flake's attribute.
    return None if "#" in text else enter(session.store, session.cwd / text)
