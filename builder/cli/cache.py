"""``neve store push``, ``serve``, ``sign`` and ``generate-key``: this store and binary caches."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

from builder.cli.configuration import Configuration, read_configuration
from builder.cli.errors import UsageError
from builder.cli.options import session_of
from builder.cli.store_names import open_session, paths_of
from builder.store.cache.binary_cache import BinaryCache
from builder.store.cache.compression import SUFFIXES
from builder.store.cache.keys import SecretKey, signed
from builder.store.cache.server import CacheServer, Offering
from builder.store.export import in_order
from builder.store.info import PathInfo
from builder.store.local import LocalStore

_TRANSFERS = 4  # at a time


def push(words: argparse.Namespace) -> int:
    """Give a cache what it lacks of closures."""
    session = open_session(words)
    store = session.store
    paths = paths_of(session, words.paths, words)
    keys = secret_keys(words)
    infos = in_order(store.kept_closure(paths))
    sent = push_closure(store, infos, BinaryCache(words.cache, os.environ), keys)
    print(f"pushed {sent} of {len(infos)} store paths to {words.cache}", file=sys.stderr)
    return 0


def push_closure(
    store: LocalStore, infos: Sequence[PathInfo], cache: BinaryCache, keys: Sequence[SecretKey]
) -> int:
    """Add `infos`, a closure in order, to `cache`; how many it lacked.

    References are there before what refers to them: each level of the graph is
    sent at the same time, one after the other.
    """
    cache.prepare()
    depth: dict[object, int] = {}
    levels: dict[int, list[PathInfo]] = {}
    for info in infos:
        below = [depth[path] for path in info.references if path in depth and path != info.path]
        depth[info.path] = max(below, default=-1) + 1
        levels.setdefault(depth[info.path], []).append(info)
    sent = 0
    stop = Event()
    with ThreadPoolExecutor(_TRANSFERS) as pool:
        try:
            for number in sorted(levels):
                sent += sum(
                    pool.map(lambda info: cache.add(store, info, keys, stop.is_set), levels[number])
                )
        except BaseException:
            stop.set()  # the pool waits for its threads: they need not come to their end
            raise
    return sent


def serve(words: argparse.Namespace) -> int:
    """Be a cache until interrupted."""
    root = session_of(words).store.root
    if words.compression not in SUFFIXES:
        raise UsageError(
            f"cannot compress by '{words.compression}'", hint=f"one of: {', '.join(SUFFIXES)}"
        )
    offering = Offering(
        open_store=lambda: LocalStore(root),
        keys=secret_keys(words),
        compression=words.compression,
        priority=words.priority,
    )
    try:
        server = CacheServer((words.host, words.port), offering)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"cannot listen at '{words.host}', port {words.port}: {error}",
            hint="choose another --host or --port; port 0 is any that is free",
        ) from None
    host, port = server.server_address[:2]
    name = f"[{host!s}]" if ":" in str(host) else str(host)
    print(f"http://{name}:{port}", flush=True)

    def stop(number: int, frame: object) -> None:
        # `shutdown` waits for the loop that this very thread runs.
        Thread(target=server.shutdown).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with server:
        server.serve_forever(poll_interval=0.2)
    return 0


def sign(words: argparse.Namespace) -> int:
    """Sign paths in this store."""
    session = open_session(words)
    store = session.store
    keys = secret_keys(words)
    if not keys:
        raise UsageError("no key to sign with", hint="give one with --key-file FILE")
    paths = paths_of(session, words.paths, words)
    infos = store.closure(paths) if words.recursive else [store.query(path) for path in paths]
    made = []
    for info in infos:
        for key in keys:
            info = signed(info, key)
        made.append(info)
    store.register(made)
    print(f"signed {len(made)} store paths", file=sys.stderr)
    return 0


def generate_key(words: argparse.Namespace) -> int:
    """Write a new secret key to a file that only its owner reads, and print the public one."""
    key = SecretKey.generate(words.name)
    try:
        handle = os.open(words.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(
            f"'{words.file}' is there already", hint="a key that is lost cannot be had again"
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(handle)
    print(key.public)
    return 0


def secret_keys(words: argparse.Namespace) -> list[SecretKey]:
    """The keys of ``--key-file``, else those of the settings."""
    files = words.key_file or _configuration(words).secret_key_files
    return [SecretKey.read(Path(file)) for file in files]


def _configuration(words: argparse.Namespace) -> Configuration:
    return read_configuration(os.environ, words.option)
