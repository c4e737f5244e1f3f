"""A sandbox as a value, and the ``bwrap`` command line that makes it.

Nothing is visible inside but what the value names. Paths in `Bind.target`,
`links` and `cwd` are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MERGED = ("bin", "sbin", "lib", "lib64")
"""The links into /usr at the root, as Debian has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """A file or folder of the host that is mounted at `target`."""

    source: Path
    target: str
    writable: bool = False
    device: bool = False  # device nodes in it work
    optional: bool = False  # nothing is mounted when `source` does not exist

    def argv(self) -> list[str]:
        """The options of bwrap."""
        kind = "--dev-bind" if self.device else "--bind" if self.writable else "--ro-bind"
        return [f"{kind}-try" if self.optional else kind, str(self.source), self.target]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """What a program sees.

    `bwrap` is the argv prefix that runs bubblewrap. `store`, if given, is the
    physical folder of the whole store, visible read-only at /nix/store. `usr`
    is the physical path of a tree that stands at /usr. `binds` are mounted
    in order, after these. `network` shares the host's; without it there is
    only a loopback device. `tty` keeps the terminal's session, for programs
    that a person talks to. `share_pids` leaves the process visible to and
    among the host's. `seccomp` is a descriptor with a filter of system calls;
    to `info` bwrap writes, as JSON, which process is the namespace's first one.
    """

    bwrap: tuple[str, ...]
    store: Path | None = None
    usr: Path | None = None
    binds: tuple[Bind, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # (target, place)
    network: bool = False
    uid: int = 1000
    gid: int = 100
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "/"
    hostname: str = "localhost"
    tty: bool = False
    share_pids: bool = False
    seccomp: int | None = None
    info: int | None = None

    def argv(self, command: Sequence[str]) -> list[str]:
        """The whole command line that runs `command` in this sandbox."""
        argv = [*self.bwrap, "--unshare-user", "--unshare-ipc", "--unshare-uts"]
        argv += ["--unshare-cgroup-try", "--die-with-parent", "--hostname", self.hostname]
        argv += ["--uid", str(self.uid), "--gid", str(self.gid)]
        if not self.share_pids:
            argv.append("--unshare-pid")
        if self.seccomp is not None:
            argv += ["--seccomp", str(self.seccomp)]
        if self.info is not None:
            argv += ["--info-fd", str(self.info)]
        if not self.network:
            argv.append("--unshare-net")
        if not self.tty:
            argv.append("--new-session")
        # A fresh /proc can only be had with a process namespace of one's own. For root's
        # builds, which have no rights but that root's files are theirs, its settings are closed.
        if self.share_pids:
            argv += ["--ro-bind", "/proc", "/proc"]
        else:
            argv += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"]
        argv += ["--dev", "/dev", "--perms", "1777", "--tmpfs", "/dev/shm"]
        argv += ["--perms", "1777", "--tmpfs", "/tmp"]
        if self.store is not None:
            argv += Bind(source=self.store, target="/nix/store").argv()
        if self.usr is not None:
            argv += Bind(source=self.usr, target="/usr").argv()
            for name in MERGED:
                argv += ["--symlink", f"usr/{name}", f"/{name}"]
        for bind in self.binds:
            argv += bind.argv()
        for target, place in self.links:
            argv += ["--symlink", target, place]
        # All places are made by now: nothing else is written but where it is meant to be.
        argv += ["--remount-ro", "/dev", "--remount-ro", "/", "--clearenv"]
        for name, value in sorted(self.env.items()):
            argv += ["--setenv", name, value]
        return [*argv, "--chdir", self.cwd, "--", *command]
