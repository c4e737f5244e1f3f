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
        own = _own(session, value)
        outputs = session.evaluator.force(value.get("outputs"))
        first = outputs[:1] if isinstance(outputs, list) else []
        # `package.dev` of a plain derivation says only by its name that it was chosen.
        chosen = own != MAIN and own not in map(session.evaluator.force, first)
        if _is_specified(session, value) or chosen:
            return [own]
        meta = session.evaluator.force(value.get("meta"))
        wanted = _to_install(session, meta) if isinstance(meta, dict) else None
        return wanted or [MAIN if MAIN in has else own]

    return unnamed


def of_expression(session: Session, value: Mapping[str, Any]) -> Unnamed:
    """As `nix build --expr` has it: the output that was chosen by ``outputSpecified``, or those
    of ``meta.outputsToInstall``, or all that the forced `value` tells."""

    def unnamed(has: frozenset[str]) -> Collection[str]:
        if _is_specified(session, value):
            return [_own(session, value)]
        outputs = _texts(session, value["outputs"]) if "outputs" in value else []
        meta = session.evaluator.force(value.get("meta", {}))
        if not isinstance(meta, dict):
            raise _mismatch("a set", meta)
        wanted = _to_install(session, meta)
        if wanted is not None and not {*wanted} <= {*outputs, MAIN}:
            raise _bad_outputs()
        return (outputs if wanted is None else wanted) or [MAIN]

    return unnamed


def _is_specified(session: Session, value: Mapping[str, Any]) -> bool:
    said = session.evaluator.force(value.get("outputSpecified", False))
    if not isinstance(said, bool):
        raise _mismatch("a Boolean", said)
    return said


def _own(session: Session, value: Mapping[str, Any]) -> str:
    return _text(session, value.get("outputName", MAIN))


def _to_install(session: Session, meta: Mapping[str, Any]) -> list[str] | None:
    """Those of ``meta.outputsToInstall``; None where it does not say."""
    if "outputsToInstall" not in meta:
        return None
    names = session.evaluator.force(meta["outputsToInstall"])
    if not isinstance(names, list):
        raise _bad_outputs()
    forced = [session.evaluator.force(name) for name in names]
    if not all(isinstance(name, str) for name in forced):
        raise _bad_outputs()
    return forced


def _text(session: Session, value: Any) -> str:
    from builder.lang.values import ContextString

    text = session.evaluator.force(value)
    if isinstance(text, ContextString):
        text = text.text
    if not isinstance(text, str):
        raise _mismatch("a string", text)
    return text


def _texts(session: Session, value: Any) -> list[str]:
    items = session.evaluator.force(value)
    if not isinstance(items, list):
        raise _mismatch("a list", items)
    return [_text(session, item) for item in items]


def _mismatch(wanted: str, value: Any) -> Exception:
    # Imported here: a mere store path needs no language.
    from builder.lang.expect import mismatch

    return mismatch(wanted, value)


def _bad_outputs() -> Exception:
    from builder.lang.errors import EvalError

    return EvalError("this derivation has bad 'meta.outputsToInstall'")
