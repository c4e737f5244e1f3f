"""A fixed share of the random programs that `python -m tests.lang.fuzz` runs."""

from __future__ import annotations

from random import Random

from builder.lang.parser import parse
from builder.lang.show import show
from builder.lang.source import Source
from tests.lang.fuzz.compare import Comparison
from tests.lang.fuzz.damage import damaged
from tests.lang.fuzz.generator import Generator
from tests.reference import nix

PROGRAMS = [Generator(seed).program() for seed in range(400)]


def test_programs() -> None:
    """Random programs end as they do with the real Nix, errors' places included."""
    found = Comparison(nix=nix()).differences(PROGRAMS[:250])
    assert not found, [f"{one.program}: {one.ours}, not {one.reference}" for one in found]


def test_spoilt_programs() -> None:
    """Programs with a broken syntax are refused at the same place for the same reason."""
    spoilt = [damaged(program, Random(seed)) for seed, program in enumerate(PROGRAMS[250:])]
    found = Comparison(nix=nix()).differences(spoilt)
    assert not found, [f"{one.program}: {one.ours}, not {one.reference}" for one in found]


def test_shown_trees_are_read_back() -> None:
    """A tree that was printed is read, and printed the same from then on."""
    read = 0
    for program in PROGRAMS:
        text = show(parse(Source(str(program), "test"), frozenset({"pipe-operators"})))
        # Nix shows `assert` without parentheses around it, and `/a/${b}` as `/a/ + b`.
        if "assert" in text or "/ + " in text:
            continue
        once = show(parse(Source(text, "test")))
        assert show(parse(Source(once, "test"))) == once
        read += 1
    assert read > 200
