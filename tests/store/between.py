"""Paths that nobody keeps, and a collection that comes at the wrong moment."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builder.store.local import LocalStore
from builder.store.locks import hold
from builder.store.paths import StorePath

LARGE = 1 << 20  # bytes: more than a pipe holds


def chain(root: Path) -> tuple[StorePath, StorePath]:
    """Two paths, the second refers to the first; no root keeps them, for their maker has ended."""
    made = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from builder.store.local import LocalStore\n"
            "store = LocalStore(Path(sys.argv[1])); first = store.add_text('first', b'1')\n"
            f"print(first, store.add_text('second', f'{{first}}'.encode() + b'2' * {LARGE}, "
            "[first]))",
            str(root),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    first, second = (StorePath.parse(text) for text in made.stdout.split())
    return first, second


@contextmanager
def collection_before(root: Path, *deleted: StorePath) -> Iterator[None]:
    """A collection that runs already when the block begins, and ends a little later, with
    `deleted` gone."""
    store = LocalStore(root)
    held = threading.Event()

    def run() -> None:
        with hold(store.state / "gc.lock", exclusive=True):
            held.set()
            time.sleep(0.5)
            store.database.forget(deleted)
            for path in deleted:
                store.real_path(path).unlink()

    thread = threading.Thread(target=run)
    thread.start()
    held.wait()
    try:
        yield
    finally:
        thread.join()
