"""The real Nix copies to and from a store that we serve as ``nix-store --serve`` does."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from builder.store.errors import FormatError, StoreError
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.serve_protocol import serve
from builder.store.verify import verify
from tests.reference import nix

SERVE = """
import sys
from pathlib import Path
from builder.store.local import LocalStore
from builder.store.serve_protocol import serve
serve(LocalStore(Path(sys.argv[1])), sys.stdin.buffer, sys.stdout.buffer, writable=True)
"""


class Bridge:
    """In place of ssh: two named pipes to a server outside of the real Nix's sandbox."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir(parents=True)
        for name in ("in", "out"):
            os.mkfifo(folder / name)
        script = folder / "bin/ssh"
        # `ssh … echo started` is how Nix finds out that the line is there.
        script.write_text(
            "#!/usr/bin/bash\n"
            'case "$*" in *--serve*) ;; *) exit 1;; esac\n'
            'case "$*" in *"echo started"*) echo started;; esac\n'
            f"cat {folder}/out & cat > {folder}/in; wait\n"
        )
        script.chmod(0o755)
        self.thread = threading.Thread(target=self._serve, args=[root])
        self.thread.start()

    def _serve(self, root: Path) -> None:
        with (self.folder / "in").open("rb") as source, (self.folder / "out").open("wb") as target:
            argv = [sys.executable, "-c", SERVE, str(root)]
            subprocess.run(argv, stdin=source, stdout=target, check=True)


def chain(store: LocalStore) -> StorePath:
    first = store.add_text("first", b"1")
    return store.add_text("second", f"{first}".encode(), [first])


@pytest.mark.parametrize("way", ["--to", "--from"])
def test_the_real_nix_copies(tmp_path: Path, way: str) -> None:
    ours, theirs = LocalStore(tmp_path / "ours"), LocalStore(tmp_path / "theirs")
    source, target = (ours, theirs) if way == "--from" else (theirs, ours)
    path = chain(source)
    bridge = Bridge(tmp_path / "bridge", tmp_path / "ours")
    script = f"PATH={tmp_path}/bridge/bin:$PATH exec nix copy --store {theirs.root} "
    script += f"{way} ssh://somewhere --no-check-sigs {path}"
    done = nix().run("bash", "-c", script, write=[tmp_path], timeout=60)
    bridge.thread.join(timeout=10)
    assert done.status == 0, done.err
    assert target.is_valid(path)
    assert target.query(path).references == source.query(path).references
    assert list(verify(target, contents=True)) == []


def number(value: int) -> bytes:
    return value.to_bytes(8, "little")


def ask(store: LocalStore, *words: bytes, writable: bool = True) -> bytes:
    """The answers after the greeting."""
    target = io.BytesIO()
    hello = number(0x390C9DEB) + number(0x207)
    serve(store, io.BytesIO(hello + b"".join(words)), target, writable=writable)
    return target.getvalue()[16:]


def test_damage_and_what_is_not_done(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    with pytest.raises(FormatError, match="not Nix's serve protocol"):
        serve(store, io.BytesIO(number(1)), io.BytesIO(), writable=True)
    with pytest.raises(FormatError, match="hung up"):
        ask(store, number(3), number(50))
    with pytest.raises(FormatError, match="too long"):
        ask(store, number(3), number(1 << 60))
    with pytest.raises(StoreError, match="command 8 of the serve protocol"):
        ask(store, number(8))
    assert ask(store, number(1), number(0), number(0), number(0)) == number(0)
