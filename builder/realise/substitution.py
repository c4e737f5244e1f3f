"""What of a plan is taken from binary caches before anything is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing

from builder.realise.plan import Target
from builder.store.cache.substituter import Substituter
from builder.store.derivation import Derivation
from builder.store.paths import StorePath


def substitute(
    targets: Sequence[Target],
    lookup: Callable[[StorePath], Derivation],
    valid: Callable[[Iterable[StorePath]], set[StorePath]],
    substituter: Substituter,
) -> None:
    """Make outputs valid that caches have: of `targets`, else of what these are built from.

    `valid` tells which of some paths are there already. What can be had is not looked
    into: its inputs are not asked for.
    """
    seen: set[tuple[StorePath, frozenset[str]]] = set()
    level = {(drv, frozenset(lookup(drv).outputs if n is None else n)) for drv, n in targets}
    with closing(substituter.transfers()) as transfers:
        while level:
            seen |= level
            missing = _missing(level, lookup, valid)
            asked = {drv: paths for drv, paths in missing.items() if may_ask(lookup(drv))}
            got = transfers.take(path for paths in asked.values() for path in paths)
            level = {
                wanted
                for drv, paths in missing.items()
                if not paths <= got
                for wanted in lookup(drv).input_drvs.items()
            }
            level -= seen


def _missing(
    level: Iterable[tuple[StorePath, frozenset[str]]],
    lookup: Callable[[StorePath], Derivation],
    valid: Callable[[Iterable[StorePath]], set[StorePath]],
) -> dict[StorePath, set[StorePath]]:
    wanted: dict[StorePath, set[StorePath]] = {}
    for drv, names in sorted(level, key=lambda item: (item[0], sorted(item[1]))):
        outputs = lookup(drv).output_paths()
        wanted.setdefault(drv, set()).update(outputs[name] for name in names if name in outputs)
    there = valid({path for paths in wanted.values() for path in paths})
    return {drv: paths - there for drv, paths in wanted.items() if paths - there}


def may_ask(derivation: Derivation) -> bool:
    """``allowSubstitutes = false`` keeps a derivation's outputs to this machine."""
    return derivation.env.get("allowSubstitutes", "1") != ""
