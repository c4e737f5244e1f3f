"""Evaluating modules in tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost
from builder.lang.printing import print_value
from builder.modules.session import module_evaluator

LIB = Path(__file__).parents[2] / "configs" / "lib"
Show = Callable[[str], str]


_SAID: list[str] = []


class _Host(LocalHost):
    """The local files; what is traced is kept."""

    def trace(self, message: str) -> None:
        _SAID.append(message)


@pytest.fixture(scope="session")
def modules() -> Evaluator:
    """An evaluator with the module engine."""
    return module_evaluator(_Host(system="x86_64-linux"))


@pytest.fixture
def said() -> list[str]:
    """What evaluation says from now on."""
    _SAID.clear()
    return _SAID


@pytest.fixture
def show(modules: Evaluator) -> Show:
    """The printed value of an expression in which `lib` is in scope."""

    def run(text: str, base: str = "/") -> str:
        value = modules.eval_string(f"with import {LIB};\n{text}", base, "test.nix")
        return modules.run(lambda: print_value(value))

    return run


@pytest.fixture
def config(show: Show) -> Show:
    """The printed configuration of a list of modules."""

    def run(text: str) -> str:
        return show(f"(evalModules {{ modules = [\n{text}\n]; }}).config")

    return run
