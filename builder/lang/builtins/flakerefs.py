"""`parseFlakeRef` and `flakeRefToString`."""

from __future__ import annotations

from typing import Any

from builder.lang.builtins.table import World
from builder.lang.errors import EvalError
from builder.lang.expect import want_attrs, want_plain
from builder.lang.reference_texts import parse, show
from builder.lang.reference_types import Reference
from builder.lang.symbols import in_order
from builder.lang.thunks import force
from builder.lang.values import Builtin, describe


def install(world: World) -> dict[str, Builtin]:
    """`parseFlakeRef` and `flakeRefToString`."""

    def parse_flake_ref(text: Any) -> Any:
        """The attributes of a flake reference."""
        return parse(want_plain(text), world.host.trace)

    def flake_ref_to_string(attrs: Any) -> str:
        """The text of a flake reference's attributes."""
        return show(_given(attrs), world.host.trace)

    runs = {"parseFlakeRef": parse_flake_ref, "flakeRefToString": flake_ref_to_string}
    return {name: Builtin(name, "s", run) for name, run in runs.items()}


def _given(attrs: Any) -> Reference:
    """What `flakeRefToString` is given. Raises `EvalError`."""
    given = want_attrs(attrs)
    reference: Reference = {}
    for name in in_order(given):
        value = force(given[name])
        if isinstance(value, int) and not isinstance(value, bool) and value < 0:
            raise EvalError(f"negative value given for flake ref attr {name}: {value}")
        if isinstance(value, (str, int)):
            reference[name] = value
        else:
            raise EvalError(
                f"flake reference attribute sets may only contain integers, Booleans, and strings, "
                f"but attribute '{name}' is {describe(value)}"
            )
    return reference
