"""Collections between the steps of those who give paths out, or take them in."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from builder.store.cache.told import Told
from builder.store.gc import collect
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.roots import Roots
from builder.store.serve_client import RemoteStore
from builder.store.serve_protocol import serve
from builder.store.verify import verify
from tests.store.between import chain, collection_before

NEVE = (sys.executable, "-c", "import sys; from builder.cli.main import neve; sys.exit(neve())")


def test_what_is_exported_stays_until_it_is_told(tmp_path: Path) -> None:
    first, second = chain(tmp_path / "ours")
    command = [*NEVE, "store", "export", str(second), "--store", str(tmp_path / "ours")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as export:
        assert export.stdout is not None
        begun = export.stdout.read(1)  # the rest does not fit into the pipe
        assert collect(LocalStore(tmp_path / "ours")).paths == ()
        stream = begun + export.stdout.read()
    assert export.returncode == 0
    theirs = LocalStore(tmp_path / "theirs")
    importing = [*NEVE, "store", "import", "--store", str(theirs.root)]
    subprocess.run(importing, input=stream, check=True, stdout=subprocess.DEVNULL)
    assert theirs.database.valid([first, second]) == {first, second}
    assert list(verify(theirs, contents=True)) == []
    assert set(collect(LocalStore(tmp_path / "ours")).paths) == {first, second}


def test_an_export_that_comes_too_late_says_so(tmp_path: Path) -> None:
    """It does not begin with what is being deleted."""
    first, second = chain(tmp_path / "ours")
    command = [*NEVE, "store", "export", str(second), "--store", str(tmp_path / "ours")]
    with collection_before(tmp_path / "ours", second, first):
        done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1 and done.stdout == b""
    assert f"path '{second}' is not valid".encode() in done.stderr


class Conversation:
    """Both ends of the serve protocol over two pipes, the far one in a process of its own."""

    def __init__(self, root: Path) -> None:
        code = (
            "import sys; from pathlib import Path; from builder.store.local import LocalStore\n"
            "from builder.store.serve_protocol import serve\n"
            "serve(LocalStore(Path(sys.argv[1])), sys.stdin.buffer, sys.stdout.buffer, "
            "writable=True)"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.remote = RemoteStore(self.process.stdout, self.process.stdin)  # type: ignore[arg-type]

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def test_a_machine_keeps_what_it_said_that_it_has(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    first, second = chain(ours)
    assert chain(theirs) == (first, second)
    store = LocalStore(theirs)
    store.database.forget([second])
    store.real_path(second).unlink()
    talk = Conversation(theirs)
    assert talk.remote.kept([first, second]) == {first}
    assert collect(LocalStore(theirs)).paths == ()
    talk.remote.add(LocalStore(ours), LocalStore(ours).query(second))
    assert collect(LocalStore(theirs)).paths == ()
    talk.close()
    assert list(verify(LocalStore(theirs), contents=True)) == []
    assert set(collect(LocalStore(theirs)).paths) == {first, second}


def test_a_machine_keeps_what_it_was_asked_about(tmp_path: Path) -> None:
    """Who copies from it asks for facts first, and for archives later."""
    first, second = chain(tmp_path)
    store = LocalStore(tmp_path)
    reading, source = os.pipe()
    target, writing = os.pipe()
    with os.fdopen(source, "wb") as asks, os.fdopen(target, "rb") as answers:
        thread = threading.Thread(target=_serve, args=(LocalStore(tmp_path), reading, writing))
        thread.start()
        wire = RemoteStore(answers, asks)._wire
        wire.put_number(2)
        wire.put_texts([second])
        asks.flush()
        assert wire.text() == str(second)
        assert collect(store).paths == ()
    thread.join()
    assert store.database.valid([first, second]) == {first, second}


def _serve(store: LocalStore, reading: int, writing: int) -> None:
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb") as target:
        serve(store, source, target, writable=False)


def test_what_a_server_told_of_is_let_go_after_a_while(tmp_path: Path) -> None:
    paths = [StorePath(str(number) * 32 + "-x") for number in range(3)]
    roots = Roots(tmp_path)
    told = Told(roots, lasts=0.2, looks=0.0)

    def kept() -> set[StorePath]:
        return set(Roots(tmp_path).find()) & set(paths)

    told.keep(paths[0])
    told.keep(paths[1])
    assert kept() == {paths[0], paths[1]}
    time.sleep(0.15)
    told.keep(paths[0])
    time.sleep(0.1)
    told.keep(paths[2])
    assert kept() == {paths[0], paths[2]}
