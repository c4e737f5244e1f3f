"""``neve build`` and ``neve log``."""

from __future__ import annotations

import argparse
import bz2
import json
from pathlib import Path

from builder.cli.attribute import split_outputs
from builder.cli.errors import UsageError
from builder.cli.installable import build_all, derivation_of, find
from builder.cli.options import session_of
from builder.cli.outputs import chosen_outputs
from builder.cli.session import Session
from builder.store.derivation import Derivation
from builder.store.paths import STORE_DIR, StorePath

PREFIXES = ("packages.SYSTEM", "legacyPackages.SYSTEM", "checks.SYSTEM", "")
_SHOWN = 20  # differences of an output
DEFAULT = "packages.SYSTEM.default"


def run(words: argparse.Namespace) -> int:
    """Build what is named; link and print the results."""
    session = session_of(words)
    if words.check:
        return _check(session, words)
    results = build_all(session, words.installables, prefixes=PREFIXES, default=DEFAULT)
    for number, built in enumerate(() if words.no_link else results):
        for link, path in built.links(words.out_link, number).items():
            session.store.roots.add_link(link, path)
    if words.json:
        print(json.dumps([built.to_json() for built in results], indent=2))
    elif words.print_out_paths or words.no_link:
        for built in results:
            for path in built.outputs.values():
                print(path)
    return 0


def _check(session: Session, words: argparse.Namespace) -> int:
    """Build again what is named, and say what differs; 1 when something does."""
    from builder.realise.recheck import direct_inputs, recheck, with_inputs

    wanted = {}
    for text in words.installables:
        named, outputs = split_outputs(text)
        found = find(session, named, prefixes=PREFIXES, default=DEFAULT)
        drv = derivation_of(session, found)
        wanted[drv] = chosen_outputs(session, drv, found.value, outputs)
    known = session.host.derivations

    def lookup(drv: StorePath) -> Derivation:
        return known[drv] if drv in known else session.store.read_derivation(drv)

    session.realise({drv: frozenset(known[drv].outputs) for drv in wanted})
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


def log(words: argparse.Namespace) -> int:
    """Print a build's log."""
    session = session_of(words)
    drv = _derivation(session, words.installable)
    file = session.store.log_file(drv)
    for candidate in (file, Path(f"{file}.bz2")):
        if candidate.is_file():
            data = candidate.read_bytes()
            text = bz2.decompress(data) if candidate.suffix == ".bz2" else data
            print(text.decode("utf-8", "replace"), end="")
            return 0
    raise UsageError(f"there is no log of '{drv}'", hint="it was never built in this store")


def _derivation(session: Session, text: str) -> StorePath:
    if not text.startswith(STORE_DIR):
        found = find(session, split_outputs(text)[0], prefixes=PREFIXES, default=DEFAULT)
        return derivation_of(session, found)
    path = StorePath.split(text)[0]
    if path.is_derivation:
        return path
    deriver = session.store.query(path).deriver
    if deriver is None:
        raise UsageError(f"'{path}' was not built here: it has no deriver")
    return deriver
