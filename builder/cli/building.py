"""Building what the words of a command line name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from builder.cli.attribute import split_installable, split_outputs
from builder.cli.built import Built, Held, Result, from_json
from builder.cli.recall import learn, question, recall
from builder.cli.resolve import Named, Places, bring, is_of_flake, resolve
from builder.cli.session import Session
from builder.cli.targets import Target
from builder.realise.limits import Limits
from builder.store.paths import StorePath

if TYPE_CHECKING:
    from builder.realise.scheduler import Realised


def build_named(
    session: Session, text: str, *, prefixes: Sequence[str], default: str = ""
) -> StorePath:
    """Build what `text` names in a flake; the store path of its main output."""
    ((built,),) = build_all(session, [text], Places(prefixes=prefixes, default=default))
    return built.path


def build_all(session: Session, texts: Sequence[str], places: Places) -> list[list[Result]]:
    """Build what each of `texts` names, all at the same time; what came of each.

    Where nothing changed since it was built before, nothing is evaluated.
    """
    ready: dict[str, list[Result]] = {}
    building: dict[str, Named] = {}
    for text in dict.fromkeys(texts):
        if (known := _built_before(session, text, places)) is not None:
            ready[text] = [known]
        else:
            building[text] = resolve(session, text, places)
    made = _make(session, (target for named in building.values() for target in named.targets))
    for text, named in building.items():
        ready[text] = [_result(made, target) for target in named.targets]
        if named.flake is not None:
            learn(session, named.flake, _asked(text, places), ready[text][0].to_json())
    return [ready[text] for text in texts]


def _make(session: Session, targets: Iterable[Target]) -> Realised:
    wanted: dict[StorePath, frozenset[str]] = {}
    limits: dict[StorePath, Limits] = {}
    paths = []
    for target in targets:
        if isinstance(target, StorePath):
            paths.append(target)
        else:
            wanted[target.drv] = wanted.get(target.drv, frozenset()) | target.outputs
            limits[target.drv] = target.limits
    if paths:
        bring(session, paths)
    return session.realise(wanted, own_limits=limits) if wanted else {}


def _result(made: Realised, target: Target) -> Result:
    if isinstance(target, StorePath):
        return Held(target)
    outputs = {name: made[target.drv][name] for name in sorted(target.outputs)}
    return Built(drv=target.drv, outputs=outputs)


def _asked(text: str, places: Places) -> str:
    named, outputs = split_outputs(text)
    attribute = split_installable(named)[1]
    return question(f"built^{','.join(outputs)}", attribute, places.prefixes, places.default)


def _built_before(session: Session, text: str, places: Places) -> Result | None:
    """What an earlier command built, if it is still there."""
    if not is_of_flake(session, text, places):
        return None
    reference = split_installable(split_outputs(text)[0])[0]
    known = recall(session, reference, _asked(text, places))
    if known is None:
        return None
    built = from_json(known)
    return built if all(session.store.keep(path) for path in built.paths) else None
