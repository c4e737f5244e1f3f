"""The page on types names all types, and no others."""

from __future__ import annotations

import re

from builder.lang.localhost import LocalHost
from builder.manual.library import LIBRARY, PAGE
from builder.modules.session import module_evaluator

# Ways to make types, and to look at them; the library's page has them.
MAKING = {
    "defaultFunctor",
    "defaultTypeMerge",
    "isOptionType",
    "isType",
    "mergeTypes",
    "mkOptionType",
    "optionDescriptionPhrase",
    "serializableValueWith",
    "setType",
}


def test_types_page() -> None:
    """Each type's name stands in the first column of a table."""
    evaluator = module_evaluator(LocalHost())
    types = evaluator.eval_string(f"(import {LIBRARY}).types")
    names = {name for name in types if name not in {"ints", "numbers"}} - MAKING
    for family in ("ints", "numbers"):
        inside = evaluator.force(types[family])
        names |= {f"{family}.{name}" for name in inside}
    rows = re.findall(r"^\| (`.*?) \|", PAGE.with_name("types.md").read_text(), re.MULTILINE)
    told = {word for row in rows for word in re.findall(r"`([\w.]+)", row)}
    assert told == names
