"""What did not change is not evaluated again; whatever changed is, however it changed.

The flake says "evaluated" when it is evaluated.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.flake.conftest import commit

SAYING = """{ outputs = { self }: {
  x = builtins.trace "evaluated" (builtins.readFile ./text);
  names = builtins.toJSON (builtins.attrNames (builtins.readDir ./.));
  out = derivation { name = "n"; system = "builtin"; builder = "builtin:tree"; version = 1;
                     spec = builtins.trace "evaluated" ''{"a":{"text":"${builtins.readFile ./text}"}}''; };
}; }
"""  # noqa: E501
NEVE = (sys.executable, "-c", "from builder.cli.main import neve; neve()")


@pytest.fixture(params=["folder", "git"])
def flake(request: pytest.FixtureRequest, shell: Shell) -> Path:
    """A flake with a file, old enough for its time stamps to be trusted."""
    folder = shell.folder / "g"
    folder.mkdir()
    (folder / "flake.nix").write_text(SAYING)
    (folder / "text").write_text("one")
    if request.param == "git":
        commit(folder)
    return folder


def evaluated(shell: Shell, *words: str) -> tuple[str, bool]:
    """What a command prints, and whether it evaluated."""
    out, err = shell.both(*words)
    return out, "evaluated" in err


def by_process(shell: Shell, *words: str) -> tuple[str, bool]:
    """The same in a process of its own, which has ended."""
    done = subprocess.run(
        [*NEVE, *words], cwd=shell.folder, capture_output=True, text=True, check=True
    )
    return done.stdout, "evaluated" in done.stderr


def test_unchanged(shell: Shell, flake: Path) -> None:
    assert evaluated(shell, "eval", "g#x") == ('"one"\n', True)
    assert evaluated(shell, "eval", "g#x") == ('"one"\n', False)
    assert evaluated(shell, "eval", "--raw", "g#x") == ("one", False)
    assert evaluated(shell, "eval", "--json", "g#x") == ('"one"\n', False)
    assert evaluated(shell, "eval", "--impure", "g#x") == ('"one"\n', True)
    assert evaluated(shell, "eval", "g#x", "--apply", "x: x + x") == ('"oneone"\n', True)


def _same_size_and_time(flake: Path) -> None:
    before = (flake / "text").stat()
    (flake / "text").write_text("two")
    os.utime(flake / "text", ns=(before.st_atime_ns, before.st_mtime_ns))


def _another_file_in_its_place(flake: Path) -> None:
    (flake / "new").write_text("two")
    shutil.copystat(flake / "text", flake / "new")
    (flake / "new").replace(flake / "text")


def _a_link_in_its_place(flake: Path) -> None:
    (flake / "text").unlink()
    (flake / "text").symlink_to("flake.nix")


@pytest.mark.parametrize(
    ("change", "value"),
    [
        (lambda flake: (flake / "text").write_text("two"), '"two"\n'),
        (_same_size_and_time, '"two"\n'),
        (_another_file_in_its_place, '"two"\n'),
        (lambda flake: (flake / "flake.nix").write_text("{ outputs = _: { x = 2; }; }"), "2\n"),
    ],
)
def test_changed(shell: Shell, flake: Path, change: Callable[[Path], object], value: str) -> None:
    evaluated(shell, "eval", "g#x")
    change(flake)
    assert shell.run("eval", "g#x") == value
    assert shell.run("eval", "g#x") == value


def test_what_is_read_is_told_by_its_kind(shell: Shell, flake: Path) -> None:
    evaluated(shell, "eval", "g#x")
    _a_link_in_its_place(flake)
    out, again = evaluated(shell, "eval", "--raw", "g#x")
    assert (out, again) == (SAYING, True)


def test_files_that_come_and_go(shell: Shell, flake: Path) -> None:
    git = (flake / ".git").exists()
    assert shell.run("eval", "--raw", "g#names") == '["flake.nix","text"]'
    (flake / "more").write_text("")
    if git:
        assert shell.run("eval", "--raw", "g#names") == '["flake.nix","text"]'
        commit(flake)
    assert shell.run("eval", "--raw", "g#names") == '["flake.nix","more","text"]'
    (flake / "more").unlink()
    assert shell.run("eval", "--raw", "g#names") == '["flake.nix","text"]'
    (flake / "more").write_text("")  # git's index knows it all the time
    assert shell.run("eval", "--raw", "g#names") == '["flake.nix","more","text"]'


def test_a_commit_is_seen(shell: Shell) -> None:
    folder = shell.folder / "g"
    folder.mkdir()
    (folder / "flake.nix").write_text('{ outputs = { self }: { x = self.rev or "dirty"; }; }')
    first = commit(folder)
    assert shell.run("eval", "--raw", "g#x") == first
    (folder / "flake.nix").open("a").write("\n")
    assert shell.run("eval", "--raw", "g#x") == "dirty"
    assert shell.run("eval", "--raw", "g#x") == "dirty"
    second = commit(folder)
    assert shell.run("eval", "--raw", "g#x") == second != first


def test_the_lock_is_seen(shell: Shell, flake: Path) -> None:
    (shell.folder / "i").mkdir()
    (shell.folder / "i/value").write_text("1")
    (flake / "flake.nix").write_text(
        f'{{ inputs.i = {{ url = "path:{shell.folder}/i"; flake = false; }};\n'
        "outputs = { self, i }: { x = builtins.readFile \"${i}/value\"; }; }"
    )  # fmt: skip
    assert shell.run("eval", "--raw", "g#x") == "1"
    (shell.folder / "i/value").write_text("2")
    assert shell.run("eval", "--raw", "g#x") == "1"
    shell.run("flake", "update", "--flake", "g")
    assert shell.run("eval", "--raw", "g#x") == "2"


def test_an_output_that_was_deleted_is_built_again(shell: Shell, flake: Path) -> None:
    out, again = by_process(shell, "build", "--no-link", "g#out")
    assert again
    assert by_process(shell, "build", "--no-link", "g#out") == (out, False)
    shell.run("store", "gc")
    assert by_process(shell, "build", "--no-link", "g#out") == (out, True)
    assert (shell.folder / "root" / out.strip()[1:] / "a").read_text() == "one"


def test_a_damaged_memory_is_no_error(shell: Shell, flake: Path) -> None:
    by_process(shell, "eval", "g#x")
    memory = shell.folder / "cache/neve/memory.sqlite"
    for suffix in ("-wal", "-shm"):
        memory.with_name(memory.name + suffix).unlink(missing_ok=True)
    memory.write_bytes(b"not a database at all" * 100)
    assert by_process(shell, "eval", "g#x") == ('"one"\n', True)
    assert by_process(shell, "eval", "g#x") == ('"one"\n', False)


def test_many_at_once(shell: Shell, flake: Path) -> None:
    """Processes that find out and recall at the same time agree."""
    started = [
        subprocess.Popen(
            [*NEVE, "eval", "g#x"], cwd=shell.folder, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    assert [process.communicate()[0] for process in started] == ['"one"\n'] * 6
    memory = sqlite3.connect(shell.folder / "cache/neve/memory.sqlite")
    # One attribute's answer; the length of a commit's history is kept under its hexadecimal name.
    answers = memory.execute("select count(*) from answers where question like '%x%'")
    assert answers.fetchone() == (1,)
    assert evaluated(shell, "eval", "g#x") == ('"one"\n', False)
