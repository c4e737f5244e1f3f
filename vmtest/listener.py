"""Sockets on which we wait for QEMU."""

from __future__ import annotations

import socket
from multiprocessing.connection import wait
from pathlib import Path

from vmtest.errors import MachineError
from vmtest.process import Process
from vmtest.waiting import Deadline


class Listener:
    """A Unix socket that takes one connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(path))
        self._socket.listen(1)

    def accept(self, process: Process, deadline: Deadline) -> socket.socket:
        """QEMU's connection; raises `MachineError` when QEMU ends or takes too long."""
        while not wait([self._socket], 0.1):
            if not process.running:
                raise MachineError(
                    f"QEMU ended at once with status {process.exit_code}:\n{process.messages()}"
                )
            if deadline.passed():
                raise MachineError(f"QEMU did not open '{self._path.name}' within {deadline}")
        connection, _ = self._socket.accept()
        self.close()
        return connection

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        self._path.unlink(missing_ok=True)
