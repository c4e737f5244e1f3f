"""Files from the host to a machine and back."""

from __future__ import annotations

import base64
import io
import shlex
import shutil
import tarfile
import tempfile
from pathlib import Path

from vmtest.errors import MachineError
from vmtest.units import Units

SHARED_IN_GUEST = "/tmp/shared"
_CHUNK = 48 * 1024  # bytes a command line; a multiple of three, so that base64 needs no padding


class Transfers(Units):
    """Copies by the shared folder where the guest has mounted it, else through the shell."""

    shared_dir: Path
    out_dir: Path

    def copy_from_host(self, source: str, target: str) -> None:
        """Copy a file or folder of the host to `target` in the machine."""
        path = Path(source)
        if not path.exists():
            raise MachineError(f"there is nothing to copy at {source}")
        if not self._has_shared():
            self.copy_from_host_via_shell(source, target)
            return
        with tempfile.TemporaryDirectory(dir=self.shared_dir) as name:
            staged = Path(name) / path.name
            _copy(path, staged)
            inside = f"{SHARED_IN_GUEST}/{staged.relative_to(self.shared_dir)}"
            self.succeed(
                f"mkdir -p $(dirname {shlex.quote(target)})",
                f"cp -r {shlex.quote(inside)} {shlex.quote(target)}",
            )

    def copy_from_host_via_shell(self, source: str, target: str) -> None:
        """Copy a file or folder through the root shell; slow, but it needs nothing mounted."""
        path = Path(source)
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as archive:
            archive.add(path, arcname="item")
        parcel = "/tmp/.parcel"
        with self.nested(f"copying {source} to {target} ({data.tell()} bytes)"):
            self.succeed(f"mkdir -p $(dirname {shlex.quote(target)})", f": > {parcel}")
            content = data.getvalue()
            for start in range(0, len(content), _CHUNK):
                text = base64.b64encode(content[start : start + _CHUNK]).decode()
                status, _ = self.execute(f"echo {text} | base64 -d >> {parcel}")
                if status != 0:
                    raise MachineError(f"{self.name}: cannot write {parcel} (status {status})")
            self.succeed(
                f"rm -rf {parcel}.d && mkdir {parcel}.d && tar -xf {parcel} -C {parcel}.d "
                f"&& cp -rT {parcel}.d/item {shlex.quote(target)} && rm -rf {parcel} {parcel}.d"
            )

    def copy_from_machine(self, source: str, target_dir: str = "") -> None:
        """Copy a file or folder of the machine into `target_dir` below the test's output."""
        folder = self.out_dir / target_dir
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / Path(source).name
        if not self._has_shared():
            self._fetch_via_shell(source, target)
            return
        with tempfile.TemporaryDirectory(dir=self.shared_dir) as name:
            inside = f"{SHARED_IN_GUEST}/{Path(name).name}"
            self.succeed(f"cp -r {shlex.quote(source)} {shlex.quote(inside)}/", "sync")
            _copy(Path(name) / Path(source).name, target)

    def copy_from_vm(self, source: str, target_dir: str = "") -> None:
        """The old name of `copy_from_machine`."""
        self.copy_from_machine(source, target_dir)

    def _fetch_via_shell(self, source: str, target: Path) -> None:
        name = Path(source).name
        parent = str(Path(source).parent)
        text = self.succeed(f"tar -C {shlex.quote(parent)} -c {shlex.quote(name)} | base64 -w 0")
        with (
            tempfile.TemporaryDirectory(dir=target.parent) as scratch,
            tarfile.open(fileobj=io.BytesIO(base64.b64decode(text))) as archive,
        ):
            archive.extractall(scratch, filter="data")
            _copy(Path(scratch) / name, target)

    def _has_shared(self) -> bool:
        return self.execute(f"grep -q ' {SHARED_IN_GUEST} 9p ' /proc/mounts", timeout=60)[0] == 0


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)
