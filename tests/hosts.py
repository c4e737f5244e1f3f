"""Evaluators over a store in which nothing is built."""

from __future__ import annotations

from typing import Any

from builder.flake.host import StoreHost
from builder.lang.evaluator import Evaluator
from builder.lang.json_text import to_json
from builder.store.local import LocalStore


def no_build(wanted: object, known: object) -> None:
    raise AssertionError("nothing is built here")


def idle_host(store: LocalStore, *, pure: bool = False, **more: Any) -> StoreHost:
    """A host that fails when something is to be built; what it says goes nowhere unless
    `more`, further arguments of `StoreHost`, says so."""
    given: dict[str, Any] = {"system": "x86_64-linux", "say": lambda _: None, **more}
    return StoreHost(lambda: store, pure=pure, build=no_build, **given)


def plain_value(evaluator: Evaluator, text: str) -> Any:
    """The value of an expression as JSON has it."""
    value = evaluator.eval_string(text)
    return evaluator.run(lambda: to_json(value, set(), evaluator.coercion))
