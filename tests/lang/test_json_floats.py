"""Floats in JSON, digit by digit as the reference has them."""

from __future__ import annotations

import json
import math
import random
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.lang.json_floats import json_float
from tests.reference import nix


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (100.0, "100.0"),
        (0.0001, "0.0001"),
        (-1.5e-5, "-1.5e-05"),
        (1e14, "100000000000000.0"),
        (1e15, "1e+15"),
        (1234567890123456.0, "1.234567890123456e+15"),
        # Neither the shortest nor the closest digits.
        (182.250001658475, "182.25000165847501"),
        (1e23, "9.999999999999999e+22"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
    ],
)
def test_text(value: float, text: str) -> None:
    assert json_float(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_gives_the_float_back(value: float) -> None:
    again = json.loads(json_float(value))
    assert again == value
    assert math.copysign(1, again) == math.copysign(1, value)


def test_many_are_the_references(tmp_path: Path) -> None:
    chance = random.Random(26)
    values = [chance.uniform(-1, 1) * 10.0 ** chance.randint(-20, 20) for _ in range(2000)]
    values += [2.0**power for power in range(-1074, 1024)]
    values += [struct.unpack("<d", chance.randbytes(8))[0] for _ in range(4000)]
    values = [value for value in values if math.isfinite(value)]
    file = tmp_path / "floats.json"
    file.write_text(json.dumps(values))
    program = f"builtins.toJSON (builtins.fromJSON (builtins.readFile {file}))"
    ran = nix().run(
        "nix-instantiate", "--store", "dummy://", "--eval", "--json", "--expr", program,
        see=[tmp_path],
    )  # fmt: skip
    theirs = json.loads(ran.out)[1:-1].split(",")
    assert [json_float(value) for value in values] == theirs
    assert any(repr(value) != text for value, text in zip(values, theirs, strict=True))
