"""Running the real Nix's programs."""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder.realise.sandbox import Bind, Sandbox
from tests.reference import pinned

_CONFIGURATION = """\
build-users-group =
experimental-features = nix-command flakes fetch-closure pipe-operators
sandbox = false
substitute = false
flake-registry =
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a program ended: its exit status and what it wrote."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nix:
    """The tree `usr` of pinned packages, run by `bwrap` over the packages' `store`.

    The store that it lies in is laid over ``/nix/store`` read-only, so the real
    Nix is always told a store of its own: ``--store`` with a folder, or ``dummy://``.
    """

    bwrap: tuple[str, ...]
    store: Path
    usr: Path
    home: Path
    env: Mapping[str, str] = field(default_factory=dict)
    network: bool = False  # the host's, for servers on the loopback device
    binds: tuple[Bind, ...] = ()  # after all others

    def argv(
        self, *command: str, see: Sequence[Path] = (), write: Sequence[Path] = (), cwd: str = "/"
    ) -> list[str]:
        """The command line that runs `command` on the host.

        `see` are files and folders that it sees at their own paths, `write` those
        that it may also change.
        """
        sandbox = Sandbox(
            bwrap=self.bwrap,
            store=self.store,
            usr=self.usr,
            binds=(
                Bind(source=self.home, target="/etc"),
                *(Bind(source=path, target=str(path)) for path in see),
                *(Bind(source=path, target=str(path), writable=True) for path in write),
                *self.binds,
            ),
            uid=os.getuid(),
            gid=os.getgid(),
            env={
                "PATH": "/usr/bin:/usr/sbin",
                "HOME": "/tmp/home",
                "LC_ALL": "C.UTF-8",
                "NIX_CONF_DIR": "/etc/nix",
                "NIX_STATE_DIR": "/tmp/state",
                "NIX_LOG_DIR": "/tmp/log",
                "TZ": "UTC",
                **self.env,
            },
            cwd=cwd,
            network=self.network,
        )
        return sandbox.argv(command)

    def run(
        self,
        *command: str,
        see: Sequence[Path] = (),
        write: Sequence[Path] = (),
        stdin: str = "",
        cwd: str = "/",
        timeout: float | None = 300,
    ) -> Ran:
        """Run a program to its end; `timeout` in seconds."""
        done = subprocess.run(
            self.argv(*command, see=see, write=write, cwd=cwd),
            input=stdin.encode(),
            capture_output=True,
            check=False,
            timeout=timeout,
        )
        return Ran(
            status=done.returncode,
            out=done.stdout.decode("utf-8", "surrogateescape"),
            err=done.stderr.decode("utf-8", "surrogateescape"),
        )

    def eval(self, text: str, *options: str, see: Sequence[Path] = ()) -> Ran:
        """``nix-instantiate --eval`` of an expression, with a store of nothing."""
        command = ("nix-instantiate", "--store", "dummy://", "--eval", *options, "-")
        return self.run(*command, see=see, stdin=text)


@functools.cache
def nix() -> Nix:
    """The real Nix, built once for a process.

    Raises what `neve build` raises when the mirror cannot be reached.
    """
    home = Path(tempfile.mkdtemp(prefix="neve-reference-"))
    (home / "nix").mkdir()
    (home / "nix" / "nix.conf").write_text(_CONFIGURATION)
    (home / "passwd").write_text(f"tester:x:{os.getuid()}:{os.getgid()}::/tmp/home:/bin/sh\n")
    (home / "group").write_text(f"tester:x:{os.getgid()}:\n")
    return Nix(bwrap=pinned.bubblewrap(), store=pinned.store(), usr=pinned.tools("nix"), home=home)
