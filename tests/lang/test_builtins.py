"""The set of builtins, and values that survive being written and read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost
from builder.lang.printing import print_value

REFERENCE = shutil.which("nix-instantiate")
# Fetchers are given by hosts that can fetch; the clock by impure ones.
FROM_HOSTS = {
    "currentTime",
    "fetchClosure",
    "fetchGit",
    "fetchMercurial",
    "fetchTarball",
    "fetchTree",
    "fetchurl",
    "getFlake",
}
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


@pytest.mark.skipif(REFERENCE is None, reason="the reference implementation is not installed")
def test_none_is_missing(tmp_path: Path) -> None:
    """Every builtin of the installed reference is there, but for what hosts give."""
    assert REFERENCE is not None
    done = subprocess.run(
        [REFERENCE, "--eval", "--strict", "--json", "-E", "builtins.attrNames builtins"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NIX_STATE_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert set(json.loads(done.stdout)) - EVALUATOR.builtins.keys() <= FROM_HOSTS


@given(VALUES)
def test_printed_values_are_read_back(value: object) -> None:
    """What is printed is an expression for the same value, and JSON goes both ways."""
    text = EVALUATOR.run(lambda: print_value(value))
    assert EVALUATOR.eval_string(text) == value
    there_and_back = EVALUATOR.eval_string("v: builtins.fromJSON (builtins.toJSON v)")
    assert EVALUATOR.call(there_and_back, value) == value
