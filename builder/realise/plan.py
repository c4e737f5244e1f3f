"""Which derivations must be built for what is wanted, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from builder.realise.errors import BuildError
from builder.store.derivation import Derivation
from builder.store.paths import StorePath

FETCHERS = ("builtin:fetch-deb", "builtin:fetch-file", "builtin:fetch-git", "builtin:fetchurl")
"""The builders that wait for the network; ``size`` in their environment, if there, is in bytes."""

Target = tuple[StorePath, Collection[str] | None]
"""A ``.drv`` path and the outputs wanted, None for all."""


# Builders that take long, in tenths of a second for a small system: they decide which chain is
# the longest, and so what is begun first. Nothing but the order depends on them.
_SIZE_OF_ONE = 2_000_000  # bytes of a package that take a tenth of a second to unpack
_WEIGHTS = {
    "builtin:kernel-modules": 60,
    "builtin:disk-image": 30,
    "builtin:python-bytecode": 20,
    "builtin:initrd": 10,
    "builtin:link-tree": 10,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`builds` maps what must be built to those of its inputs that must be built before.

    `height` is the weight of the heaviest chain of builds that begins with one.
    """

    builds: Mapping[StorePath, frozenset[StorePath]]
    height: Mapping[StorePath, int]


def make_plan(
    targets: Iterable[Target],
    lookup: Callable[[StorePath], Derivation],
    are_valid: Callable[[Iterable[StorePath]], bool],
) -> Plan:
    """The builds that `targets` need when `are_valid` tells what is there already.

    Raises BuildError for an output that a derivation does not have.
    """
    builds: dict[StorePath, frozenset[StorePath]] = {}
    order: list[StorePath] = []  # inputs before their users
    answers: dict[tuple[StorePath, frozenset[str]], bool] = {}

    def is_needed(drv: StorePath, names: frozenset[str]) -> bool:
        if (drv, names) not in answers:
            outputs = lookup(drv).output_paths()
            if unknown := sorted(names - outputs.keys()):
                raise BuildError(
                    f"derivation '{drv}' has no output '{unknown[0]}', it has "
                    f"{', '.join(sorted(outputs))}"
                )
            answers[drv, names] = not are_valid(outputs[name] for name in names)
        return answers[drv, names]

    wanted = []
    for drv, names in targets:
        chosen = frozenset(lookup(drv).outputs if names is None else names)
        if is_needed(drv, chosen):
            wanted.append(drv)
    stack = [(drv, False) for drv in reversed(wanted)]
    while stack:
        drv, done = stack.pop()
        if done:
            order.append(drv)
            continue
        if drv in builds:
            continue
        inputs = lookup(drv).input_drvs
        needed = [path for path, names in sorted(inputs.items()) if is_needed(path, names)]
        builds[drv] = frozenset(needed)
        stack.append((drv, True))
        stack.extend((path, False) for path in needed)
    height = dict.fromkeys(builds, 0)  # of what waits for each, until its turn comes
    for drv in reversed(order):
        height[drv] += _weight(lookup(drv))
        for path in builds[drv]:
            height[path] = max(height[path], height[drv])
    return Plan(builds=builds, height=height)


def _weight(derivation: Derivation) -> int:
    """A package's weight is counted where its size is known: where it is fetched."""
    size = int(derivation.env.get("size", "0")) if derivation.builder in FETCHERS else 0
    return _WEIGHTS.get(derivation.builder, 1) + size // _SIZE_OF_ONE
