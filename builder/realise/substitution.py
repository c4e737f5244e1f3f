"""What of a plan is taken from binary caches before anything is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from builder.realise.plan import Target
from builder.store.cache.offer import Offer
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

    `valid` tells which of some paths are there already. What a cache failed
    to deliver is looked for in the next one; what none delivers stays missing.
    """
    while offers := _offers(targets, lookup, valid, substituter):
        if substituter.fetch(offers) == set(offers):
            return


def _offers(
    targets: Sequence[Target],
    lookup: Callable[[StorePath], Derivation],
    valid: Callable[[Iterable[StorePath]], set[StorePath]],
    substituter: Substituter,
) -> dict[StorePath, Offer]:
    """From the targets down: what can be had is not looked into."""
    taken: dict[StorePath, Offer] = {}
    seen: set[tuple[StorePath, frozenset[str]]] = set()
    level = {(drv, frozenset(lookup(drv).outputs if n is None else n)) for drv, n in targets}
    while level:
        seen |= level
        missing = _missing(level, lookup, valid)
        asked = [path for drv, paths in missing.items() if _may_ask(lookup(drv)) for path in paths]
        found = substituter.offers(asked)
        level = set()
        for drv, paths in missing.items():
            if all(path in found for path in paths):
                _take(paths, found, taken)
            else:
                level |= set(lookup(drv).input_drvs.items())
        level -= seen
    return taken


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


def _may_ask(derivation: Derivation) -> bool:
    """``allowSubstitutes = false`` keeps a derivation's outputs to this machine."""
    return derivation.env.get("allowSubstitutes", "1") != ""


def _take(
    paths: Iterable[StorePath],
    found: dict[StorePath, Offer],
    taken: dict[StorePath, Offer],
) -> None:
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path in found and path not in taken:
            taken[path] = found[path]
            waiting.extend(found[path].found.info.references)
