"""Which outputs of a derivation an installable stands for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from builder.cli.built import MAIN
from builder.cli.errors import UsageError
from builder.cli.session import Session
from builder.store.derivation import Derivation
from builder.store.paths import StorePath

Unnamed = Callable[[frozenset[str]], Collection[str]]
"""From the outputs that a derivation has to those that are meant where none are named."""


def chosen_outputs(
    session: Session, drv: StorePath, named: tuple[str, ...], unnamed: Unnamed
) -> frozenset[str]:
    """The outputs of `drv` that are built; `named` as `split_outputs` gives it.

    Raises `UsageError` for one that `drv` has not.
    """
    has = frozenset(derivation(session, drv).outputs)
    wanted = has if named == ("*",) else frozenset(named or unnamed(has))
    if missing := sorted(wanted - has):
        quoted = ", ".join(f"'{name}'" for name in missing)
        raise UsageError(
            f"derivation '{drv}' does not have wanted outputs {quoted}",
            hint=f"it has {', '.join(sorted(has))}",
        )
    return wanted


def derivation(session: Session, drv: StorePath) -> Derivation:
    """One that was evaluated, or that lies in the store; raises `InvalidPath`."""
    return session.host.derivations.get(drv) or session.store.read_derivation(drv)


def of_flake(session: Session, value: Mapping[str, Any]) -> Unnamed:
    """That output which the forced `value` itself is, or those of ``meta.outputsToInstall``,
    or ``out``."""

    def unnamed(has: frozenset[str]) -> list[str]:
        own = _text(session, value.get("outputName", MAIN))
        first = _texts(session, value.get("outputs", [MAIN]))[:1]
        # `package.dev` of a plain derivation says only by its name that it was chosen.
        if _is_specified(session, value) or own not in (*first, MAIN):
            return [own]
        return _to_install(session, value) or [MAIN if MAIN in has else own]

    return unnamed


def of_expression(session: Session, value: Mapping[str, Any]) -> Unnamed:
    """As `nix build --expr` has it: the output that was chosen by ``outputSpecified``, or those
    of ``meta.outputsToInstall``, or all."""

    def unnamed(has: frozenset[str]) -> Collection[str]:
        if _is_specified(session, value):
            return [_text(session, value.get("outputName", MAIN))]
        return _to_install(session, value) or has

    return unnamed


def _is_specified(session: Session, value: Mapping[str, Any]) -> bool:
    return session.evaluator.force(value.get("outputSpecified", False)) is True


def _to_install(session: Session, value: Mapping[str, Any]) -> list[str]:
    meta = session.evaluator.force(value.get("meta", {}))
    return _texts(session, meta.get("outputsToInstall", [])) if isinstance(meta, dict) else []


def _text(session: Session, value: Any) -> str:
    return str(session.evaluator.coerce_to_string(value)[0])


def _texts(session: Session, value: Any) -> list[str]:
    return [_text(session, item) for item in session.evaluator.force(value)]
