"""``neve store`` for files and archives: add, dump, restore, export, optimise."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from builder.cli.errors import UsageError
from builder.cli.options import session_of
from builder.cli.store_names import open_session, paths_of
from builder.store import nar
from builder.store.canonical import remove_tree
from builder.store.export import export_paths, in_order
from builder.store.graph import size
from builder.store.nar_restore import restore as restore_tree
from builder.store.optimise import Saved
from builder.store.optimise import optimise as link_tree


def add(words: argparse.Namespace) -> int:
    """Add a file or folder to the store."""
    source = _source(words)
    # Of a link its own name, and of "." the folder's.
    own = Path(os.path.abspath(source)).name  # noqa: PTH100
    name = own if words.name is None else words.name
    if words.flat and (source.is_symlink() or not source.is_file()):
        raise UsageError(f"'{source}' is not a regular file", hint="leave out --flat")
    print(session_of(words).store.add_path(source, name, recursive=not words.flat))
    return 0


def _source(words: argparse.Namespace) -> Path:
    source: Path = words.file
    if not source.exists() and not source.is_symlink():
        raise UsageError(f"there is no '{source}'")
    return source


def dump(words: argparse.Namespace) -> int:
    """Write a file or folder as an archive to standard output."""
    source = _source(words)
    _no_terminal()
    nar.dump(source, sys.stdout.buffer.write)
    sys.stdout.buffer.flush()
    return 0


def restore(words: argparse.Namespace) -> int:
    """Unpack the archive on standard input."""
    if words.file.exists() or words.file.is_symlink():
        raise UsageError(f"'{words.file}' is there already")
    try:
        restore_tree(sys.stdin.buffer, words.file)
    except BaseException as error:
        remove_tree(words.file)  # a part of it is of no use, and would be in the way
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(words.file)
        raise
    return 0


def export(words: argparse.Namespace) -> int:
    """Write closures to standard output, for ``neve store import`` or ``nix-store --import``."""
    _no_terminal()
    session = open_session(words)
    store = session.store
    infos = in_order(store.kept_closure(paths_of(session, words.paths, words)))
    export_paths(store, infos, sys.stdout.buffer)
    return 0


def _no_terminal() -> None:
    if sys.stdout.isatty():
        raise UsageError("an archive is nothing to read", hint="send it to a file or a pipe")


def optimise(words: argparse.Namespace) -> int:
    """Let files of the same content share their blocks."""
    store = session_of(words).store
    saved = Saved()
    with store.adding():
        for path in store.database.all_paths():
            saved += link_tree(store.folder, store.real_path(path))
    print(f"{size(saved.size)} freed by linking {saved.files} files", file=sys.stderr)
    return 0
