"""``FLAKE#ATTRIBUTE``: from the words of a command line to a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.cli.attribute import split_attribute, split_installable
from builder.cli.errors import UsageError
from builder.cli.session import Session
from builder.lang.errors import nearest
from builder.realise.settings import current_system

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
