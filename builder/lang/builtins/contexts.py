"""What strings refer to."""

from __future__ import annotations

from typing import Any

from builder.lang.builtins.table import PURE, text_and_context
from builder.lang.coerce import make_string
from builder.lang.context import BuiltOutput, DeepDerivation, Element, PlainPath
from builder.lang.errors import EvalError
from builder.lang.expect import want_attrs, want_bool, want_list, want_string, want_text
from builder.lang.thunks import force
from builder.lang.values import ContextString


def _string(value: Any) -> tuple[str, frozenset[Any]]:
    value = force(value)
    if isinstance(value, dict) and "outPath" in value:
        return _string(value["outPath"])
    return text_and_context(want_string(value))


@PURE.add("hasContext", "s")
def has_context(value: Any) -> bool:
    """Whether a string refers to anything in the store."""
    return type(want_string(value)) is ContextString


@PURE.add("unsafeDiscardStringContext", "s")
def discard_context(value: Any) -> str:
    """The mere text of a string."""
    return _string(value)[0]


@PURE.add("unsafeDiscardOutputDependency", "s")
def discard_output_dependency(value: Any) -> Any:
    """Refer to `.drv` files as files, not to all that they build."""
    text, context = _string(value)
    changed = {PlainPath(e.path) if isinstance(e, DeepDerivation) else e for e in context}
    return make_string(text, changed)


@PURE.add("addDrvOutputDependencies", "s")
def add_output_dependencies(value: Any) -> Any:
    """Refer to a `.drv` file with all that it builds."""
    text, context = _string(value)
    if len(context) != 1:
        raise EvalError(
            f"context of string '{text}' must have exactly one element, but has {len(context)}"
        )
    (element,) = context
    if isinstance(element, BuiltOutput):
        raise EvalError(
            "`addDrvOutputDependencies` can only act on derivations, not on a derivation "
            f"output such as '{element.output}'"
        )
    if not element.path.endswith(".drv"):
        raise EvalError(f"path '{element.path}' is not a derivation")
    return make_string(text, {DeepDerivation(element.path)})


@PURE.add("getContext", "s")
def get_context(value: Any) -> dict[str, Any]:
    """What a string refers to: path → `{ path, allOutputs, outputs }`."""
    _, context = _string(value)
    result: dict[str, Any] = {}
    outputs: dict[str, list[Any]] = {}
    for element in context:
        entry = result.setdefault(element.path, {})
        if isinstance(element, PlainPath):
            entry["path"] = True
        elif isinstance(element, DeepDerivation):
            entry["allOutputs"] = True
        else:
            outputs.setdefault(element.path, []).append(element.output)
    for path, names in outputs.items():
        result[path]["outputs"] = sorted(names)
    return result


@PURE.add("appendContext", "ss")
def append_context(value: Any, more: Any) -> Any:
    """A string that refers to more (in the form that `getContext` gives)."""
    text, context = text_and_context(want_string(value))
    added: set[Element] = set(context)
    for path, entry in want_attrs(more).items():
        fields = want_attrs(entry)
        if "path" in fields and want_bool(fields["path"]):
            added.add(PlainPath(path))
        if "allOutputs" in fields and want_bool(fields["allOutputs"]):
            if not path.endswith(".drv"):
                raise EvalError(
                    f"tried to add all-outputs context of {path}, which is not a derivation, "
                    "to a string"
                )
            added.add(DeepDerivation(path))
        for output in want_list(fields.get("outputs", [])):
            if not path.endswith(".drv"):
                raise EvalError(
                    f"tried to add derivation output context of {path}, which is not a "
                    "derivation, to a string"
                )
            added.add(BuiltOutput(path, want_text(output)))
    return make_string(text, added)
