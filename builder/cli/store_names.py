"""What the words of ``neve store`` name: store paths and the files in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from builder.cli.errors import UsageError
from builder.cli.session import Session
from builder.store.follow import enter, follow
from builder.store.paths import STORE_DIR, StorePath


def path_of(session: Session, text: str) -> StorePath:
    """A store path, what a link such as ./result leads to, or a flake's output, which is built.

    Of several outputs it is the main one.
    """
    return _named(session, [text])[0][0]


def paths_of(session: Session, texts: Sequence[str]) -> list[StorePath]:
    """What the words name, see `path_of`, all outputs of each; what must be built is built
    together."""
    return [path for paths in _named(session, texts) for path in paths]


def _named(session: Session, texts: Sequence[str]) -> list[list[StorePath]]:
    """What each of the words names, the main output first."""
    logical = {text: _logical(session, text) for text in texts}
    named = [text for text in texts if logical[text] is None]
    built: dict[str, list[StorePath]] = {}
    if named:
        # Imported here: what is in the store travels without the language being loaded.
        from builder.cli.build import DEFAULT, PREFIXES
        from builder.cli.installable import build_all

        found = build_all(session, named, prefixes=PREFIXES, default=DEFAULT)
        for text, one in zip(named, found, strict=True):
            built[text] = list(dict.fromkeys([one.path, *one.outputs.values()]))
    return [
        built[text] if (name := logical[text]) is None else [StorePath.split(name)[0]]
        for text in texts
    ]


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
