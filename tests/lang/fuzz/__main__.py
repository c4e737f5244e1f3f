"""``python -m tests.lang.fuzz --count 20000 --seed 1``: differences, made small."""

from __future__ import annotations

import argparse
import sys
import time
from random import Random

from tests.lang.fuzz.compare import differences, minimise
from tests.lang.fuzz.damage import damaged
from tests.lang.fuzz.generator import Generator
from tests.reference.nix import nix

_BATCH = 250


def main() -> int:
    """Run programs; exit 1 when some differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.lang.fuzz")
    parser.add_argument("--count", type=int, default=1000, help="how many programs")
    parser.add_argument("--seed", type=int, default=1, help="of the first program")
    parser.add_argument("--places", action="store_true", help="compare errors' places too")
    parser.add_argument("--stop", type=int, default=10, help="after that many differences")
    parser.add_argument("--damage", action="store_true", help="spoil their syntax first")
    words = parser.parse_args()
    judge, found, done, start = nix(), 0, 0, time.monotonic()
    while done < words.count and found < words.stop:
        seeds = range(words.seed + done, words.seed + min(done + _BATCH, words.count))
        programs = [Generator(seed).program() for seed in seeds]
        if words.damage:
            programs = [damaged(p, Random(s)) for p, s in zip(programs, seeds, strict=True)]
        for one in differences(judge, programs, places=words.places)[: words.stop - found]:
            found += 1
            small = minimise(judge, one, places=words.places)
            print(f"{small.program}\n  ours: {small.ours.traced!r} {small.ours}")
            print(f"  reference: {small.reference.traced!r} {small.reference}", flush=True)
        done += len(programs)
    print(f"{done} programs, {found} differences, {time.monotonic() - start:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
