"""Programs that try to get out of a build: Python in a sandbox, in a store of its own."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from builder.cli.main import neve
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from tests.realise.conftest import Bench
from tests.reference import pinned

_BEGIN = """
import ctypes, errno, json, os, socket, subprocess, sys, time
from pathlib import Path
libc = ctypes.CDLL(None, use_errno=True)
out = os.environ["out"]
found = {}

def ask(name, call):
    '''Write down how a call ended: "worked", or the name of its error.'''
    try:
        got = call()
        failed = isinstance(got, int) and got < 0
        found[name] = errno.errorcode[ctypes.get_errno()] if failed else "worked"
    except OSError as error:
        found[name] = errno.errorcode[error.errno]
"""

_END = """
with open(out, "w") as file:
    json.dump(found, file)
"""


class Hostile(Bench):
    """Builds Python programs."""

    @classmethod
    def at(cls, root: Path) -> Hostile:
        """A new store with Python in it."""
        tools = pinned.logical("python")
        pinned_root = pinned.session().store.root
        copied = neve(["store", "copy", "--store", str(pinned_root), "--to", str(root), tools])
        assert copied == 0
        return cls(LocalStore(root), tools=StorePath.parse(tools))

    def python(self, name: str, program: str, **more: Any) -> StorePath:
        """A derivation whose builder is the program."""
        return self.drv(
            name,
            builder="/usr/bin/python3",
            args=["-c", _BEGIN + textwrap.dedent(program)],
            env={"name": name, "__tools": str(self.tools), **more.pop("env", {})},
            input_srcs=[self.tools, *more.pop("sources", ())],
            **more,
        )

    def ask(self, name: str, program: str, **more: Any) -> dict[str, Any]:
        """How the calls that the program asks for ended."""
        settings = more.pop("settings", {})
        drv = self.python(name, textwrap.dedent(program) + _END, **more)
        self.realise(drv, **settings)
        answers: dict[str, str] = json.loads(self.read(drv))
        return answers
