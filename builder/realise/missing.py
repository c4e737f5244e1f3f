"""What a realisation would do, found out without doing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from builder.realise.plan import Target, make_plan
from builder.realise.substitution import may_ask
from builder.store.cache.narinfo import NarInfo
from builder.store.derivation import Derivation
from builder.store.paths import StorePath

_ASKING = 16  # questions to the caches at a time: they wait for the network

Ask = Callable[[StorePath], NarInfo | None]
"""What the caches have of a path; called by several threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """`builds` are derivations, each after what it needs; `fetches` what caches have;
    `unknown` are paths that cannot be had."""

    builds: tuple[StorePath, ...]
    fetches: tuple[NarInfo, ...]
    unknown: tuple[StorePath, ...]


@dataclass(slots=True)
class _Supply:
    """What is there, as `valid` tells, or can be had from where `ask` asks."""

    valid: Callable[[Iterable[StorePath]], set[StorePath]]
    ask: Ask | None
    barred: set[StorePath] = field(default_factory=set)  # caches are not asked for these
    fetched: dict[StorePath, NarInfo] = field(default_factory=dict)

    def has(self, paths: Iterable[StorePath]) -> bool:
        """Whether all of `paths` are there or can be had, with all that they refer to."""
        found: dict[StorePath, NarInfo] = {}
        level = set(paths)
        if (level - self.valid(level)) & self.barred:
            return False
        while level := level - self.valid(level) - found.keys() - self.fetched.keys():
            if self.ask is None:
                return False
            with ThreadPoolExecutor(_ASKING) as pool:
                answers = list(pool.map(self.ask, level))
            offers = [answer for answer in answers if answer is not None]
            if len(offers) < len(answers):
                return False
            found.update((offer.info.path, offer) for offer in offers)
            level = {path for offer in offers for path in offer.info.references}
        self.fetched.update(found)
        return True


def find_missing(
    targets: Sequence[Target],
    paths: Iterable[StorePath],
    lookup: Callable[[StorePath], Derivation],
    valid: Callable[[Iterable[StorePath]], set[StorePath]],
    ask: Ask | None,
) -> Missing:
    """What must be built and fetched for `targets` and for the mere `paths`.

    `lookup`, `valid` and `ask` tell what is known; raises BuildError as `make_plan` does.
    """
    supply = _Supply(valid, ask)

    def known(drv: StorePath) -> Derivation:
        derivation = lookup(drv)
        if not may_ask(derivation):
            supply.barred.update(derivation.output_paths().values())
        return derivation

    unknown = tuple(sorted(path for path in set(paths) if not supply.has([path])))
    plan = make_plan(targets, known, supply.has)
    return Missing(
        builds=tuple(_inputs_first(plan.builds)),
        fetches=tuple(supply.fetched[path] for path in sorted(supply.fetched)),
        unknown=unknown,
    )


def _inputs_first(builds: Mapping[StorePath, frozenset[StorePath]]) -> list[StorePath]:
    done: dict[StorePath, None] = {}
    stack = sorted(builds, reverse=True)
    while stack:
        before = [path for path in sorted(builds[stack[-1]], reverse=True) if path not in done]
        if before:
            stack += before
        else:
            done[stack.pop()] = None
    return list(done)
