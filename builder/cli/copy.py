"""``neve store copy`` and ``neve store import``: closures from machine to machine.

The stream is that of ``nix-store --export``. Over SSH the other side is asked
first what it has already, so that only the rest travels.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO, cast

from builder.cli.build import PREFIXES
from builder.cli.errors import UsageError
from builder.cli.installable import build, find
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.store.export import export_paths, import_paths, in_order
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import STORE_DIR, StorePath

_REMOTE = "neve store import"


def copy(words: argparse.Namespace) -> int:
    """Copy closures to another store."""
    session = session_of(words)
    paths = [_path(session, text) for text in words.paths]
    infos = in_order(session.store.closure(paths))
    if words.to.startswith("ssh://"):
        sent = _to_machine(session, words.to.removeprefix("ssh://"), infos)
    elif "://" in words.to:
        raise UsageError(f"cannot copy to '{words.to}'", hint="use ssh://HOST or a folder")
    else:
        sent = _to_folder(session, Path(words.to), infos)
    session.say(f"copied {sent} of {len(infos)} store paths to {words.to}")
    return 0


def _path(session: Session, text: str) -> StorePath:
    if text.startswith(STORE_DIR + "/"):
        return StorePath.split(text)[0]
    return build(session, find(session, text, prefixes=PREFIXES, default=""))


def _to_folder(session: Session, root: Path, infos: list[PathInfo]) -> int:
    target = LocalStore(root)
    missing = [info for info in infos if not target.is_valid(info.path)]
    for info in missing:
        read = subprocess.Popen(  # the archive streams: a path may be larger than memory
            [sys.executable, "-m", "builder.cli.dump", str(session.store.real_path(info.path))],
            stdout=subprocess.PIPE,
        )
        assert read.stdout is not None
        with read.stdout as stream:
            target.add_nar(info, cast(BinaryIO, stream))
        read.wait()
    return len(missing)


def _to_machine(session: Session, host: str, infos: list[PathInfo]) -> int:
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
            export_paths(session.store, missing, cast(BinaryIO, remote.stdin))
            remote.stdin.close()
            if remote.wait():
                raise UsageError(f"'{host}' did not take the paths (exit code {remote.returncode})")
    return len(missing)


def _ssh_options() -> str:
    """NIX_SSHOPTS, as with Nix."""
    import os

    return os.environ.get("NIX_SSHOPTS", "")


def receive(words: argparse.Namespace) -> int:
    """Add what standard input exports; with ``--missing`` only say what is not here."""
    session = session_of(words)
    if words.missing:
        paths = [StorePath.parse(line.strip()) for line in sys.stdin if line.strip()]
        have = session.store.database.valid(paths)
        print("".join(f"{path}\n" for path in paths if path not in have), end="")
        return 0
    for path in import_paths(session.store, sys.stdin.buffer):
        print(path)
    return 0
