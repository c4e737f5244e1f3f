"""`make bench`: the figures that Neve promises, measured here and now.

Each line gives what was measured, the median of its runs, and the promise. The
peers (``dpkg-deb``, ``mke2fs``) are measured in the same run where the host has
them, since machines differ. Nothing here passes or fails.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.lang import compare
from tests.bench.measure import measured, report
from tests.bench.store import StoreBench

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
TOPLEVEL = "nixosConfigurations.minimal.config.system.build.toplevel"


def main() -> None:
    """Measure everything; takes some minutes."""
    compare([], runs=5)
    with tempfile.TemporaryDirectory(
        prefix="neve-bench-", dir=os.environ.get("NEVE_BENCH_DIR")
    ) as folder:
        bench = Bench(Path(folder))
        bench.warm_downloads()
        bench.start()
        bench.evaluation()
        bench.images()
        bench.closure()
        bench.boot()
        StoreBench(Path(folder)).everything()


class Bench:
    """One measurement after the other, each in a store of its own below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"XDG_CACHE_HOME": str(folder / "cache")}

    def run(self, store: Path, *command: str) -> str:
        """Run one of our commands on a store; its standard output."""
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:], "--store", str(store), "--quiet"],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        )
        return done.stdout.strip()

    def timed(self, runs: int, work: Callable[[], object]) -> float:
        """The median wall time of `work`, in seconds."""
        times = []
        for _ in range(runs):
            start = time.monotonic()
            work()
            times.append(time.monotonic() - start)
        return statistics.median(times)

    def image(self, store: Path, flake: str = "configs") -> None:
        """Build minimal's UEFI image."""
        out = self.folder / "image.raw"
        self.run(store, "build-image", f"{flake}#minimal", "--format", "raw-efi", "-o", str(out))
        out.unlink()

    def warm_downloads(self) -> None:
        """What follows measures building, not the network."""
        self.image(self.folder / "warm")

    def start(self) -> None:
        """Commands that hardly do anything."""
        store = self.folder / "warm"
        seconds = self.timed(
            9, lambda: subprocess.run([BIN / "neve", "--version"], check=True, capture_output=True)
        )
        report("neve --version", f"{seconds:.2f} s", "0.1 s")
        seconds = self.timed(9, lambda: self.run(store, "neve", "eval", "--expr", "1"))
        report("neve eval --expr 1", f"{seconds:.2f} s", "0.2 s")

    def evaluation(self) -> None:
        """Evaluating minimal's toplevel in a new process, with more and more known."""
        store = self.folder / "warm"
        attribute = f"configs#{TOPLEVEL}.drvPath"
        command = ("neve", "eval", attribute)
        for what, runs, compiled in (("nothing compiled", 3, False), ("files compiled", 5, True)):
            taken = []
            for _ in range(runs):
                self.forget(compiled=not compiled)
                taken.append(self.timed(1, lambda: self.run(store, *command)))
            seconds = statistics.median(taken)
            report(f"evaluate minimal's toplevel, {what}", f"{seconds:.2f} s", "1.0 s")
        self.forget(compiled=False)
        peak = measured(
            [str(BIN / "neve"), *command[1:], "--store", str(store)],
            cwd=ROOT,
            environment=self.environment,
        ).peak
        report("  its peak memory", f"{peak:.0f} MiB", "250 MiB")
        seconds = self.timed(9, lambda: self.run(store, *command))
        report("  again, nothing changed", f"{seconds:.2f} s", "0.25 s")
        build = ("neve", "build", "--no-link", f"configs#{TOPLEVEL}")
        self.run(store, *build)
        seconds = self.timed(9, lambda: self.run(store, *build))
        report("  built again, nothing changed", f"{seconds:.2f} s", "0.4 s")

    def forget(self, *, compiled: bool) -> None:
        """Remove what evaluations found out, and what was compiled if asked to."""
        cache = self.folder / "cache/neve"
        for file in cache.glob("memory.sqlite*"):
            file.unlink()
        if compiled:
            shutil.rmtree(cache / "eval", ignore_errors=True)

    def images(self) -> None:
        """Cold, unchanged, and with one line of /etc changed."""
        cold = self.folder / "cold"
        seconds = self.timed(1, lambda: self.image(cold))
        report("build-image raw-efi, downloaded, nothing unpacked", f"{seconds:.1f} s", "20 s")
        seconds = self.timed(3, lambda: self.image(cold))
        report("build-image again, nothing to do", f"{seconds:.2f} s", "1.5 s")
        changed = self._copy_with_a_changed_line()
        seconds = self.timed(1, lambda: self.image(cold, f"path:{changed}?dir=configs"))
        report("build-image again, a line of /etc changed", f"{seconds:.2f} s", "5 s")

    def _copy_with_a_changed_line(self) -> Path:
        target = self.folder / "changed"
        ignore = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, target, ignore=ignore)
        machine = target / "configs/machines/minimal.nix"
        text = machine.read_text()
        line = '  environment.etc."motd".text = "changed\\n";\n'
        machine.write_text(text.replace("  system.stateVersion", f"{line}  system.stateVersion"))
        # The first evaluation of a new copy compiles nothing: files are cached by content.
        return target

    def closure(self) -> None:
        """The size of minimal's closure."""
        store = self.folder / "warm"
        path = self.run(store, "neve", "build", f"configs#{TOPLEVEL}", "--no-link")
        told = self.run(store, "neve", "store", "path-info", "--closure-size", path)
        report("closure of minimal", f"{int(told.split()[1]) / 2**20:.0f} MiB", "450 MiB")

    def boot(self) -> None:
        """From QEMU's start to multi-user.target by direct kernel boot."""
        output = self.folder / "vm"
        start = time.monotonic()
        subprocess.run(
            [str(BIN / "vm-test"), "configs#boot", "--store", str(self.folder / "warm"),
             "--quiet", "--vm-output", str(output), "-q", "-rP"],
            cwd=ROOT, env={**os.environ, **self.environment}, check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        whole = time.monotonic() - start
        seconds = (output / "boot/seconds").read_text().strip()
        report("direct kernel boot to multi-user", f"{seconds} s (test: {whole:.0f} s)", "25 s")


if __name__ == "__main__":
    main()
