"""The order of activation steps."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def ordered(steps: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of `steps` (name to the names it comes after), each after what it needs.

    Names that could come first are taken in alphabetical order. Raises
    ValueError for a name that is not there and for a circle.
    """
    done: list[str] = []
    state: dict[str, bool] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if state.get(name):
            return
        if name not in steps:
            raise ValueError(f"step '{above[-1]}' comes after '{name}', which does not exist")
        if name in state:
            raise ValueError(f"steps wait for each other: {' -> '.join([*above, name])}")
        state[name] = False
        for other in sorted(steps[name]):
            visit(other, (*above, name))
        state[name] = True
        done.append(name)

    for name in sorted(steps):
        visit(name, ())
    return done
