"""The order of activation steps."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switcher.steps import ordered

names = st.lists(st.text("abcdef", min_size=1, max_size=3), unique=True, max_size=12)


@given(names, st.randoms(use_true_random=False))
def test_each_comes_after_what_it_needs(given_names: list[str], chance: random.Random) -> None:
    steps = {
        name: [other for other in given_names[:number] if chance.random() < 0.3]
        for number, name in enumerate(given_names)
    }
    order = ordered(steps)
    assert sorted(order) == sorted(steps)
    for name, needed in steps.items():
        assert all(order.index(other) < order.index(name) for other in needed)
    shuffled = list(steps)
    chance.shuffle(shuffled)
    assert ordered({name: steps[name][::-1] for name in shuffled}) == order


def test_a_circle_is_shown() -> None:
    with pytest.raises(ValueError, match="wait for each other: a -> b -> c -> a"):
        ordered({"a": ["b"], "b": ["c"], "c": ["a"]})


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(ValueError, match="'a' comes after 'x', which does not exist"):
        ordered({"a": ["x"]})
