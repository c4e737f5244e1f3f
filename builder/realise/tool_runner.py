"""Runs a program of a pinned tool tree for a builtin builder."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from builder.realise.environment import write_etc
from builder.realise.errors import BuildError
from builder.realise.sandbox import Bind, Sandbox
from builder.store.local import LocalStore

_ENVIRONMENT = {
    "PATH": "/usr/bin:/usr/sbin",
    "HOME": "/homeless-shelter",
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "SOURCE_DATE_EPOCH": "1",
}
_TOLD = 20  # lines of a failed program's messages in the error


class SandboxRunner:
    """A `ToolRunner`: see builder.realise.builtin."""

    def __init__(
        self,
        store: LocalStore,
        bubblewrap: tuple[str, ...] | None,
        scratch: Path,
        log: Callable[[str], None],
    ) -> None:
        self._store = store
        self._bubblewrap = bubblewrap
        self._scratch = scratch
        self._log = log

    def __call__(
        self,
        argv: Sequence[str],
        *,
        tools: str,
        binds: Mapping[str, Path] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str = "/",
        stdin: bytes | None = None,
        as_root: bool = False,
    ) -> bytes:
        """Run `argv` and return its standard output; raises BuildError when it fails."""
        shown = shlex.join(argv)
        if self._bubblewrap is None:
            raise BuildError(
                f"cannot run '{shown}': there is no bubblewrap that works",
                hint="install bubblewrap, or enable unprivileged user namespaces",
            )
        with tempfile.TemporaryDirectory(dir=self._scratch, prefix=".etc-") as folder:
            etc = Path(folder) / "etc"
            write_etc(etc, network=False)
            sandbox = Sandbox(
                bwrap=self._bubblewrap,
                store=self._store.folder,
                usr=self._store.real(tools),
                binds=(
                    Bind(source=etc, target="/etc"),
                    *(
                        Bind(source=source, target=target, writable=True)
                        for target, source in (binds or {}).items()
                    ),
                ),
                uid=0 if as_root else 1000,
                gid=0 if as_root else 100,
                env={**_ENVIRONMENT, **(env or {})},
                cwd=cwd,
            )
            self._log(f"$ {shown}")
            done = subprocess.run(
                sandbox.argv(argv),
                input=stdin if stdin is not None else b"",
                capture_output=True,
                check=False,
            )
        messages = done.stderr.decode("utf-8", "replace").rstrip()
        if messages:
            self._log(messages)
        if done.returncode != 0:
            last = "\n".join(f"  {line}" for line in messages.splitlines()[-_TOLD:])
            raise BuildError(f"'{shown}' (from {tools}) failed with {done.returncode}:\n{last}")
        return done.stdout
