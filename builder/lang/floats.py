"""Floats as C prints them."""

from __future__ import annotations

import math


def float_text(value: float, form: str) -> str:
    """A float by a format of C's and Python's, "g" or "f"; that no number is one has a sign too."""
    if math.isnan(value):
        return "-nan" if math.copysign(1.0, value) < 0 else "nan"
    return format(value, form)
