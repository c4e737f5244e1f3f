"""``neve store`` for the curious: ls, cat, why, diff, tree, roots."""

from __future__ import annotations

import argparse
import json
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder.cli.errors import UsageError
from builder.cli.options import session_of
from builder.cli.store_names import open_session, path_of, place_of
from builder.store.compare import compare
from builder.store.graph import closure_tree, drawn, size
from builder.store.nar import file_type
from builder.store.why import Step
from builder.store.why import why as find_why

_CHUNK = 1 << 20  # bytes


def ls(words: argparse.Namespace) -> int:
    """List what is in a store path."""
    session = session_of(words)
    place = place_of(session, words.path, last=False)
    if words.json:
        print(json.dumps(_listing(place, words.recursive), sort_keys=True))
        return 0
    for path in _entries(place, recursive=words.recursive):
        name = f"./{path.relative_to(place)}" if words.recursive else path.name
        print(_line(path, name) if words.long else name)
    return 0


def _entries(place: Path, *, recursive: bool) -> Iterator[Path]:
    if place.is_symlink() or not place.is_dir():
        yield place
        return
    for entry in sorted(place.iterdir()):
        yield entry
        if recursive and entry.is_dir() and not entry.is_symlink():
            yield from _entries(entry, recursive=True)


def _line(path: Path, name: str) -> str:
    status = path.lstat()
    arrow = f" -> {path.readlink()}" if path.is_symlink() else ""
    count = status.st_size if stat.S_ISREG(status.st_mode) else 0
    return f"{stat.filemode(status.st_mode)} {count:>20} {name}{arrow}"


def _listing(place: Path, recursive: bool) -> dict[str, Any]:
    """As ``nix store ls --json`` prints it."""
    status = place.lstat()
    kind = file_type(status.st_mode)
    if kind == "symlink":
        return {"type": kind, "target": str(place.readlink())}
    if kind == "regular":
        found: dict[str, Any] = {"type": kind, "size": status.st_size}
        if status.st_mode & stat.S_IXUSR:
            found["executable"] = True
        return found
    entries = {
        entry.name: _listing(entry, True)
        if recursive
        else {"type": file_type(entry.lstat().st_mode)}
        for entry in place.iterdir()
    }
    return {"type": kind, "entries": entries}


def cat(words: argparse.Namespace) -> int:
    """Print a file of the store."""
    session = session_of(words)
    place = place_of(session, words.path, last=True)
    if not place.is_file():
        raise UsageError(f"'{words.path}' is no file", hint="`neve store ls` lists a folder")
    with place.open("rb") as source:
        shutil.copyfileobj(source, sys.stdout.buffer, _CHUNK)
    sys.stdout.buffer.flush()
    return 0


def why(words: argparse.Namespace) -> int:
    """Say why one path depends on another; 1 when it does not."""
    session = open_session(words)
    start, end = (path_of(session, text, words) for text in (words.path, words.dependency))
    steps = find_why(session.store, start, end)
    if words.json:
        print(json.dumps(None if steps is None else [_step(step) for step in steps], indent=2))
        return 1 if steps is None else 0
    if steps is None:
        session.say(f"'{start}' does not depend on '{end}'")
        return 1
    print(start)
    for depth, step in enumerate(steps):
        print(f"{'    ' * depth}└───{step.to}")
        for mention in step.mentions[: words.files]:
            print(f"{'    ' * depth}    {mention.file or '(itself)'}: …{mention.text}…")
        if (more := len(step.mentions) - words.files) > 0:
            print(f"{'    ' * depth}    and {more} more files")
    return 0


def _step(step: Step) -> dict[str, Any]:
    return {
        "path": str(step.path),
        "to": str(step.to),
        "files": [mention.file for mention in step.mentions],
    }


def diff(words: argparse.Namespace) -> int:
    """Say what two closures have different."""
    session = open_session(words)
    before, after = (
        session.store.closure([path_of(session, text, words)])
        for text in (words.before, words.after)
    )
    changes = compare(before, after)
    if words.json:
        rows = [
            {"name": c.name, "before": c.before, "after": c.after, "growth": c.growth}
            for c in changes
        ]
        print(json.dumps(rows, indent=2))
        return 0
    for change in changes:
        print(change)
    sizes = [sum(info.nar_size for info in infos) for infos in (before, after)]
    session.say(f"closure size: {size(sizes[0])} → {size(sizes[1])}")
    return 0


def tree(words: argparse.Namespace) -> int:
    """Draw a closure."""
    session = open_session(words)
    top = closure_tree(session.store, path_of(session, words.path, words))
    if words.html is not None:
        from builder.store.graph_page import page

        words.html.write_text(page(top), encoding="utf-8")
        session.say(f"wrote '{words.html}'")
        return 0
    for line in drawn(top):
        print(line)
    return 0


def roots(words: argparse.Namespace) -> int:
    """List what keeps paths from being collected."""
    session = session_of(words)
    valid = set(session.store.database.all_paths())
    found = {
        path: places
        for path, places in session.store.roots.find(all_of_them=False).items()
        if path in valid
    }
    if words.json:
        print(json.dumps({str(path): sorted(places) for path, places in found.items()}, indent=2))
        return 0
    for path in sorted(found):
        for place in sorted(found[path]):
            print(f"{place} -> {path}")
    return 0
