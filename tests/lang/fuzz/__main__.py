"""``python -m tests.lang.fuzz --count 20000 --seed 1``: differences, made small.

Batches run in processes that end after a few of them, so that memory stays
bounded whatever one program does.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from functools import partial
from random import Random

from tests.lang.fuzz.compare import Comparison
from tests.lang.fuzz.damage import damaged
from tests.lang.fuzz.generator import Generator
from tests.reference.nix import nix

_BATCH = 250
_BATCHES = 4  # that one process runs
_MOST_MEMORY = 4 * 2**30  # bytes of addresses a process may take


def _run(seeds: range, *, compare: Comparison, damage: bool, most: int) -> tuple[int, list[str]]:
    """Compare the programs of some seeds; how many, and their differences as text."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    programs = [Generator(seed).program() for seed in seeds]
    if damage:
        programs = [damaged(p, Random(s)) for p, s in zip(programs, seeds, strict=True)]
    found = []
    for one in compare.differences(programs)[:most]:
        small = compare.minimise(one)
        found.append(
            f"seed {seeds[programs.index(one.program)]}: {small.program}\n"
            f"  ours: {small.ours.traced!r} {small.ours}\n"
            f"  reference: {small.reference.traced!r} {small.reference}"
        )
    return len(programs), found


def main() -> int:
    """Run programs; exit 1 when some differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.lang.fuzz")
    parser.add_argument("--count", type=int, default=1000, help="how many programs")
    parser.add_argument("--seed", type=int, default=1, help="of the first program")
    parser.add_argument("--places", action="store_true", help="compare errors' places too")
    parser.add_argument("--alone", action="store_true", help="a process for each program")
    parser.add_argument("--stop", type=int, default=10, help="after that many differences")
    parser.add_argument("--damage", action="store_true", help="spoil their syntax first")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    words = parser.parse_args()
    found, done, start = 0, 0, time.monotonic()
    end = words.seed + words.count
    batches = [range(at, min(at + _BATCH, end)) for at in range(words.seed, end, _BATCH)]
    compare = Comparison(nix=nix(), places=words.places, alone=words.alone)
    work = partial(_run, compare=compare, damage=words.damage, most=words.stop)
    fork = multiprocessing.get_context("fork")
    with fork.Pool(words.jobs, maxtasksperchild=_BATCHES) as pool:
        for count, differing in pool.imap(work, batches):
            done += count
            found += len(differing)
            for text in differing:
                print(text, flush=True)
            if found >= words.stop:
                break
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    seconds = time.monotonic() - start
    print(f"{done} programs, {found} differences, {seconds:.0f} s, at most {peak} MiB a process")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
