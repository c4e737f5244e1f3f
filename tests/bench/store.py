"""The store's figures: ``python -m tests.bench.store [--folder FOLDER]``.

Archives beside ``nix-store --dump`` and sha256sum, packages beside dpkg-deb, in the
same run; a database of 200,000 paths; a closure from a cache over loopback.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from builder.realise.scheduler import Realiser
from builder.realise.settings import Settings
from builder.store import base32
from builder.store.derivation import Derivation
from builder.store.gc import collect
from builder.store.hashes import hash_bytes
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from tests.bench.measure import measured, report
from tests.bench.substitution import substitution
from tests.reference import nix

ROOT = Path(__file__).resolve().parents[2]
NEVE = Path(sys.executable).with_name("neve")
MEMORY = Path("/dev/shm")
PATHS, SYSTEM = 200_000, 2_000
_MIB = 1 << 20
_PIECE = 1 << 24


def timed(work: Callable[[], object]) -> float:
    """The wall time of `work`, in seconds."""
    start = time.monotonic()
    work()
    return time.monotonic() - start


class StoreBench:
    """Measures below `folder`, which should be on a disk with room for some GiB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def everything(self) -> None:
        """All of them, those that need the one before after it."""
        self.archives()
        self.many_paths()
        self.packages()
        self.substitution()

    # Archives

    def archives(self) -> None:
        """Dump and hash one big tree, and one of many small files."""
        chance = random.Random(1)
        big, small = self.folder / "big", self.folder / "small"
        big.mkdir()
        for number in range(4):
            with (big / str(number)).open("wb") as file:
                for _ in range(16):
                    file.write(chance.randbytes(_PIECE))
        for number in range(50_000):
            file_path = small / f"{number % 500}" / f"{number}"
            file_path.parent.mkdir(parents=True, exist_ok=True)
            file_path.write_bytes(chance.randbytes(chance.randrange(200)))
        for what, tree in (("a tree of 1 GiB", big), ("50,000 small files", small)):
            self._archive(what, tree)

    def _archive(self, what: str, tree: Path) -> None:
        reference = " ".join(nix().argv("nix-store", "--dump", str(tree), see=[self.folder]))
        ours, theirs, peaks, sums = [], [], [], set()
        for _ in range(3):
            mine = measured(["sh", "-c", f"{NEVE} store dump {tree} | sha256sum"])
            other = measured(["sh", "-c", f"{reference} | sha256sum"])
            sums |= {mine.out, other.out}
            ours.append(mine.wall)
            theirs.append(other.wall)
            peaks.append(mine.peak)
        assert len(sums) == 1, sums
        wall, peer = statistics.median(ours), statistics.median(theirs)
        value = f"{wall:.2f} s, Nix {peer:.2f} s: {wall / peer:.2f}"
        report(f"dump and hash {what}", value, "1.3 times")
        report("  its peak memory", f"{max(peaks):.0f} MiB", "80 MiB")

    # A large store

    def many_paths(self) -> None:
        """A database of 200,000 paths, in systems of 2,000, half of which a root keeps."""
        root = self.folder / "many"
        store = LocalStore(root)
        tops = self._fill(store)
        for number, top in enumerate(tops[::2]):
            store.roots.add_permanent(f"top{number}", top)
        store.database.close()
        seconds = statistics.median(timed(lambda: LocalStore(root).database.close()) for _ in "123")
        report(f"opening a store of {PATHS:,} paths", f"{seconds * 1000:.1f} ms", "20 ms")
        store = LocalStore(root)
        found: list[PathInfo] = []

        def closure() -> None:
            found[:] = store.closure([tops[0]])

        seconds = statistics.median(timed(closure) for _ in "12345")
        assert len(found) == SYSTEM
        report(f"closure of {SYSTEM:,} paths in it", f"{seconds * 1000:.0f} ms", "100 ms")
        seconds = statistics.median(timed(lambda: collect(store, dry_run=True)) for _ in "123")
        report("garbage collection in it, dry run", f"{seconds:.2f} s", "3 s")
        command = [str(NEVE), "store", "gc", "--dry-run", "--store", str(root)]
        told = measured(command)
        value = f"{told.wall:.2f} s, {told.peak:.0f} MiB"
        report("  as a command", value, "3 s")
        assert len(told.out.splitlines()) == PATHS // 2

    def _fill(self, store: LocalStore) -> list[StorePath]:
        chance = random.Random(2)
        tops = []
        content = hash_bytes("sha256", b"")
        for system in range(PATHS // SYSTEM):
            infos: list[PathInfo] = []
            for number in range(SYSTEM):
                digest = hashlib.sha1(f"{system} {number}".encode()).digest()
                path = StorePath(f"{base32.encode(digest)}-package-{number}")
                others = {chance.randrange(number) for _ in range(min(number, 5))}
                if number:
                    others.add(number - 1)
                infos.append(
                    PathInfo(
                        path=path,
                        nar_hash=content,
                        nar_size=chance.randrange(1, 1 << 20),
                        references=tuple(sorted(infos[other].path for other in others)),
                    )
                )
            store.register(infos)
            tops.append(infos[-1].path)
        return tops

    # Packages

    def _warm(self) -> LocalStore:
        """A store in which minimal is built."""
        warm = LocalStore(self.folder / "warm")
        os.environ["XDG_CACHE_HOME"] = str(self.folder / "cache")
        attribute = "configs#nixosConfigurations.minimal.config.system.build.toplevel"
        words = ["build", "--no-link", attribute, "--store", str(warm.root), "--quiet"]
        subprocess.run([str(NEVE), *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return warm

    def packages(self) -> None:
        """Unpack and register minimal's packages, downloaded before, by two processes."""
        warm = self._warm()
        drvs = [
            path
            for path in warm.database.all_paths()
            if path.is_derivation
            and warm.read_derivation(path).builder == "builtin:unpack-deb"
            and any(map(warm.is_valid, warm.read_derivation(path).output_paths().values()))
        ]
        fresh = LocalStore(self.folder / "fresh")
        fetched = {drv: path for drv in drvs for path in warm.read_derivation(drv).input_drvs}
        Realiser(fresh, Settings(jobs=2, cores=2)).realise(
            [(drv, None) for drv in fetched.values()], _derivations(warm, fetched.values())
        )
        known = _derivations(warm, drvs)
        seconds = timed(
            lambda: Realiser(fresh, Settings(jobs=2, cores=2)).realise(
                [(drv, None) for drv in drvs], known
            )
        )
        debs = sorted(fresh.folder.glob("*.deb"))
        peer = self._dpkg(debs)
        value = f"{seconds:.1f} s, two dpkg-deb {peer:.1f} s: {seconds / peer:.2f}"
        report(f"unpack and register {len(debs)} packages", value, "1.3 times")

    def _dpkg(self, debs: list[Path]) -> float:
        if shutil.which("dpkg-deb") is None:
            return float("nan")
        target = self.folder / "dpkg"
        target.mkdir()
        unpack = f"d={target}/$(basename {{}}); mkdir $d; dpkg-deb -x {{}} $d"
        command = f"xargs -P2 -I{{}} sh -c '{unpack}'"
        listed = "\n".join(map(str, debs))
        return timed(
            lambda: subprocess.run(["sh", "-c", command], input=listed, text=True, check=True)
        )

    # Caches

    def substitution(self) -> None:
        """Minimal's closure from a server, to the disk and to memory where there is a place."""
        warm = self._warm()
        tops = [p for p in warm.database.all_paths() if p.name.startswith("nixos-system-minimal")]
        top = next(path for path in tops if not path.is_derivation)
        with ExitStack() as stack:
            memory = None
            if MEMORY.is_dir():
                made = tempfile.TemporaryDirectory(prefix="neve-bench-", dir=MEMORY)
                memory = Path(stack.enter_context(made))
            substitution(warm, top, self.folder, memory)


def _derivations(store: LocalStore, drvs: Iterable[StorePath]) -> dict[StorePath, Derivation]:
    """The derivations, and all that they need to be built."""
    found: dict[StorePath, Derivation] = {}
    waiting = list(drvs)
    while waiting:
        drv = waiting.pop()
        if drv not in found:
            found[drv] = store.read_derivation(drv)
            waiting += found[drv].input_drvs
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="The store's figures.")
    parser.add_argument("--folder", type=Path, help="where the files are made; a disk's is honest")
    parser.add_argument("what", nargs="*", help="archives, many_paths, packages, substitution")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="neve-bench-store-", dir=given.folder) as folder:
        bench = StoreBench(Path(folder))
        for name in given.what or ("everything",):
            getattr(bench, name)()


if __name__ == "__main__":
    main()
