"""``neve store``: gc and verify."""

from __future__ import annotations

import argparse
import re
import time

from builder.cli.errors import UsageError
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.cli.store_names import open_session, paths_of
from builder.store.gc import collect
from builder.store.paths import StorePath
from builder.store.reserve import Reserve
from builder.store.verify import verify as verify_store
from switcher.profile import profiles_below

_DAY = 86400.0
_UNITS = {"d": _DAY, "w": 7 * _DAY, "h": 3600.0}


def gc(words: argparse.Namespace) -> int:
    """Delete what no root reaches."""
    session = session_of(words)
    # All of it is read before anything is removed.
    limit = None if words.max_freed is None else _bytes(words.max_freed)
    before = time.time() - _seconds(words.older_than) if words.older_than else None
    age = _seconds(words.delete_older_than) if words.delete_older_than else None
    Reserve(session.store_root).release()
    forgotten: list[str] = []
    if words.delete_old or age is not None:
        forgotten = _forget(session, None if words.delete_old else age, dry=words.dry_run)
    found = collect(
        session.store,
        dry_run=words.dry_run,
        limit=limit,
        before=before,
        forgotten=forgotten,
        say=session.say,
    )
    verb = "would delete" if words.dry_run else "deleted"
    if words.dry_run:
        for path in found.paths:
            print(path)
        if not session.store.database.writable:
            session.say("what others' running builds need is not known: it may be listed too")
    session.say(f"{verb} {len(found.paths)} store paths, {found.nar_bytes / 2**20:.1f} MiB")
    return 0


def _seconds(text: str) -> float:
    match = re.fullmatch(r"([0-9]{1,9})([dwh])", text)
    if match is None:
        raise UsageError(f"'{text}' is not an age", hint="write for example 30d, 2w or 12h")
    return int(match[1]) * _UNITS[match[2]]


def _bytes(text: str) -> int:
    match = re.fullmatch(r"([0-9]{1,18})([KMGT]?)", text)
    if match is None:
        raise UsageError(f"'{text}' is not a number of bytes", hint="write for example 500M or 2G")
    return int(match[1]) << 10 * " KMGT".index(match[2] or " ")


def _forget(session: Session, age: float | None, *, dry: bool) -> list[str]:
    """Remove generations of all profiles that are older than `age` seconds; None: all old ones.
    Where their links lie, or lay.

    What is current stays, and what was in use that long ago, so that one can go back to it.
    """
    links = []
    for profile in profiles_below(session.store.state / "profiles"):
        if age is None:
            chosen = [item for item in profile.generations() if not item.current]
        else:
            chosen = profile.outdated(time.time() - age)
        for generation in chosen:
            links.append(str(profile.link(generation.number)))
            verb = "would remove" if dry else "removing"
            session.say(f"{verb} generation {generation.number} of '{profile.path}'")
            if not dry:
                profile.remove(generation.number)
    return links


def verify(words: argparse.Namespace) -> int:
    """Check the store; 1 when something is wrong."""
    session = open_session(words)
    repairer = session.caches() if words.repair else None
    if words.repair and repairer is None:
        raise UsageError(
            "there is no cache to repair from", hint="name one with --option substituters URL"
        )
    count = 0
    for problem in verify_store(
        session.store, contents=not words.no_contents, paths=_wanted(session, words)
    ):
        print(problem)
        if repairer is not None and repairer.repair(problem.path):
            session.say(f"path '{problem.path}' is whole again")
        else:
            count += 1
    sound = "the paths are sound" if words.paths else "the store is sound"
    session.say(sound if not count else f"{count} problem{'s' if count > 1 else ''}")
    return 1 if count else 0


def _wanted(session: Session, words: argparse.Namespace) -> list[StorePath] | None:
    """The paths that are named, or None for all; raises InvalidPath."""
    if not words.paths:
        if words.recursive or words.derivation:
            raise UsageError(
                "--recursive and --derivation go with paths", hint="without any all are checked"
            )
        return None
    paths = paths_of(session, words.paths, words)
    if words.recursive:
        return [info.path for info in session.store.closure(paths)]
    return [session.store.query(path).path for path in paths]
