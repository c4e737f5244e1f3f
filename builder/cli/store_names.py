"""What the words of ``neve store`` name: store paths and the files in them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from builder.cli.errors import UsageError
from builder.cli.given_words import EVALUATING
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.store.follow import enter, follow
from builder.store.paths import STORE_DIR, StorePath


def open_session(words: argparse.Namespace) -> Session:
    """The session of a command whose words name store paths or installables."""
    if not any(getattr(words, name) for name in EVALUATING):
        # What is in the store is looked at without the language being loaded.
        return session_of(words)
    from builder.cli.given import session_for

    return session_for(words)


def path_of(session: Session, text: str, words: argparse.Namespace) -> StorePath:
    """What `paths_of` gives for one text, of several outputs the main one.

    Raises `UsageError` for a text that stands for several things.
    """
    (found,) = _named(session, [text], words)
    if len(found) != 1:
        raise UsageError(
            f"argument '{text}' should evaluate to one store path",
            hint=f"it stands for {len(found)} packages: name an attribute of it",
        )
    return found[0][0]


def paths_of(session: Session, texts: Sequence[str], words: argparse.Namespace) -> list[StorePath]:
    """The store paths that installables stand for, see `builder.cli.resolve`; of a derivation the
    outputs that are chosen. What must be built is built together. With ``--derivation``
    their derivations, of which nothing is built."""
    named = _named(session, texts, words)
    return [path for results in named for paths in results for path in paths]


def _named(
    session: Session, texts: Sequence[str], words: argparse.Namespace
) -> list[list[list[StorePath]]]:
    """For each text the paths of each thing that it stands for, the main output first."""
    if words.derivation:
        from builder.cli.resolve import derivations_of, places_of

        places = places_of(session, words)
        found_drvs = [derivations_of(session, text, places) for text in texts]
        session.host.flush()
        return [[[drv] for drv in drvs] for drvs in found_drvs]
    given = words.expr is not None or words.file is not None
    plain = {text: None if given else stored(session, text) for text in texts}
    asked = [text for text in texts if plain[text] is None]
    built: dict[str, list[list[StorePath]]] = {}
    if asked:
        # Imported here: see `open_session`.
        from builder.cli.building import build_all
        from builder.cli.resolve import places_of

        found = build_all(session, asked, places_of(session, words))
        for text, results in zip(asked, found, strict=True):
            built[text] = [list(dict.fromkeys([one.path, *one.paths])) for one in results]
    return [built[text] if (path := plain[text]) is None else [[path]] for text in texts]


def stored(session: Session, text: str) -> StorePath | None:
    """The store path that a text is, or leads to by links; None for another installable."""
    if text in ("", ".") or "^" in text or (name := _logical(session, text)) is None:
        return None
    return StorePath.split(name)[0]


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
    # No path of a store has a "#" in its name: what has one is a flake's attribute.
    if "#" in text:
        return None
    if text.startswith(f"{STORE_DIR}/"):
        return text
    return enter(session.store, session.cwd / text)
