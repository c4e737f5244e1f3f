"""The pinned tools of a manifest, in a sandbox that sees the store and a machine's own files."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from pathlib import Path

from builder.realise.sandbox import Bind, Sandbox

STORE = "/nix/store"


class SandboxTools:
    """Programs of the tree `tree` (a logical path), which stands at /usr.

    `bwrap` is the argv prefix that runs bubblewrap. The host's network is
    shared: user networking and forwarded ports go through its loopback.
    """

    def __init__(self, tree: str, real: Callable[[str], Path], bwrap: tuple[str, ...]) -> None:
        self._tree = tree
        self._real = real
        self._bwrap = bwrap
        self._visible: dict[str, Path] = {}

    @property
    def key(self) -> str:
        """The tree's store path tells it from others."""
        return self._tree

    def seen(self, path: str) -> str:
        """The logical path itself; one outside the store becomes visible at its own place."""
        if not path.startswith(f"{STORE}/"):
            self._visible[path] = self._real(path)
        return path

    def command(self, argv: Sequence[str], *, writable: Sequence[Path]) -> list[str]:
        """The command line of bubblewrap that runs `argv`."""
        sandbox = Sandbox(
            bwrap=self._bwrap,
            store=self._real(STORE),
            usr=self._real(self._tree),
            binds=(
                *(Bind(source=real, target=path) for path, real in self._visible.items()),
                *(Bind(source=folder, target=str(folder), writable=True) for folder in writable),
                Bind(source=Path("/dev/kvm"), target="/dev/kvm", device=True, optional=True),
            ),
            network=True,
            env={
                "PATH": "/usr/bin:/usr/sbin",
                "TZ": "UTC",
                "LC_ALL": "C.UTF-8",
                # QEMU would look for its modules beside its own package's program.
                "QEMU_MODULE_DIR": f"/usr/lib/{platform.machine()}-linux-gnu/qemu",
            },
            tty=True,  # the process is already the leader of a session of its own
        )
        return sandbox.argv(argv)
