"""The set of builtins, and values that survive being written and read."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost
from builder.lang.printing import print_plain
from tests.reference import nix

EVALUATOR = Evaluator(LocalHost(system="x86_64-linux"))

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 2**63 - 1)  # Nix cannot read `[ -1 ]`, which it prints
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


class Impure(LocalHost):
    """A host that tells the time."""

    @property
    def current_time(self) -> int | None:
        return 1


def test_same_names() -> None:
    """The builtins are those of the reference, no more and no less."""
    ran = nix().eval("builtins.attrNames builtins", "--strict", "--json")
    evaluator = Evaluator(Impure(system="x86_64-linux"))
    assert sorted(evaluator.builtins) == json.loads(ran.out)


@given(VALUES)
def test_printed_values_are_read_back(value: object) -> None:
    """What is printed is an expression for the same value, and JSON goes both ways."""
    text = EVALUATOR.run(lambda: print_plain(value))
    assert EVALUATOR.eval_string(text) == value
    there_and_back = EVALUATOR.eval_string("v: builtins.fromJSON (builtins.toJSON v)")
    assert EVALUATOR.call(there_and_back, value) == value
