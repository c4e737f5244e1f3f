"""A disk without any room left: what is told, and that a collection gets it free again."""

from __future__ import annotations

import json
import lzma
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from builder.cli.main import explain
from builder.debian.errors import DebianError
from builder.debian.index import PackageIndex, build_index
from builder.store.database import Database
from builder.store.sqlite_errors import hindrance
from tests.cli.conftest import Shell
from tests.reference.pinned import bubblewrap

_ROOM = 4 << 20  # bytes of the small disk

# Runs in a mount namespace in which DISK is a small disk. Each step is a command, a size to be
# left free on the disk, or a Python program; what each command and program said comes back.
_PROGRAM = """
import json, os, subprocess, sys
from pathlib import Path
disk, steps = Path(sys.argv[1]), json.loads(sys.argv[2])
NEVE = "import sys; from builder.cli.main import neve; sys.exit(neve())"

def leave(size):
    (disk / "fill").unlink(missing_ok=True)
    found = os.statvfs(disk)
    with (disk / "fill").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)) == 4096:
                pass
        except OSError:
            pass
        file.truncate(max(0, file.tell() - size))

told = []
for step in steps:
    if isinstance(step, int):
        leave(step)
        continue
    words = [sys.executable, "-c", *([NEVE, *step] if isinstance(step, list) else [step])]
    done = subprocess.run(words, capture_output=True, text=True)
    told.append([done.returncode, done.stdout, done.stderr])
print(json.dumps(told))
"""


def _on_a_full_disk(disk: Path, *steps: object) -> list[tuple[int, str, str]]:
    disk.mkdir()
    argv = [*bubblewrap(), "--dev-bind", "/", "/", "--size", str(_ROOM), "--tmpfs", str(disk)]
    argv += [sys.executable, "-c", _PROGRAM, str(disk), json.dumps(steps)]
    top = str(Path(__file__).parents[2])
    done = subprocess.run(
        argv, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": top}
    )
    assert done.returncode == 0, done.stderr
    told = [(code, out, err) for code, out, err in json.loads(done.stdout)]
    assert not any("Traceback" in err for _, _, err in told), told
    return told


_MANY = """
import sys
from pathlib import Path
from builder.store.local import LocalStore
store, last = LocalStore(Path("STORE")), []
for number in range(COUNT):
    last = [store.add_text(f"n{number}", b"x" * 3000, last)]
"""


def test_a_collection_needs_no_room(shell: Shell) -> None:
    store = shell.folder / "disk/store"
    many = _MANY.replace("STORE", str(store)).replace("COUNT", "60")
    in_it = ("--store", str(store))
    made, refused, collected, added, sound = _on_a_full_disk(
        shell.folder / "disk",
        many,
        0,
        ["store", "add", "f", *in_it],
        ["store", "gc", *in_it],
        ["store", "add", "f/flake.nix", "--flat", *in_it],
        ["store", "verify", *in_it],
    )
    assert made[0] == 0
    assert refused[0] == 1 and f"error: {store}" in refused[2]
    assert "No space left on device\nhint: remove what nothing needs" in refused[2]
    assert collected == (0, "", collected[2]) and "deleted 60 store paths" in collected[2]
    assert added[0] == 0, added[2]
    assert sound[2] == "the store is sound\n"


def test_the_stores_database_is_named(shell: Shell) -> None:
    """There is room for the paths themselves, and none for noting them."""
    store = shell.folder / "disk/store"
    full = _MANY.replace("STORE", str(store)).replace("COUNT", "200")
    guarded = f"from builder.cli.main import guarded\nguarded(lambda: exec({full!r}) or 0)"
    made, failed = _on_a_full_disk(
        shell.folder / "disk", ["store", "verify", "--store", str(store)], 300_000, guarded
    )
    assert made[0] == 0
    assert failed[2].startswith(f"error: {store}") and "No space left on device" in failed[2]


def test_a_full_cache_is_done_without(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """What evaluation and caches said is not remembered: nothing else is lost."""
    outer = shell.run("build", "f", "--no-link").strip()
    shell.run("store", "push", "cache-of-paths", outer)
    monkeypatch.setenv("XDG_CACHE_HOME", str(shell.folder / "disk/cache"))
    taken = (
        *("--option", "substituters", f"file://{shell.folder}/cache-of-paths"),
        *("--option", "require-sigs", "false"),
    )
    for left in (0, 20_000, 60_000):
        for file in ("disk", "other"):
            subprocess.run(["rm", "-rf", file], check=True)
        told = _on_a_full_disk(
            shell.folder / "disk",
            "import os; os.mkdir(os.environ['XDG_CACHE_HOME'])",
            left,
            ["eval", "f#number"],
            ["build", "f", "--no-link", "--store", "other", *taken],
        )
        assert [code for code, _, _ in told] == [0, 0, 0], told
        assert told[1][1] == "42\n"
        assert told[2][1] == f"{outer}\n" and "fetching outer" in told[2][2]


def _packages(count: int) -> bytes:
    stanza = (
        "Package: p{0}\nVersion: 1\nArchitecture: all\nFilename: p{0}.deb\nSize: 1\nSHA256: {1}"
    )
    texts = (stanza.format(number, f"{number:064x}") for number in range(count))
    return lzma.compress("\n\n".join(texts).encode())


def test_an_index_for_which_there_is_no_room(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = shell.folder / "disk/cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    packages = shell.folder / "Packages.xz"
    packages.write_bytes(_packages(2000))
    index = cache / "neve/debian/index.sqlite"
    program = (
        "from builder.cli.main import guarded; from builder.debian.index import build_index\n"
        "from pathlib import Path; import sys\n"
        f"sys.exit(guarded(lambda: build_index(Path({str(packages)!r}), Path({str(index)!r}))"
        " or 0))"
    )
    for left in (0, 50_000):
        subprocess.run(["rm", "-rf", "disk"], check=True)
        failed, listed, done = _on_a_full_disk(
            shell.folder / "disk",
            left,
            program,
            f"import os; print(os.listdir({str(index.parent)!r}))",
            _ROOM // 2,
            program,
        )
        assert failed[0] == 1 and failed[2].startswith(f"error: {index.parent}"), failed
        assert ": No space left on device\nhint: remove '" in failed[2]
        assert "XDG_CACHE_HOME" in failed[2]
        assert listed[1] == "[]\n"  # nothing half
        assert done == (0, "", "")


def test_a_damaged_index_is_told(tmp_path: Path) -> None:
    packages, file = tmp_path / "Packages.xz", tmp_path / "index.sqlite"
    packages.write_bytes(_packages(2000))
    build_index(packages, file)
    assert PackageIndex(file, "all").get("p7") is not None
    file.write_bytes(file.read_bytes()[:4096] + os.urandom(100_000))
    with pytest.raises(DebianError, match=f"the index '{file}' is damaged") as caught:
        PackageIndex(file, "all").get("p7")
    assert "remove it" in (caught.value.hint or "")
    file.write_text("nothing of the kind, and longer than a header\n" * 9)
    with pytest.raises(DebianError, match="is damaged"):
        PackageIndex(file, "all").names()


def test_a_database_in_use_is_named(tmp_path: Path) -> None:
    Database(tmp_path).close()
    file = tmp_path / "db.sqlite"
    one, other = (sqlite3.connect(file, timeout=0, isolation_level=None) for _ in range(2))
    one.execute("begin immediate")
    with pytest.raises(sqlite3.OperationalError) as caught:
        other.execute("begin immediate")
    told = hindrance(caught.value, file)
    assert told is not None
    assert f"error: the database '{file}' was in use by others" in (explain(told) or "")
    with pytest.raises(sqlite3.OperationalError) as wrong:
        other.execute("select nothing from nowhere")
    assert hindrance(wrong.value, file) is None
