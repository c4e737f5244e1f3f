"""Messages that show definitions."""

from __future__ import annotations

from collections.abc import Sequence

from builder.lang.errors import NixError, ThrownError
from builder.lang.printing import brief
from builder.lang.thunks import force
from builder.modules.definition import Definition, Loc, priority_of, show_loc

_MOST_LINES = 5
_WIDTH = 160


def _shown(definition: Definition) -> str:
    try:
        text = brief(force(definition.value))
    except NixError as error:
        return f" <error: {error.message.splitlines()[0]}>"
    if len(text) > _WIDTH:
        text = text[:_WIDTH] + "..."
    lines = text.split("\n")
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], "..."]
    return " " + "\n    ".join(lines)


def list_definitions(definitions: Sequence[Definition]) -> str:
    """A line for each definition: where it is and what it says."""
    return "".join(f"\n- In `{d.where}':{_shown(d)}" for d in definitions)


def list_with_priorities(definitions: Sequence[Definition]) -> str:
    """As `list_definitions`, with each definition's priority."""
    return "".join(
        f"\n- In `{d.where}' (priority {priority_of(d)}):{_shown(d)}" for d in definitions
    )


def conflict(loc: Loc, definitions: Sequence[Definition], hint: str = "") -> ThrownError:
    """The error for definitions of one option that cannot stand together."""
    return ThrownError(
        f"The option `{show_loc(loc)}' has conflicting definition values:"
        f"{list_definitions(definitions)}\n"
        + (
            hint
            or "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any "
            "of these definitions."
        )
    )


def not_unique(loc: Loc, definitions: Sequence[Definition], message: str = "") -> ThrownError:
    """The error for an option that only one definition may set."""
    head = f"{message}\n" if message else ""
    return ThrownError(
        f"The option `{show_loc(loc)}' is defined multiple times while it's expected to be "
        f"unique.\n{head}Definition values:{list_definitions(definitions)}\n"
        "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these "
        "definitions."
    )
