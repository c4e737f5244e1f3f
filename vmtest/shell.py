"""The root shell on a machine's virtio console ``hvc0``.

The guest runs a shell there that first prints `BANNER`. We send one line a
command; it answers with two lines: the output in base64, and the exit status.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import shlex
import socket
from multiprocessing.connection import wait

from vmtest.errors import MachineError, MachineTimeout
from vmtest.waiting import Deadline

BANNER = b"Spawning backdoor root shell..."
_CONTROL = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]|\r")
_GRACE = 30.0  # seconds that the host waits beyond the guest's own deadline


class Shell:
    """One machine's shell. Unusable (`broken`) after a command that never answered."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = bytearray()
        self.connected = False
        self.broken: str | None = None

    def wait_ready(self, deadline: Deadline) -> None:
        """Wait for the banner; raises `MachineTimeout` or `MachineError`."""
        while True:
            line = self._line(deadline, "the guest's root shell on hvc0")
            if BANNER in line:
                self.connected, self.broken = True, None
                return

    def run(
        self,
        command: str,
        *,
        timeout: float | None,
        check_output: bool = True,
        check_return: bool = True,
    ) -> tuple[int, str]:
        """Exit status and output of `command` under ``set -euo pipefail``.

        The status is -2 without `check_output`, -1 without `check_return`,
        124 when `timeout` seconds pass in the guest.
        """
        if self.broken is not None:
            raise MachineError(f"the guest's shell is unusable since {self.broken}")
        limit = "" if timeout is None else f"timeout {timeout:g} "
        script = f"{limit}bash -c {shlex.quote(f'set -euo pipefail; {command}')}"
        if not check_output:
            self._send(f"{script}\n")
            return -2, ""
        report = "echo ${PIPESTATUS[0]}" if check_return else "echo -1"
        self._send(f"{script} < /dev/null | (base64 -w 0; echo); {report}\n")
        deadline = Deadline(86400 if timeout is None else timeout + _GRACE)
        shown = command if len(command) < 200 else f"{command[:200]}..."
        try:
            output = self._line(deadline, f"the command '{shown}'")
            status = self._line(deadline, f"the exit status of '{shown}'")
        except BaseException as error:
            self.broken = f"'{shown}' was interrupted ({type(error).__name__})"
            raise
        return self._status(status, shown), self._decode(output, shown)

    def send_raw(self, text: str) -> None:
        """Type a line whose output nobody reads."""
        self._send(text)

    def _status(self, line: bytes, shown: str) -> int:
        try:
            return int(line)
        except ValueError:
            self.broken = f"'{shown}' answered nonsense"
            raise MachineError(
                f"the guest's shell answered {line!r:.120} instead of the status of '{shown}'"
            ) from None

    def _decode(self, line: bytes, shown: str) -> str:
        try:
            return base64.b64decode(line, validate=True).decode(errors="replace")
        except binascii.Error:
            self.broken = f"'{shown}' answered nonsense"
            raise MachineError(
                f"the guest's shell answered {line!r:.120} instead of the output of '{shown}'"
                " (did the machine restart?)"
            ) from None

    def _send(self, text: str) -> None:
        try:
            self._socket.sendall(text.encode())
        except OSError as error:
            raise MachineError(f"the guest's shell is gone: {error}") from error

    def _line(self, deadline: Deadline, what: str) -> bytes:
        """The next line without its end."""
        while (end := self._buffer.find(b"\n")) < 0:
            if not wait([self._socket], deadline.left()):
                raise MachineTimeout(f"waited {deadline} for {what}")
            try:
                data = self._socket.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                raise MachineError(f"the machine ended while waiting for {what}")
            self._buffer += data
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        # Whatever opens the terminal in the guest may reset it; that is no answer.
        return _CONTROL.sub(b"", line)

    def interact(self, read: int, write: int) -> None:
        """Connect two file descriptors with the shell until `read` ends."""
        while True:
            ready = wait([self._socket, read])
            if self._socket in ready:
                data = self._socket.recv(1 << 16)
                if not data:
                    return
                os.write(write, data)
            if read in ready:
                typed = os.read(read, 4096)
                if not typed:
                    return
                self._socket.sendall(typed)

    def close(self) -> None:
        """Close our end."""
        self._socket.close()
