"""A closure from a cache on the loopback device into an empty store, beside ``nix copy``.

The promise is for any machine; what it is worth depends on this one, so each line also
tells the peer's figure, of the same cache, in the same folder, in turn with ours.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from builder.store.local import LocalStore
from builder.store.paths import StorePath
from tests.bench.file_server import served
from tests.bench.measure import Measured, measured, report
from tests.reference import nix

_TIMES = 3
_NEVE = str(Path(sys.executable).with_name("neve"))


def substitution(warm: LocalStore, top: StorePath, folder: Path, memory: Path | None) -> None:
    """Take `top`, which `warm` has, from a cache made in `folder`: to `folder`, then to `memory`.

    Nothing is removed between the runs: ext4 without a journal passes over the inodes of
    files that were removed in the last minutes one by one, whenever it makes a new one.
    """
    infos = warm.closure([top])
    size = sum(info.nar_size for info in infos) / 1e6
    cache = folder / "cache-of-minimal"
    push = [_NEVE, "store", "push", f"file://{cache}?compression=zstd", str(top)]
    subprocess.run([*push, "--store", str(warm.root), "--quiet"], check=True)
    with served(cache) as url:
        for place, where in ((folder, "disk"), (memory, "memory")):
            if place is not None:
                _compare(url, str(top), place, where, size)


def _compare(url: str, top: str, place: Path, where: str, size: float) -> None:
    ours, theirs = [], []
    for number in range(_TIMES):
        target = place / f"our-{number}"
        words = ["store", "copy", "--from", url, top, "--option", "require-sigs", "false"]
        environment = {
            "XDG_CACHE_HOME": f"{target}-cache",  # no answer is remembered
            "PYTHONDONTWRITEBYTECODE": "",  # as it is installed: compiled once
        }
        ours.append(_run([_NEVE, *words, "--store", str(target), "--quiet"], environment))
        target = place / f"their-{number}"
        target.mkdir()
        copy = ("nix", "copy", "--from", url, "--to", str(target), "--no-check-sigs", top)
        theirs.append(_run(replace(nix(), network=True).argv(*copy, write=[target]), {}))
    report(f"substitution over loopback, zstd, to {where}", _told(ours, size), "200 MB/s")
    report("  beside it nix copy", _told(theirs, size), "")


def _run(command: list[str], environment: Mapping[str, str]) -> Measured:
    os.sync()  # what was written before is not paid for here
    return measured(command, environment=environment)


def _told(runs: list[Measured], size: float) -> str:
    wall = statistics.median(run.wall for run in runs)
    cpu = statistics.median(run.cpu for run in runs)
    peak = max(run.peak for run in runs)
    return f"{size / wall:.0f} MB/s ({wall:.2f} s, {cpu:.2f} s CPU, {peak:.0f} MiB)"
