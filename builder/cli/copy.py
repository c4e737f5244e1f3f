"""``neve store copy`` and ``neve store import``: closures from machine to machine.

The other side is asked first what it has already, so that only the rest travels: over SSH
by Nix's serve protocol, in a stream as of ``nix-store --export`` between two stores here.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import threading
from contextlib import suppress
from typing import BinaryIO, cast

from builder.cli.errors import UsageError
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.cli.store_names import open_session, paths_of
from builder.store.errors import StoreError
from builder.store.export import export_paths, import_paths, in_order
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import STORE_DIR, StorePath
from builder.store.root import root_folder
from builder.store.serve_client import RemoteStore

_REMOTE = ("nix-store", "--serve", "--write")


def copy(words: argparse.Namespace) -> int:
    """Copy closures to another store."""
    session = open_session(words)
    if words.source is not None:
        return _from(session, words)
    host = _host(words.to) if words.to.startswith("ssh://") else ""
    root = None if "://" in words.to else root_folder(words.to)
    store = session.store
    infos = in_order(store.kept_closure(paths_of(session, words.paths, words)))
    if host:
        sent = _to_machine(store, host, infos)
    elif root is None:
        from builder.cli.cache import push_closure, secret_keys
        from builder.store.cache.binary_cache import BinaryCache

        sent = push_closure(store, infos, BinaryCache(words.to, os.environ), secret_keys(words))
    else:
        sent = _to_folder(LocalStore(root), store, infos)
    print(f"copied {sent} of {len(infos)} store paths to {words.to}", file=sys.stderr)
    return 0


def _host(url: str) -> str:
    """``[USER@]HOST`` of a URL of ssh, which ssh cannot take for one of its options."""
    host = url.removeprefix("ssh://").rstrip("/")
    if not re.fullmatch(r"[A-Za-z0-9_\[][^\s/?]*", host):
        raise UsageError(f"'{url}' names no machine", hint="write ssh://HOST or ssh://USER@HOST")
    return host


def _from(session: Session, words: argparse.Namespace) -> int:
    """Take closures from a cache, or from another store."""
    if words.derivation or words.expr is not None or words.file is not None:
        raise UsageError(
            "--derivation, --expr and --file go with --to, not with --from",
            hint="what is taken from elsewhere is named by its store path",
        )
    for text in words.paths:
        if not text.startswith(f"{STORE_DIR}/"):
            raise UsageError(
                f"'{text}' is not a store path",
                hint="name what is below /nix/store; 'neve eval --raw FLAKE#ATTRIBUTE.outPath' "
                "prints where a package would be",
            )
    paths = [StorePath.split(text)[0] for text in words.paths]
    if "://" not in words.source:
        root = root_folder(words.source)
        if not (root / "nix/var/nix/db").is_dir():
            raise UsageError(
                f"there is no store at '{words.source}'",
                hint="name the folder that holds its nix/store, or the URL of a cache",
            )
        source = LocalStore(root)
        infos = in_order(source.kept_closure(paths))
        got = _to_folder(session.store, source, infos)
        print(f"copied {got} of {len(infos)} store paths from {words.source}", file=sys.stderr)
        return 0
    taken = session.substituter((words.source,)).take(paths)
    lacking = sorted(set(paths) - session.store.database.valid(paths))
    if lacking:
        raise UsageError(
            f"'{words.source}' does not have '{lacking[0]}', or not all that it refers to",
            hint="what has no signature of a trusted key counts as not there (see the setting "
            "trusted-public-keys), and so does all in a cache that does not answer",
        )
    print(f"copied {len(taken)} store paths from {words.source}", file=sys.stderr)
    return 0


def _to_folder(target: LocalStore, source: LocalStore, infos: list[PathInfo]) -> int:
    """Give another store what it lacks, as one stream between two threads: a path may be
    larger than memory."""
    have = target.kept(info.path for info in infos)
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
    """Give a machine what it lacks; what it has it keeps until all have come."""
    command = ["ssh", *shlex.split(_ssh_options()), host, *_REMOTE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ssh:
        assert ssh.stdin is not None and ssh.stdout is not None
        try:
            remote = RemoteStore(cast(BinaryIO, ssh.stdout), cast(BinaryIO, ssh.stdin))
            have = remote.kept(info.path for info in infos)
            missing = [info for info in infos if info.path not in have]
            for info in missing:
                remote.add(store, info)
        except (StoreError, BrokenPipeError) as error:
            with suppress(BrokenPipeError):
                ssh.stdin.close()
            ended = ssh.wait()
            raise UsageError(
                f"'{host}' does not take store paths: {_why(error, ended)}",
                hint="it must be a machine with Neve or Nix on which you may log in, "
                "as one who may write to its store; options of ssh go into NIX_SSHOPTS",
            ) from None
        ssh.stdin.close()
    return len(missing)


def _why(error: Exception, ended: int) -> str:
    """What it said went to standard error, before it hung up."""
    if ended:
        return f"'{shlex.join(_REMOTE)}' there, or ssh, ended with exit code {ended}"
    return "it hung up" if isinstance(error, BrokenPipeError) else str(error)


def _ssh_options() -> str:
    """NIX_SSHOPTS, as with Nix."""
    return os.environ.get("NIX_SSHOPTS", "")


def receive(words: argparse.Namespace) -> int:
    """Add what standard input exports."""
    for path in import_paths(session_of(words).store, sys.stdin.buffer):
        print(path)
    return 0
