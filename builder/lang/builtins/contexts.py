"""What strings refer to."""

from __future__ import annotations

from typing import Any

from builder.lang.builtins.table import PURE, World, text_and_context
from builder.lang.coerce import make_string
from builder.lang.context import BuiltOutput, DeepDerivation, Element, PlainPath
from builder.lang.errors import EvalError
from builder.lang.expect import (
    optional_in,
    want_attrs,
    want_bool,
    want_in,
    want_list,
    want_string,
    want_text,
)
from builder.lang.host import Host
from builder.lang.paths import STORE_PATH, canonical
from builder.lang.symbols import in_order
from builder.lang.thunks import place_in
from builder.lang.values import Builtin, ContextString
from builder.lang.words import attribute

_FIELD = "while evaluating the `{}` attribute of a string context"


@PURE.add("hasContext", "s")
def has_context(value: Any) -> bool:
    """Whether a string refers to anything in the store."""
    return type(want_string(value)) is ContextString


@PURE.add("getContext", "s")
def get_context(value: Any) -> dict[str, Any]:
    """What a string refers to: path → `{ path, allOutputs, outputs }`."""
    _, context = text_and_context(want_string(value))
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


def _append_context(host: Host, value: Any, more: Any) -> Any:
    """A string that refers to more (in the form that `getContext` gives)."""
    text, context = text_and_context(want_string(value))
    added: set[Element] = set(context)
    given = want_attrs(more)
    for name in in_order(given):
        path = canonical(name) if name.startswith("/") else name
        if STORE_PATH.fullmatch(path) is None:
            shown = attribute(name)
            raise EvalError(f"context key '{shown}' is not a store path", place_in(given, name))
        host.ensure(path)
        fields = want_in(given, name, want_attrs, "while evaluating the value of a string context")
        if optional_in(fields, "path", want_bool, _FIELD.format("path"), False):
            added.add(PlainPath(path))
        if optional_in(fields, "allOutputs", want_bool, _FIELD.format("allOutputs"), False):
            if not path.endswith(".drv"):
                raise EvalError(
                    f"tried to add all-outputs context of {attribute(name)}, which is not a "
                    "derivation, to a string",
                    place_in(given, name),
                )
            added.add(DeepDerivation(path))
        none: list[Any] = []
        for output in optional_in(fields, "outputs", want_list, _FIELD.format("outputs"), none):
            if not path.endswith(".drv"):
                raise EvalError(
                    f"tried to add derivation output context of {attribute(name)}, which is not a "
                    "derivation, to a string",
                    place_in(given, name),
                )
            added.add(BuiltOutput(path, want_text(output)))
    return make_string(text, added)


def install(world: World) -> dict[str, Builtin]:
    """Those that ask the host, or take whatever can become a string."""

    def coerced(value: Any) -> tuple[str, frozenset[Element]]:
        context: set[Element] = set()
        text = world.coercion.text(value, context)
        return text, frozenset(context)

    def append(value: Any, more: Any) -> Any:
        return _append_context(world.host, value, more)

    def discard(value: Any) -> str:
        return coerced(value)[0]

    def discard_outputs(value: Any) -> Any:
        # Refer to `.drv` files as files, not to all that they build.
        text, context = coerced(value)
        changed: set[Element] = {
            PlainPath(e.path) if isinstance(e, DeepDerivation) else e for e in context
        }
        return make_string(text, changed)

    def add_outputs(value: Any) -> Any:
        # Refer to a `.drv` file with all that it builds.
        text, context = coerced(value)
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

    runs = {
        "unsafeDiscardStringContext": discard,
        "unsafeDiscardOutputDependency": discard_outputs,
        "addDrvOutputDependencies": add_outputs,
    }
    made = {name: Builtin(name, "s", run) for name, run in runs.items()}
    made["appendContext"] = Builtin("appendContext", "sl", append)
    return made
