"""A build's log that is also shown while it grows."""

from __future__ import annotations

import os
import re
from typing import Protocol

from builder.realise.plain_text import plain_lines

_STDERR = 2
_LONGEST = 1 << 16  # bytes of a line that has no end yet
_VERSION = re.compile("-(?![A-Za-z])")


class Log(Protocol):
    """What takes a builder's words."""

    def write(self, data: bytes, /) -> int | None:
        """Keep them."""


class ShownLog:
    """Writes to `log`, and each line to standard error after the derivation's name without its
    version, as ``nix build -L`` does; lines of several builds are not mixed."""

    def __init__(self, log: Log, name: str) -> None:
        self._log = log
        self._name = _VERSION.split(name, maxsplit=1)[0]
        self._begun = b""

    def write(self, data: bytes, /) -> int | None:
        """Keep, and show what is whole lines by now."""
        written = self._log.write(data)
        whole, end, self._begun = (self._begun + data).rpartition(b"\n")
        if end:
            self._show(whole)
        if len(self._begun) > _LONGEST:
            self.close()
        return written

    def close(self) -> None:
        """Show a last line that has no end."""
        if self._begun:
            self._show(self._begun)
        self._begun = b""

    def _show(self, data: bytes) -> None:
        lines = plain_lines(data.decode("utf-8", "replace") + "\n")
        shown = "".join(f"{self._name}> {line}\n" for line in lines).encode("utf-8", "replace")
        while shown:
            shown = shown[os.write(_STDERR, shown) :]
