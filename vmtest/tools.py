"""QEMU and its firmware: from a pinned tree in a sandbox, or the host's while developing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from builder.realise.bubblewrap import host_bubblewrap
from vmtest.errors import HarnessError
from vmtest.sandbox import SandboxTools

HOST_TOOLS_VARIABLE = "NEVE_VMTEST_HOST_TOOLS"


class Tools(Protocol):
    """How programs are run and how they see paths."""

    @property
    def key(self) -> str:
        """A name for this set of programs, for caches."""
        ...

    def seen(self, path: str) -> str:
        """The path under which a program sees the manifest's `path`."""
        ...

    def command(self, argv: Sequence[str], *, writable: Sequence[Path]) -> list[str]:
        """The command that runs `argv` with the folders `writable` at their own paths."""
        ...


class HostTools:
    """The host's programs, found by PATH. For work on the harness itself only."""

    def __init__(self, real: Callable[[str], Path]) -> None:
        self._real = real

    @property
    def key(self) -> str:
        """The path of the host's QEMU tells it from others."""
        return f"host:{shutil.which('qemu-system-x86_64')}"

    def seen(self, path: str) -> str:
        """The physical path."""
        return str(self._real(path))

    def command(self, argv: Sequence[str], *, writable: Sequence[Path]) -> list[str]:
        """`argv` itself; raises `HarnessError` when the host lacks the program."""
        program = shutil.which(argv[0])
        if program is None:
            raise HarnessError(f"the host has no '{argv[0]}' in PATH; use a manifest with 'tools'")
        return [program, *argv[1:]]


def find_tools(
    tree: str | None, real: Callable[[str], Path], bwrap: tuple[str, ...] | None
) -> Tools:
    """The tools of a manifest.

    `bwrap` is the argv prefix that runs bubblewrap; without it the host's is
    used. A manifest without a tree runs the host's programs, but only where the
    environment says ``NEVE_VMTEST_HOST_TOOLS=1``; raises `HarnessError` else.
    """
    if tree is not None:
        prefix = bwrap or host_bubblewrap(os.environ)
        if prefix is None:
            raise HarnessError(
                "there is no bubblewrap that works: install it, or enable unprivileged "
                "user namespaces"
            )
        return SandboxTools(tree, real, prefix)
    if os.environ.get(HOST_TOOLS_VARIABLE) != "1":
        raise HarnessError(
            "the manifest pins no QEMU ('tools' is null); "
            f"set {HOST_TOOLS_VARIABLE}=1 to run the host's while developing"
        )
    return HostTools(real)


def run_tool(tools: Tools, argv: Sequence[str], *, writable: Sequence[Path]) -> str:
    """Run a short program and return its standard output.

    Raises `HarnessError` with the command and its messages when it fails.
    """
    command = tools.command(argv, writable=writable)
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if result.returncode != 0:
        raise HarnessError(
            f"'{argv[0]}' ended with status {result.returncode}\n"
            f"  command: {' '.join(argv)}\n  {result.stderr.strip()}"
        )
    return result.stdout
