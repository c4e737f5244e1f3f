"""``neve build`` and ``neve log``."""

from __future__ import annotations

import argparse
import bz2
import json
from itertools import chain
from pathlib import Path

from builder.cli.building import build_all
from builder.cli.dry_run import foresee, told
from builder.cli.errors import UsageError
from builder.cli.given import session_for
from builder.cli.outputs import derivation
from builder.cli.resolve import derivations_of, places_of, resolve
from builder.cli.session import Session
from builder.cli.targets import Target
from builder.store.derivation import Derivation
from builder.store.paths import StorePath

_SHOWN = 20  # differences of an output


def run(words: argparse.Namespace) -> int:
    """Build what is named; link and print the results."""
    session = session_for(words)
    if words.check:
        if words.dry_run or words.json or words.print_out_paths:
            raise UsageError("--check goes with none of --dry-run, --json and --print-out-paths")
        return _check(session, words)
    if words.recursive:
        raise UsageError("--recursive goes with --check")
    if words.dry_run:
        return _dry_run(session, words)
    found = build_all(session, _installables(words), places_of(session, words))
    results = list(chain.from_iterable(found))
    for number, built in enumerate(() if words.no_link else results):
        for link, path in built.links(words.out_link, number).items():
            session.store.roots.add_link(link, path)
    if words.json:
        print(json.dumps([built.to_json() for built in results], indent=2))
    elif words.print_out_paths or words.no_link:
        for path in chain.from_iterable(built.paths for built in results):
            print(path)
    return 0


def _dry_run(session: Session, words: argparse.Namespace) -> int:
    """Say what would be done."""
    results, missing = foresee(session, _installables(words), places_of(session, words))
    for line in told(missing):
        session.say(line)
    if words.json:
        print(json.dumps([built.to_json() for built in results], indent=2))
    return 0


def _installables(words: argparse.Namespace) -> list[str]:
    """What is named, or else the flake in this folder, or the whole expression or file."""
    return [*words.attr, *words.installables] or [_default(words)]


def _default(words: argparse.Namespace) -> str:
    return "." if words.expr is None and words.file is None else ""


def _check(session: Session, words: argparse.Namespace) -> int:
    """Build again what is named, and say what differs; 1 when something does."""
    from builder.realise.recheck import direct_inputs, recheck, with_inputs

    places = places_of(session, words)
    texts = _installables(words)
    wanted = {
        _drv(text, target) for text in texts for target in resolve(session, text, places).targets
    }

    def lookup(drv: StorePath) -> Derivation:
        return derivation(session, drv)

    session.realise({drv: frozenset(lookup(drv).outputs) for drv in wanted})
    drvs = with_inputs(wanted, lookup) if words.recursive else sorted(wanted)
    if words.recursive:
        session.realise({drv: frozenset(lookup(drv).outputs) for drv in drvs})
    # What is built already may be there without what it was built from.
    session.realise(direct_inputs(drvs, lookup))
    count = 0
    for checked in recheck(session.store, drvs, session.build_settings(), lookup):
        for output, differences in checked.differences.items():
            count += 1
            print(f"{checked.drv}!{output} is not the same the second time:")
            for difference in differences[:_SHOWN]:
                print(f"  {difference}")
            if (more := len(differences) - _SHOWN) > 0:
                print(f"  and {more} more")
    session.say(f"{len(drvs)} derivations built again, {count} outputs differ")
    return 1 if count else 0


def _drv(text: str, target: Target) -> StorePath:
    if isinstance(target, StorePath):
        raise UsageError(f"'{text}' is no derivation that could be built again")
    return target.drv


def log(words: argparse.Namespace) -> int:
    """Print a build's log."""
    session = session_for(words)
    text = words.installable or _default(words)
    drvs = derivations_of(session, text, places_of(session, words))
    if len(drvs) != 1:
        raise UsageError(f"'{text}' stands for {len(drvs)} derivations", hint="name one of them")
    (drv,) = drvs
    file = session.store.log_file(drv)
    for candidate in (file, Path(f"{file}.bz2")):
        if candidate.is_file():
            data = candidate.read_bytes()
            shown = bz2.decompress(data) if candidate.suffix == ".bz2" else data
            print(shown.decode("utf-8", "replace"), end="")
            return 0
    raise UsageError(f"there is no log of '{drv}'", hint="it was never built in this store")
