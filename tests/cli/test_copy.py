"""Copying to other stores and machines."""

from __future__ import annotations

import os
import shlex

import pytest

from builder.store.local import LocalStore
from builder.store.verify import verify
from tests.cli.conftest import Shell
from tests.reference import nix
from tests.store.between import chain, collection_before


@pytest.mark.parametrize("way", ["--to", "--from"])
def test_what_the_other_store_loses_is_copied_too(shell: Shell, way: str) -> None:
    """A collection there comes to an end before it is asked what it has."""
    ours, theirs = shell.folder / "ours", shell.folder / "theirs"
    first, second = chain(ours)
    shell.run("store", "copy", first, "--to", theirs, "--store", ours)
    LocalStore(theirs).roots.add_temporary([])  # as after the end of that command
    with collection_before(theirs, first):
        if way == "--to":
            words = ("--to", theirs, "--store", ours)
        else:
            words = ("--from", ours, "--store", theirs)
        shell.run("store", "copy", second, *words)
    assert LocalStore(theirs).database.valid([first, second]) == {first, second}


def _ssh(shell: Shell, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """What is called in the place of ssh: with options, a host, and a command."""
    program = shell.folder / "bin/ssh"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nhost=$1; shift\ntest "$host" = there || exit 255\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def test_copy_to_a_machine_with_nix(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = chain(shell.folder / "ours")
    theirs = shell.folder / "theirs"
    theirs.mkdir()
    serving = nix().argv("bash", "-c", f'exec "$@" --store {theirs}', "bash", write=[theirs])
    _ssh(shell, monkeypatch, f'exec {shlex.join(serving)} "$@"')
    words = ("store", "copy", "--to", "ssh://there", "--store", shell.folder / "ours")
    told = [shell.both(*words, path)[1] for path in (first, second, second)]
    assert [text.partition(" store")[0] for text in told] == [
        "copied 1 of 1",
        "copied 1 of 2",
        "copied 0 of 2",
    ]
    assert list(verify(LocalStore(theirs), contents=True)) == []
    assert LocalStore(theirs).query(second).references == (first,)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo no such program >&2; exit 127", "ended with exit code 127"),
        ("echo welcome to the machine; cat > received", "is not Nix's serve protocol"),
        (r"printf '\313\356\122\124\0\0\0\0\004\002\0\0\0\0\0\0'; cat", "version 2.4 of"),
        ("exit 0", "hung up"),
    ],
)
def test_a_machine_that_takes_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    _ssh(shell, monkeypatch, script)
    _, second = chain(shell.folder / "root")
    err = shell.fails("store", "copy", "--to", "ssh://there", second, code=2)
    assert "'there' does not take store paths: " in err and told in err and "NIX_SSHOPTS" in err
    assert "exit code 255" in shell.fails("store", "copy", "--to", "ssh://x", second, code=2)


@pytest.mark.parametrize("host", ["", "-oProxyCommand=touch bad", "a b", "/x"])
def test_what_is_no_machine(shell: Shell, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """ssh would take it for an option."""
    _ssh(shell, monkeypatch, "touch called")
    _, second = chain(shell.folder / "root")
    err = shell.fails("store", "copy", "--to", f"ssh://{host}", second, code=2)
    assert f"'ssh://{host}' names no machine" in err and "write ssh://HOST" in err
    assert not (shell.folder / "called").exists()


def test_places_and_paths_that_are_none(shell: Shell) -> None:
    _, second = chain(shell.folder / "root")
    for words in (("copy", second, "--to", ""), ("verify", "--store", "")):
        assert "'' names no folder" in shell.fails("store", *words)
    assert not (shell.folder / "nix").exists()
    err = shell.fails("store", "copy", "--from", "nowhere", second, code=2)
    assert "there is no store at 'nowhere'" in err and "hint: " in err
    err = shell.fails("store", "copy", "--from", "file:///x", "f#default", code=2)
    assert "'f#default' is not a store path" in err and "outPath" in err
    missing = f"{second}-not"
    for command in ("ls", "path-info", "export", "tree"):
        err = shell.fails("store", command, missing)
        assert f"path '{missing}' is not valid in the store '{shell.folder / 'root'}'" in err
        assert "hint: 'neve store path-info --all'" in err
