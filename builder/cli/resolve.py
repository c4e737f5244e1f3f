"""Installables: from the words of a command line to what is to be built.

An installable is ``FLAKE#ATTRIBUTE``, a store path or a link to one, or ``PATH.drv``; where
an expression or a file is given, it is the path of an attribute there. All but a mere store
path may end in outputs, as `split_outputs` takes them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.cli.attribute import split_outputs
from builder.cli.errors import UsageError
from builder.cli.outputs import chosen_outputs
from builder.cli.session import Session
from builder.cli.store_names import stored
from builder.cli.targets import Target, Wanted, of_expression, of_flake
from builder.realise.errors import BuildError
from builder.store.paths import StorePath

if TYPE_CHECKING:
    from builder.cli.given import Given
    from builder.flake.flake import Flake

PREFIXES = ("packages.SYSTEM", "legacyPackages.SYSTEM", "checks.SYSTEM", "")
DEFAULT = "packages.SYSTEM.default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where attributes are looked for: in what is `given`, or else in flakes, for which
    `prefixes` and `default` are as `installable.find` takes them."""

    prefixes: Sequence[str] = PREFIXES
    default: str = DEFAULT
    given: Given | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What an installable stands for, and the flake that it is of."""

    targets: tuple[Target, ...]
    flake: Flake | None = None


def places_of(session: Session, words: argparse.Namespace) -> Places:
    """As the command line has it: with an expression, a file, or neither."""
    if words.expr is None and words.file is None:
        if words.arg or words.argstr:
            raise UsageError("--arg and --argstr go with --expr and --file")
        return Places()
    from builder.cli.given import given_by

    return Places(given=given_by(session, words))


def resolve(session: Session, text: str, places: Places) -> Named:
    """What one installable stands for; raises `UsageError`, and what evaluating raises."""
    named, outputs = split_outputs(text)
    if places.given is not None:
        value = places.given.at(named)
        found = of_expression(session, value, places.given.arguments, outputs)
        return Named(targets=tuple(found))
    if (path := stored(session, named)) is not None:
        return Named(targets=(_of_store(session, path, outputs),))
    from builder.cli.installable import find

    attribute = find(session, named, prefixes=places.prefixes, default=places.default)
    target = of_flake(session, ".".join(attribute.path), attribute.value, outputs)
    return Named(targets=(target,), flake=attribute.flake)


def derivations_of(session: Session, text: str, places: Places) -> list[StorePath]:
    """The ``.drv`` files of what an installable stands for: of a store path its deriver."""
    return [_derivation(session, target) for target in resolve(session, text, places).targets]


def _derivation(session: Session, target: Target) -> StorePath:
    if not isinstance(target, StorePath):
        return target.drv
    if target.is_derivation:
        return target
    deriver = session.store.query(target).deriver
    if deriver is None:
        raise UsageError(f"'{target}' was not built here: it has no deriver")
    return deriver


def is_of_flake(session: Session, text: str, places: Places) -> bool:
    """Whether an installable names an attribute of a flake."""
    return places.given is None and stored(session, split_outputs(text)[0]) is None


def _of_store(session: Session, path: StorePath, outputs: tuple[str, ...]) -> Target:
    if not outputs:
        return path
    if not path.is_derivation:
        raise UsageError(
            f"store path '{path}' is not a valid derivation path",
            hint="outputs can be chosen of what ends in .drv",
        )
    bring(session, [path])
    return Wanted(drv=path, outputs=chosen_outputs(session, path, outputs, lambda has: has))


def bring(session: Session, paths: Sequence[StorePath]) -> None:
    """See to it that store paths are there, from the caches where they are not.

    They stay for as long as this process lives. Raises `BuildError`.
    """
    if any(path in session.host.derivations for path in paths):
        session.host.flush()
    lacking = set(paths) - session.store.kept(paths)
    if lacking and (caches := session.caches()) is not None:
        caches.take(lacking)
        lacking -= session.store.kept(lacking)
    if lacking:
        raise BuildError(
            f"path '{min(lacking)}' is required, but there is no substituter that can build it",
            hint="caches are named by the setting substituters; "
            "'neve store copy --from' takes paths from a single one",
        )
