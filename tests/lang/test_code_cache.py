"""Compiled code that is kept is that of this compiler."""

from __future__ import annotations

import ast
from pathlib import Path

from builder.lang import cache

FOLDER = Path(cache.__file__).parent


def imported(module: str) -> set[str]:
    """The modules of the language that a module of it names."""
    tree = ast.parse((FOLDER / module).read_text(encoding="utf-8"))
    return {
        f"{node.module.removeprefix('builder.lang.')}.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith("builder.lang.")
    }


def test_all_that_decides_what_code_is_made_marks_what_is_kept() -> None:
    found: set[str] = set()
    waiting = {"compiler.py", "parser.py"}
    while waiting:
        module = waiting.pop()
        found.add(module)
        waiting |= imported(module) - found
    assert set(cache._MODULES) == found - {"errors.py"}
