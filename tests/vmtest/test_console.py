"""The console: matching, remembering, ending."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from vmtest.console import Console, plain
from vmtest.errors import MachineError, MachineTimeout

Pair = tuple[Console, socket.socket, list[str]]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    lines: list[str] = []
    console = Console(ours, tmp_path / "log", on_line=lines.append)
    yield console, theirs, lines
    theirs.close()
    console.close()


def test_expect_consumes_and_ignores_colours(pair: Pair) -> None:
    console, guest, lines = pair
    guest.sendall(b"[  \x1b[0;32mOK\x1b")
    guest.sendall(b"[0m  ] Reached target \x1b[0;1;39mmulti-user\x1b[0m\r\nlogin: ")
    assert console.expect(r"\[  OK  \] Reached target multi-user$", 5)
    assert console.expect("login: ", 5)
    guest.sendall(b"host login: \n")
    assert console.expect("host (login): ", 5)[1] == "login"
    assert lines == ["[  OK  ] Reached target multi-user", "login: host login: "]
    assert console.text().startswith("[  OK  ] Reached target multi-user\nlogin: ")


def test_timeout_shows_the_last_lines(pair: Pair) -> None:
    console, guest, _ = pair
    guest.sendall(b"".join(b"line %d\n" % n for n in range(100)))
    with pytest.raises(MachineTimeout, match="'never' did not appear on the console") as caught:
        console.expect("never", 0.3)
    assert "line 99" in str(caught.value)
    assert "line 10\n" not in str(caught.value)


def test_end_of_the_machine(pair: Pair) -> None:
    console, guest, _ = pair
    guest.sendall(b"Kernel panic\n")
    guest.close()
    with pytest.raises(MachineError, match=r"ended before 'login' appeared(.|\n)*Kernel panic"):
        console.expect("login", 5)


def test_send(pair: Pair) -> None:
    console, guest, _ = pair
    console.send("root\n")
    assert guest.recv(100) == b"root\n"


def test_plain() -> None:
    assert plain("a\x1b[2J\x1b[1;1Hb\x1b]0;title\x07c\x1bMd\r\n") == "abcd\n"
