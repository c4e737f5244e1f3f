"""A machine's serial console: logged, remembered, and expected upon."""

from __future__ import annotations

import codecs
import contextlib
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
from pexpect.spawnbase import SpawnBase

from vmtest.errors import MachineError, MachineTimeout
from vmtest.waiting import DEFAULT_TIMEOUT, Duration, seconds

# Terminal control: CSI sequences, OSC strings, other escapes, and the carriage return.
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]|\r")

_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]{0,200})?$")


def plain(text: str) -> str:
    """`text` without what moves the cursor or colours it."""
    return _CONTROL.sub("", text)


class _Spawn(SpawnBase):  # type: ignore[misc]
    """pexpect's matching over what the reading thread has put into a buffer."""

    def __init__(self, console: Console) -> None:
        super().__init__(encoding="utf-8", codec_errors="replace", searchwindowsize=65536)
        self._console = console
        self._carry = ""
        self.pending = bytearray()

    def read_nonblocking(self, size: int = 1, timeout: float | None = None) -> str:
        """Bytes that came since; waits for them up to `timeout` seconds."""
        wait = 0.0 if timeout is None or timeout < 0 else timeout
        with self._console.arrived:
            if not self.pending and not self._console.closed:
                self._console.arrived.wait_for(lambda: self.pending or self._console.closed, wait)
            if not self.pending:
                if self._console.closed:
                    raise pexpect.EOF("the machine's console was closed")
                raise pexpect.TIMEOUT("nothing came")
            taken = bytes(self.pending[:size])
            del self.pending[:size]
        return self._plain(self._decoder.decode(taken, final=False))

    def _plain(self, text: str) -> str:
        """`text` without control sequences, of which the last may not be whole yet."""
        text = self._carry + text
        cut = _UNFINISHED.search(text)
        self._carry = text[cut.start() :] if cut else ""
        return plain(text[: cut.start()] if cut else text)


class Console:
    """Reads the console without pause, so that the guest never blocks on it.

    Everything goes to the file `path`; the last lines are kept for messages;
    `on_line` is told of each whole line. `echo`, when set, gets the raw bytes.
    """

    def __init__(
        self,
        connection: socket.socket,
        path: Path,
        *,
        on_line: Callable[[str], None],
        echo: Callable[[bytes], None] | None = None,
    ) -> None:
        self._socket = connection
        self._file = path.open("ab")
        self._on_line = on_line
        self._echo = echo
        self._path = path
        self._partial = ""
        self.lines: deque[str] = deque(maxlen=500)
        self.arrived = threading.Condition()
        self.closed = False
        self._spawn = _Spawn(self)
        self._thread = threading.Thread(target=self._read, name="console", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            try:
                data = self._socket.recv(65536)
            except OSError:
                data = b""
            if not data:
                break
            self._file.write(data)
            self._file.flush()
            if self._echo is not None:
                self._echo(data)
            with self.arrived:
                self._spawn.pending += data
                self.arrived.notify_all()
            self._split(decoder.decode(data))
        self._file.close()
        with self.arrived:
            self.closed = True
            self.arrived.notify_all()

    def _split(self, text: str) -> None:
        *whole, self._partial = (self._partial + text).split("\n")
        for line in whole:
            clean = plain(line)
            self.lines.append(clean)
            self._on_line(clean)

    def expect(self, pattern: str, timeout: Duration | None = None) -> re.Match[str]:
        """Wait until the regular expression `pattern` matches what has come since the last match.

        Raises `MachineTimeout` or, when the machine has ended, `MachineError`,
        both with the console's last lines.
        """
        limit = DEFAULT_TIMEOUT if timeout is None else seconds(timeout)
        end = time.monotonic() + limit
        compiled = re.compile(pattern, re.MULTILINE)
        try:
            self._spawn.expect(compiled, timeout=max(0.01, end - time.monotonic()))
        except pexpect.TIMEOUT:
            raise MachineTimeout(
                f"'{pattern}' did not appear on the console within {limit:g} seconds\n{self.tail()}"
            ) from None
        except pexpect.EOF:
            raise MachineError(
                f"the machine ended before '{pattern}' appeared on its console\n{self.tail()}"
            ) from None
        match: Any = self._spawn.match
        found: re.Match[str] = match
        return found

    def send(self, text: str) -> None:
        """Type `text` on the serial line."""
        self._socket.sendall(text.encode())

    def set_echo(self, echo: Callable[[bytes], None] | None) -> None:
        """Give the raw bytes to `echo` from now on."""
        self._echo = echo

    def text(self) -> str:
        """All that the console ever showed, control characters removed."""
        return plain(self._path.read_text(encoding="utf-8", errors="replace"))

    def tail(self, count: int = 25) -> str:
        """The last lines with a heading, for messages."""
        lines = [*self.lines, plain(self._partial)] if self._partial else list(self.lines)
        shown = "\n".join(f"    {line}" for line in lines[-count:]) or "    (nothing)"
        return f"  the console's last lines:\n{shown}"

    def close(self) -> None:
        """Stop reading."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()
