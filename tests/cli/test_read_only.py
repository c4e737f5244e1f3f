"""A store that may only be read: what is in it can be used, and the rest is refused clearly."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.cli.conftest import Shell
from tests.reference.pinned import bubblewrap

_NEVE = (sys.executable, "-c", "import sys; from builder.cli.main import neve; sys.exit(neve())")


def run(shell: Shell, *words: object) -> tuple[int, str, str]:
    """A command for which the store's folder lies on a disk that is read-only."""
    root = str(shell.folder / "root")
    return _ran(("--ro-bind", root, root), words)


def run_as_another(shell: Shell, *words: object) -> tuple[int, str, str]:
    """A command by one who may do with the store only what its owner lets everybody do."""
    root = shell.folder / "root"
    own = {place: place.lstat().st_mode for place in root.rglob("*") if not place.is_symlink()}
    for place, mode in sorted(own.items(), reverse=True):
        place.chmod((mode & 0o007) * 0o111)
    try:
        # Without what root may do, for whoever runs the tests.
        return _ran(("--unshare-user", "--cap-drop", "ALL"), words)
    finally:
        for place, mode in own.items():
            place.chmod(mode)


def _ran(options: tuple[str, ...], words: tuple[object, ...]) -> tuple[int, str, str]:
    argv = [*bubblewrap(), "--dev-bind", "/", "/", *options, *_NEVE, *map(str, words)]
    done = subprocess.run(argv, capture_output=True, check=False)
    out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    assert "Traceback" not in err, err
    return done.returncode, out, err


Run = Callable[..., tuple[int, str, str]]
either = pytest.mark.parametrize("run", [run, run_as_another])


@either
def test_what_reads_works(shell: Shell, run: Run) -> None:
    outer, inner = shell.run("build", "f", "f#inner", "--no-link").split()
    known = 'derivation { name = "known"; builder = "b"; system = "s"; }'
    shell.run("instantiate", "-E", known)
    for words, told in (
        (("store", "path-info", "--json", "-S", outer), "closureSize"),
        (("store", "ls", outer), "bin"),
        (("store", "cat", f"{outer}/bin/greet"), "#!/bin/sh"),
        (("store", "why", outer, inner), "└───"),
        (("store", "tree", outer), inner),
        (("store", "diff", inner, outer), "outer"),
        (("store", "roots"), ""),
        (("store", "gc", "--dry-run"), inner),
        (("store", "gc", "--dry-run", "--delete-old", "--max-freed", "1G"), outer),
        (("instantiate", "-E", known), "-known.drv"),
        (("log", outer), ""),
        (("build", outer, "--no-link"), outer),
        (("store", "export", outer), "nix-archive-1"),
        (("build", "f", "--no-link"), outer),
        (("build", "f#default", "--print-out-paths", "--no-link", "--impure"), outer),
        (("eval", "f#number"), "42"),
    ):
        code, out, err = run(shell, *words)
        assert code == 0 and told in out, (words, err)
    for words in (
        ("store", "verify"),
        ("store", "copy", outer, "--to", "other"),
        ("store", "push", "cache", outer),
    ):
        code, _, err = run(shell, *words)
        assert code == 0, (words, err)
    assert len(shell.run("store", "path-info", "--all", "--store", "other").split()) == 2


@either
def test_what_writes_says_why_not(shell: Shell, run: Run) -> None:
    outer = shell.run("build", "f", "--no-link").strip()
    shell.run("store", "generate-key", "k", "key")
    (shell.folder / "new").write_text("new")
    for words in (
        ("store", "add", "new"),
        ("store", "gc"),
        ("store", "optimise"),
        ("eval", "--expr", 'builtins.toFile "new" "new"'),
        ("instantiate", "-E", 'derivation { name = "n"; builder = "b"; system = "s"; }'),
        ("store", "sign", "-k", "key", outer),
        ("build", "f#broken"),
        ("build", "f", "-o", "link"),
    ):
        code, out, err = run(shell, *words)
        assert code == 1 and out == "", words
        assert str(shell.folder / "root") in err, words
        reasons = ("Read-only file system", "Permission denied", "not writable by you")
        assert any(reason in err for reason in reasons), words
        assert words[0] == "eval" or ("hint: " in err and "NEVE_STORE" in err), words


def test_a_database_of_which_a_part_cannot_be_read(shell: Shell) -> None:
    """What was written last lies in a file beside it: without that it would be an older one."""
    adding = (
        "import os, sys; from pathlib import Path; from builder.store.local import LocalStore\n"
        "print(LocalStore(Path(sys.argv[1])).add_text('x', b''), flush=True); os._exit(0)"
    )
    words = [sys.executable, "-c", adding, str(shell.folder / "root")]
    added = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    folder = shell.folder / "root/nix/var/nix/db"
    assert (folder / "db.sqlite-wal").stat().st_size
    assert run(shell, "store", "path-info", "--all") == (0, added, "")
    (folder / "db.sqlite-shm").unlink()  # which only who may write can make again
    code, out, err = run(shell, "store", "path-info", "--all")
    assert (code, out) == (1, "")
    assert "cannot read the database" in err and "hint: let its owner run" in err
    assert shell.run("store", "path-info", "--all") == added
