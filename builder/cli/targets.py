"""What a value stands for that is to be built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from builder.cli import outputs
from builder.cli.errors import UsageError
from builder.cli.session import Session
from builder.realise.limits import Limits
from builder.store.paths import StorePath

if TYPE_CHECKING:
    from builder.lang.values import ContextString, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Outputs of a derivation, by name; `limits` is what the package says of its building."""

    drv: StorePath
    outputs: frozenset[str]
    limits: Limits = field(default_factory=Limits)


Target = Wanted | StorePath
"""A store path is wanted as it is, a ``.drv`` file too."""


def of_flake(session: Session, shown: str, value: Any, named: tuple[str, ...]) -> Target:
    """What the forced attribute `shown` of a flake stands for: a derivation, a path, or a string
    that refers to one thing. Raises `UsageError` and `NixError`.

    `named` are the outputs, as `split_outputs` gives them.
    """
    from builder.lang.errors import NixError

    try:
        single = _single(session, value)
    except NixError as error:
        error.passes(f"while evaluating the flake output attribute '{shown}'", None)
        raise
    if single is not None:
        return single
    if not isinstance(value, dict) or "drvPath" not in value:
        from builder.lang.printing import brief
        from builder.lang.values import describe

        raise UsageError(
            f"expected flake output attribute '{shown}' to be a derivation or path but found "
            f"{describe(value)}: {brief(value)}",
            hint="name a package, a check, or a machine's config.system.build.toplevel",
        )
    return _package(session, value, named, outputs.of_flake(session, value))


def of_expression(
    session: Session, value: Any, arguments: dict[str, Value], named: tuple[str, ...]
) -> list[Target]:
    """What the forced value of an expression stands for, as `nix build --expr` has it: a path, or
    a string that refers to one thing, or all derivations that it is or holds, by path."""
    from builder.cli.finder import Finder

    if (single := _single(session, value)) is not None:
        return [single]
    found: dict[StorePath, Wanted] = {}
    for package in Finder(session, arguments).within(value):
        wanted = _package(session, package, named, outputs.of_expression(session, package))
        known = found.get(wanted.drv, wanted)
        found[wanted.drv] = replace(known, outputs=known.outputs | wanted.outputs)
    return [found[drv] for drv in sorted(found)]


def _package(
    session: Session,
    value: Mapping[str, Any],
    named: tuple[str, ...],
    unnamed: outputs.Unnamed,
) -> Wanted:
    if "drvPath" not in value:
        raise UsageError("derivation does not contain a 'drvPath' attribute")
    text, _ = session.evaluator.coerce_to_string(value["drvPath"])
    drv = StorePath.parse(text)
    if not drv.is_derivation:
        raise UsageError(f"store path '{drv}' is not a valid derivation path")
    chosen = outputs.chosen_outputs(session, drv, named, unnamed)
    return Wanted(drv=drv, outputs=chosen, limits=_limits(session, value))


def _single(session: Session, value: Value) -> Target | None:
    """What a path or a string stands for; None for a value of another type."""
    from builder.lang.values import ContextString, Path

    if isinstance(value, Path):
        added = session.host.add_path(
            value.text, "source", recursive=True, filter=None, sha256=None
        )
        return StorePath.parse(added)
    if isinstance(value, str):
        value = ContextString(value, frozenset())
    return _referred(session, value) if isinstance(value, ContextString) else None


def _referred(session: Session, value: ContextString) -> Target:
    from builder.lang.context import BuiltOutput, PlainPath
    from builder.lang.errors import EvalError

    text = value.text
    if len(value.context) != 1:
        raise EvalError(
            f"string '{text}' has {len(value.context)} entries in its context. "
            "It should only have exactly one entry"
        )
    match next(iter(value.context)):
        case PlainPath(path) if path == text:
            return StorePath.parse(path)
        case PlainPath(path):
            raise EvalError(f"path string '{text}' has context with the different path '{path}'")
        case BuiltOutput(path, output):
            drv = StorePath.parse(path)
            made = outputs.derivation(session, drv).output_paths()[output]
            if str(made) == text:
                return Wanted(drv=drv, outputs=frozenset({output}))
            raise EvalError(
                f"string '{text}' has context with the output '{output}' from derivation '{drv}', "
                "but the string is not the right placeholder for this derivation output. "
                f"It should be '{made}'"
            )
        case _:
            raise EvalError(
                f"string '{text}' has a context which refers to a complete source and "
                "binary closure. This is not supported at this time"
            )


def _limits(session: Session, value: Mapping[str, Any]) -> Limits:
    """The seconds that a package gives itself: ``meta.timeout``, ``meta.maxSilent``."""
    force = session.evaluator.force
    meta = force(value.get("meta", {}))

    def seconds(name: str) -> float | None:
        found = force(meta[name]) if isinstance(meta, dict) and name in meta else None
        return float(found) if isinstance(found, int) else None

    return Limits(timeout=seconds("timeout"), max_silent=seconds("maxSilent"))
