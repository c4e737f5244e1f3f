"""Answers of earlier commands about a flake that did not change.

Nothing is recalled in impure mode or with overridden inputs. What is recalled of a derivation holds
only while the store still has what it names: see `builder.cli.installable`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.flake.reference import locate, parse_reference
from builder.realise.settings import current_system

if TYPE_CHECKING:
    from builder.cli.session import Session
    from builder.flake.flake import Flake
    from builder.flake.memory import Fetched

_LOCK = "flake.lock"


def question(kind: str, attribute: str, prefixes: Sequence[str], default: str) -> str:
    """The text under which an answer is kept."""
    return json.dumps([kind, attribute, list(prefixes), default])


def recall(session: Session, reference: str, asked: str) -> Any:
    """The answer to `asked` about a flake, None when it is not known for certain."""
    if session.options.impure or session.options.override_inputs:
        return None
    located = locate(parse_reference(reference, session.cwd), session.cwd)
    fetched = session.memory.fetched(located)
    if fetched is None:
        return None
    name = "url" if located.type == "git" else "path"
    origin = Path(located.get(name).removeprefix("file://")) / located.dir
    return session.memory.answer(_fingerprint(session, fetched, origin), asked)


def learn(session: Session, flake: Flake, asked: str, answer: Any) -> None:
    """Keep an answer for later commands."""
    from builder.flake.lock import Lock
    from builder.flake.memory import Fetched

    lock = flake.lock_file.read_text("utf-8") if flake.lock_file.is_file() else None
    on_disk = Lock() if lock is None else Lock.parse(lock, str(flake.lock_file))
    given = session.options.override_inputs
    if session.options.impure or given or flake.lock_changed or on_disk != flake.lock:
        return
    source = flake.source
    fetched = Fetched(path=str(source.path), locked=source.locked.attributes)
    session.memory.learn(_fingerprint(session, fetched, flake.origin), asked, answer)


def _fingerprint(session: Session, fetched: Fetched, origin: Path) -> bytes:
    lock = origin / _LOCK
    content = lock.read_bytes() if lock.is_file() else b""
    return session.memory.fingerprint(fetched, content, current_system())
