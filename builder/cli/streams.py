"""Standard input, output and error as the commands need them."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from builder.store.errors import about

OUTPUT = "standard output"


class _Output(io.FileIO):
    """Standard output, whose errors say that they are its own and not a store's."""

    def write(self, data: Any, /) -> int:
        """As of any file."""
        with about(OUTPUT):
            return super().write(data)


def prepare() -> None:
    """Texts of the language are bytes: any can be written, whatever the locale is. Where a
    stream was closed, nothing else that is opened takes its place."""
    _fill_gaps()
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
    if sys.stdout is sys.__stdout__:  # and nobody has put another one in its place
        raw = _Output(1, "w", closefd=False)
        is_terminal = raw.isatty()
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), line_buffering=is_terminal)
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(io.FileIO(os.devnull, "w")))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")


def _fill_gaps() -> None:
    """Nothing can be read from what stands for a closed input, nor written to an output."""
    for number, flags in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # the lowest number that is free


def drop_output() -> None:
    """What is still to be written to standard output goes nowhere: the interpreter must not try
    again at its end."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
