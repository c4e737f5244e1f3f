"""What ``flake.nix`` declares: its description and its inputs, not yet its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from builder.flake.errors import FlakeError
from builder.flake.reference import FlakeRef, parse_reference
from builder.lang.evaluator import Evaluator
from builder.lang.values import ContextString, formals_of

_MEMBERS = ("description", "inputs", "nixConfig", "outputs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An input as declared: it has a reference, or follows another input."""

    reference: FlakeRef | None = None
    follows: tuple[str, ...] | None = None
    is_flake: bool = True
    overrides: Mapping[str, Input] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A flake's declaration; `outputs` is the function, not yet called."""

    file: str
    description: str
    inputs: Mapping[str, Input]
    outputs: object


def read_declaration(evaluator: Evaluator, file: str, base: Path) -> Declaration:
    """Read the ``flake.nix`` at `file`; relative references are relative to `base`.

    Raises `FlakeError` for what a flake may not have, `EvalError` from evaluation.
    """
    value = evaluator.force(evaluator.eval_file(file))
    if not isinstance(value, dict):
        raise FlakeError(f"'{file}' must be an attribute set")
    for name in value:
        if name not in _MEMBERS:
            raise FlakeError(
                f"flake '{file}' has an unsupported attribute '{name}'",
                hint=f"a flake has {', '.join(_MEMBERS)}",
            )
    if "outputs" not in value:
        raise FlakeError(f"flake '{file}' has no attribute 'outputs'")
    outputs = evaluator.force(value["outputs"])
    inputs = _inputs(evaluator, value.get("inputs", {}), base, file)
    # An argument of `outputs` that is not declared is an input by the registry's name.
    formals = formals_of(outputs) if callable(outputs) and hasattr(outputs, "__code__") else None
    for name in () if formals is None else formals.names:
        if name != "self":
            inputs.setdefault(name, Input())
    for name, declared in inputs.items():
        if declared.reference is None and declared.follows is None:
            named = FlakeRef(type="indirect", attributes={"id": name})
            inputs[name] = replace(declared, reference=named)
    return Declaration(
        file=file,
        description=_text(evaluator, value.get("description", "")),
        inputs=inputs,
        outputs=outputs,
    )


def _text(evaluator: Evaluator, value: object) -> str:
    value = evaluator.force(value)
    if isinstance(value, ContextString):
        value = value.text
    if not isinstance(value, str):
        raise FlakeError("expected a string in flake.nix")
    return value


def _inputs(evaluator: Evaluator, value: object, base: Path, file: str) -> dict[str, Input]:
    members = evaluator.force(value)
    if not isinstance(members, dict):
        raise FlakeError(f"'inputs' of '{file}' must be an attribute set")
    return {name: _input(evaluator, members[name], base, file, name) for name in sorted(members)}


def _input(evaluator: Evaluator, value: object, base: Path, file: str, name: str) -> Input:
    members = evaluator.force(value)
    if not isinstance(members, dict):
        raise FlakeError(f"input '{name}' of '{file}' must be an attribute set")
    plain: dict[str, Any] = {}
    follows: tuple[str, ...] | None = None
    is_flake = True
    overrides: dict[str, Input] = {}
    for key in sorted(members):
        match key:
            case "flake":
                is_flake = bool(evaluator.force(members[key]))
            case "follows":
                # The empty path is the flake itself.
                follows = tuple(part for part in _text(evaluator, members[key]).split("/") if part)
            case "inputs":
                overrides = _inputs(evaluator, members[key], base, file)
            case _:
                item = evaluator.force(members[key])
                plain[key] = item.text if isinstance(item, ContextString) else item
    reference = None
    if "url" in plain and "type" not in plain:
        url = str(plain.pop("url"))
        reference = parse_reference(url, base, names=True)
        reference = reference.with_attributes(**plain)
    elif plain:
        reference = FlakeRef.from_json(plain)
    return Input(reference=reference, follows=follows, is_flake=is_flake, overrides=overrides)
