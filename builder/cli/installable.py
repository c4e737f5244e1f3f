"""``FLAKE#ATTRIBUTE``: from the words of a command line to a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.cli.attribute import split_attribute, split_installable, split_outputs
from builder.cli.errors import UsageError
from builder.cli.outputs import Built, chosen_outputs
from builder.cli.recall import learn, question, recall
from builder.cli.session import Session
from builder.lang.errors import nearest
from builder.realise.limits import Limits
from builder.realise.settings import current_system
from builder.store.paths import StorePath

if TYPE_CHECKING:
    from builder.flake.flake import Flake


@dataclass(frozen=True, slots=True, kw_only=True)
class Installable:
    """An attribute of a flake, found: `path` is the whole path of names to it."""

    flake: Flake
    path: tuple[str, ...]
    value: Any  # forced


def find(session: Session, text: str, *, prefixes: Sequence[str], default: str) -> Installable:
    """The value that `text` names.

    `prefixes` are attribute paths below which the attribute is looked for, in
    order; "" is the flake's top. `default` is taken when no attribute is
    named. In both ``SYSTEM`` stands for this machine's system.
    """
    reference, attribute = split_installable(text)
    flake, outputs = session.outputs(reference)
    wanted = attribute or default
    tried = []
    for prefix in prefixes if attribute else ("",):
        path = [*split_attribute(prefix), *split_attribute(wanted)]
        path = [current_system() if name == "SYSTEM" else name for name in path]
        found, value = _walk(session, outputs, path)
        if found:
            return Installable(flake=flake, path=tuple(path), value=value)
        tried.append(path)
    raise _missing(session, outputs, flake, tried)


def _walk(session: Session, value: Any, path: Sequence[str]) -> tuple[bool, Any]:
    for name in path:
        value = session.evaluator.force(value)
        if not isinstance(value, dict) or name not in value:
            return False, None
        value = value[name]
    return True, session.evaluator.force(value)


def _missing(session: Session, outputs: Any, flake: Flake, tried: list[list[str]]) -> UsageError:
    shown = " or ".join(f"'{'.'.join(path)}'" for path in tried)
    hints = []
    for path in tried:
        value = outputs
        for depth, name in enumerate(path):
            value = session.evaluator.force(value)
            if not isinstance(value, dict):
                break
            if name not in value:
                near = nearest(name, value)
                hints += [".".join([*path[:depth], other]) for other in near]
                break
            value = value[name]
    hint = (
        f"did you mean {', '.join(dict.fromkeys(hints))}?"
        if hints
        else (f"'neve flake show {flake.origin}' lists what it has")
    )
    return UsageError(f"flake '{flake.origin}' does not provide attribute {shown}", hint=hint)


def derivation_of(session: Session, found: Installable) -> StorePath:
    """The derivation that a value stands for; raises `UsageError`."""
    value = found.value
    if not isinstance(value, dict) or "drvPath" not in value:
        raise UsageError(
            f"'{'.'.join(found.path)}' is not a derivation",
            hint="name a package, a check, or a machine's config.system.build.toplevel",
        )
    drv, _ = session.evaluator.coerce_to_string(value["drvPath"])
    return StorePath.parse(drv)


def build_named(
    session: Session, text: str, *, prefixes: Sequence[str], default: str = ""
) -> StorePath:
    """Build what `text` names (see `find`); the store path of its main output."""
    (built,) = build_all(session, [text], prefixes=prefixes, default=default)
    return built.path


def build_all(
    session: Session, texts: Sequence[str], *, prefixes: Sequence[str], default: str = ""
) -> list[Built]:
    """Build what each of `texts` names, all at the same time.

    A text is as `find` takes it, and may end in outputs, as `split_outputs` takes them.
    Where nothing changed since it was built before, nothing is evaluated.
    """
    ready: dict[str, Built] = {}
    wanted: dict[StorePath, frozenset[str]] = {}
    limits: dict[StorePath, Limits] = {}
    building: dict[str, tuple[Installable, StorePath, frozenset[str]]] = {}
    for text in dict.fromkeys(texts):
        if (known := _built_before(session, text, prefixes, default)) is not None:
            ready[text] = known
            continue
        named, outputs = split_outputs(text)
        found = find(session, named, prefixes=prefixes, default=default)
        drv = derivation_of(session, found)
        chosen = chosen_outputs(session, drv, found.value, outputs)
        building[text] = (found, drv, chosen)
        wanted[drv] = wanted.get(drv, frozenset()) | chosen
        limits[drv] = _limits(session, found.value)
    if building:
        made = session.realise(wanted, own_limits=limits)
        for text, (found, drv, chosen) in building.items():
            outputs_of = {name: made[drv][name] for name in sorted(chosen)}
            ready[text] = Built(drv=drv, outputs=outputs_of)
            asked = _asked(text, prefixes, default)
            learn(session, found.flake, asked, ready[text].to_json())
    return [ready[text] for text in texts]


def _asked(text: str, prefixes: Sequence[str], default: str) -> str:
    named, outputs = split_outputs(text)
    return question(f"built^{','.join(outputs)}", split_installable(named)[1], prefixes, default)


def _built_before(
    session: Session, text: str, prefixes: Sequence[str], default: str
) -> Built | None:
    """What an earlier command built, if it is still there."""
    reference = split_installable(split_outputs(text)[0])[0]
    known = recall(session, reference, _asked(text, prefixes, default))
    if known is None:
        return None
    built = Built.from_json(known)
    return built if all(session.store.keep(path) for path in built.outputs.values()) else None


def _limits(session: Session, value: dict[str, Any]) -> Limits:
    """The seconds that a package gives itself: ``meta.timeout``, ``meta.maxSilent``."""
    force = session.evaluator.force
    meta = force(value.get("meta", {}))

    def seconds(name: str) -> float | None:
        found = force(meta[name]) if isinstance(meta, dict) and name in meta else None
        return float(found) if isinstance(found, int) else None

    return Limits(timeout=seconds("timeout"), max_silent=seconds("maxSilent"))
