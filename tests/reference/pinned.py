"""Tools out of the packages that the repository's own lock pins.

Tests use these and not the host's: a machine with nothing but Python runs them
all. A tree is built once and stays in the store that `neve` uses by default.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

from builder.cli.building import build_named
from builder.cli.session import Options, Session
from builder.realise.sandbox import Sandbox
from builder.realise.tool_runner import SandboxRunner
from builder.store.root import default_root

REPOSITORY = Path(__file__).parents[2]
_TOOLS = f"{REPOSITORY}/configs#nixosConfigurations.minimal.pkgs.tools"


# Where the tools are is settled before a test can change the environment for its own store.
_SESSION = Session(options=Options(store=default_root(os.environ), quiet=True), cwd=REPOSITORY)
assert _SESSION.cache


@functools.cache
def session() -> Session:
    """The session that builds the tools."""
    # Its Debian input has bubblewrap, if the host has not.
    _SESSION.outputs(f"{REPOSITORY}/configs")
    return _SESSION


@functools.cache
def bubblewrap() -> tuple[str, ...]:
    """The argv prefix that runs bubblewrap: the host's, or the pinned one."""
    return session().bubblewrap()


@functools.cache
def logical(name: str) -> str:
    """The store path of the tree `pkgs.tools.<name>`.

    Raises what `neve build` raises when the mirror cannot be reached.
    """
    return str(build_named(session(), f"{_TOOLS}.{name}", prefixes=("",)))


def tools(name: str) -> Path:
    """Where the tree `pkgs.tools.<name>` lies; its links lead into `store()`."""
    return session().store.real(logical(name))


def runner(scratch: Path) -> SandboxRunner:
    """What runs tools for a builtin builder; `scratch` is an empty folder."""
    return SandboxRunner(session().store, bubblewrap(), scratch, lambda message: None)


def store() -> Path:
    """The folder that must stand at /nix/store for the tools to work."""
    return session().store.folder


def sandbox(name: str) -> Sandbox:
    """A sandbox with the tools `name` at /usr, and nothing else in it."""
    return Sandbox(
        bwrap=bubblewrap(),
        store=store(),
        usr=tools(name),
        env={"PATH": "/usr/bin:/usr/sbin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    )
