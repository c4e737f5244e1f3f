"""``neve store copy`` and ``neve store import``: closures from machine to machine.

The stream is that of ``nix-store --export``. Over SSH the other side is asked
first what it has already, so that only the rest travels.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO, cast

from builder.cli.errors import UsageError
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.cli.store_names import paths_of
from builder.store.export import export_paths, import_paths, in_order
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath

_REMOTE = "neve store import"


def copy(words: argparse.Namespace) -> int:
    """Copy closures to another store."""
    session = session_of(words)
    if words.source is not None:
        return _from(session, words)
    store = session.store
    infos = in_order(store.closure(paths_of(session, words.paths)))
    if words.to.startswith("ssh://"):
        sent = _to_machine(store, words.to.removeprefix("ssh://"), infos)
    elif "://" in words.to:
        from builder.cli.cache import push_closure, secret_keys
        from builder.store.cache.binary_cache import BinaryCache

        sent = push_closure(store, infos, BinaryCache(words.to, os.environ), secret_keys(words))
    else:
        sent = _to_folder(LocalStore(Path(words.to)), store, infos)
    print(f"copied {sent} of {len(infos)} store paths to {words.to}", file=sys.stderr)
    return 0


def _from(session: Session, words: argparse.Namespace) -> int:
    """Take closures from a cache, or from another store."""
    paths = [StorePath.split(text)[0] for text in words.paths]
    if "://" not in words.source:
        if not Path(words.source, "nix/var/nix/db").is_dir():
            raise UsageError(f"there is no store at '{words.source}'")
        source = LocalStore(Path(words.source))
        infos = in_order(source.closure(paths))
        got = _to_folder(session.store, source, infos)
        print(f"copied {got} of {len(infos)} store paths from {words.source}", file=sys.stderr)
        return 0
    taken = session.substituter((words.source,)).take(paths)
    lacking = sorted(set(paths) - session.store.database.valid(paths))
    if lacking:
        raise UsageError(
            f"'{words.source}' does not have '{lacking[0]}', or not all that it refers to",
            hint="a path without a signature of a trusted key counts as not there: "
            "see the setting trusted-public-keys",
        )
    print(f"copied {len(taken)} store paths from {words.source}", file=sys.stderr)
    return 0


def _to_folder(target: LocalStore, source: LocalStore, infos: list[PathInfo]) -> int:
    """Give another store what it lacks, as one stream between two threads: a path may be
    larger than memory."""
    have = target.database.valid([info.path for info in infos])
    missing = [info for info in infos if info.path not in have]
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def send() -> None:
        try:
            with os.fdopen(writing, "wb") as stream:
                export_paths(source, missing, stream)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=send, name="export")
    thread.start()
    try:
        with os.fdopen(reading, "rb") as stream:
            import_paths(target, stream)
    except Exception as error:
        thread.join()
        # When the reader gave up, the writer's broken pipe is only a consequence.
        first = next((e for e in failed if not isinstance(e, BrokenPipeError)), error)
        raise first from None
    thread.join()
    if failed:
        raise failed[0]
    return len(missing)


def _to_machine(store: LocalStore, host: str, infos: list[PathInfo]) -> int:
    command = ["ssh", *shlex.split(_ssh_options()), host, _REMOTE]
    asked = "".join(f"{info.path}\n" for info in infos)
    listed = subprocess.run(
        [*command, "--missing"], input=asked, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        raise UsageError(
            f"'{host}' does not take store paths: {listed.stderr.strip() or 'ssh failed'}",
            hint="it must be a Neve machine on which you may log in as root",
        )
    wanted = set(listed.stdout.split())
    missing = [info for info in infos if str(info.path) in wanted]
    if missing:
        with subprocess.Popen(command, stdin=subprocess.PIPE) as remote:
            assert remote.stdin is not None
            export_paths(store, missing, cast(BinaryIO, remote.stdin))
            remote.stdin.close()
            if remote.wait():
                raise UsageError(f"'{host}' did not take the paths (exit code {remote.returncode})")
    return len(missing)


def _ssh_options() -> str:
    """NIX_SSHOPTS, as with Nix."""
    return os.environ.get("NIX_SSHOPTS", "")


def receive(words: argparse.Namespace) -> int:
    """Add what standard input exports; with ``--missing`` only say what is not here."""
    store = session_of(words).store
    if words.missing:
        paths = [StorePath.parse(line.strip()) for line in sys.stdin if line.strip()]
        have = store.database.valid(paths)
        print("".join(f"{path}\n" for path in paths if path not in have), end="")
        return 0
    for path in import_paths(store, sys.stdin.buffer):
        print(path)
    return 0
