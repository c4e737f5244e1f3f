"""The processes of a sandbox, which all end together."""

from __future__ import annotations

import json
import os
import select
import signal
from contextlib import suppress


class Namespace:
    """Knows the first process of a sandbox, with which the kernel ends all others.

    bwrap itself returns as soon as the program does: what that left running is
    being killed then, and may still write. `over` waits for its end.
    """

    def __init__(self) -> None:
        self._told, self.info = os.pipe()  # `info`: bwrap's --info-fd
        self._first: int | None = None

    def close(self) -> None:
        """Forget the namespace."""
        os.close(self._told)
        for handle in (self._first, None if self.info < 0 else self.info):
            if handle is not None:
                os.close(handle)

    def begun(self) -> None:
        """bwrap runs: hear from it which process is the first; it may have failed before."""
        os.close(self.info)
        self.info = -1
        text = b""
        while data := os.read(self._told, 1 << 12):
            text += data
        if text:
            # It may be over already.
            with suppress(ProcessLookupError):
                self._first = os.pidfd_open(json.loads(text)["child-pid"])

    def kill(self) -> None:
        """End all processes of the sandbox, one too whose bwrap was killed before it had asked
        the kernel to end with that."""
        if self._first is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)

    def over(self) -> None:
        """Wait until no process of the sandbox is left; bwrap has ended, so it is soon."""
        if self._first is not None:
            end = select.poll()
            end.register(self._first, select.POLLIN)
            end.poll()
