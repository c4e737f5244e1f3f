"""Messages that show definitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from builder.lang.errors import NixError, ThrownError
from builder.modules.definition import Definition, Loc, show_loc
from builder.modules.pretty import shown

ADVICE = (
    "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these "
    "definitions."
)


def list_definitions(definitions: Sequence[Definition]) -> str:
    """A line for each definition: where it is and what it says."""
    return "".join(f"\n- In `{d.where}'{_shown(d)}" for d in definitions)


def _shown(definition: Definition) -> str:
    try:
        return shown(definition.value)
    except NixError as error:
        error.within(f"while evaluating a definition from `{definition.where}'")
        raise


def list_files(files: Iterable[str]) -> str:
    """Files as text."""
    return " and ".join(f"`{file}'" for file in files)


def conflict(loc: Loc, definitions: Sequence[Definition]) -> ThrownError:
    """The error for definitions of one option that cannot stand together."""
    return ThrownError(
        f"The option `{show_loc(loc)}' has conflicting definition values:"
        f"{list_definitions(definitions)}\n{ADVICE}"
    )


def not_unique(loc: Loc, definitions: Sequence[Definition], message: str = "") -> ThrownError:
    """The error for an option that only one definition may set."""
    head = f"{message}\n" if message else ""
    return ThrownError(
        f"The option `{show_loc(loc)}' is defined multiple times while it's expected to be "
        f"unique.\n{head}Definition values:{list_definitions(definitions)}\n{ADVICE}"
    )
