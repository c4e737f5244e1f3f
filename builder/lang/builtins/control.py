"""Errors, order of evaluation, and messages."""

from __future__ import annotations

from typing import Any

from builder.lang.builtins.table import PURE, World
from builder.lang.errors import (
    Aborted,
    AssertionFailed,
    NixError,
    Shown,
    ThrownError,
)
from builder.lang.expect import want_text
from builder.lang.printing import as_evaluated
from builder.lang.tabs import plain
from builder.lang.thunks import force, force_deep
from builder.lang.values import Builtin, ContextString


@PURE.add("seq", "ss")
def seq(first: Any, second: Any) -> Any:
    """Force the first, give the second."""
    force(first)
    return force(second)


@PURE.add("deepSeq", "ll")
def deep_seq(first: Any, second: Any) -> Any:
    """Force all of the first, give the second."""
    force_deep(first)
    return force(second)


@PURE.add("tryEval", "l")
def try_eval(value: Any) -> dict[str, Any]:
    """Whether a value can be had without `throw` or a failed `assert`, and the value."""
    try:
        force(value)
        # As it was given: it is shown once where it is met again.
        return {"success": True, "value": value}
    except (ThrownError, AssertionFailed):
        return {"success": False, "value": False}


def install(world: World) -> dict[str, Builtin]:
    """Those that coerce or print."""
    host, coercion = world.host, world.coercion

    def message_of(value: Any) -> str:
        return coercion.text(value, set(), copy=True)

    def add_error_context(message: Any, value: Any) -> Any:
        # The message is looked at only when there is an error.
        try:
            return force(value)
        except NixError as error:
            error.passes(coercion.text(message, set(), copy=False), shown=Shown.ALWAYS)
            raise

    def throw(value: Any) -> Any:
        raise ThrownError(message_of(value))

    def abort(value: Any) -> Any:
        raise Aborted(f"evaluation aborted with the following error message: '{message_of(value)}'")

    def shown(value: Any) -> str:
        value = force(value)
        if type(value) is str:
            return value
        if isinstance(value, ContextString):
            return value.text
        return as_evaluated(value)

    def trace(message: Any, value: Any) -> Any:
        host.trace(plain(f"trace: {shown(message)}"))
        return force(value)

    def trace_verbose(message: Any, value: Any) -> Any:
        # Nix evaluates the message only under `trace-verbose`, which is off.
        return force(value)

    def warn(message: Any, value: Any) -> Any:
        head = "evaluation warning: "
        text = want_text(message).rstrip().replace("\n", "\n" + " " * len(head))
        lines = (head + text).split("\n") if text else []
        host.trace(plain("\n".join(line.rstrip() for line in lines)))
        return force(value)

    def break_(value: Any) -> Any:
        # Stops only in a debugger; there is none, so it is the identity.
        return force(value)

    return {
        "addErrorContext": Builtin("addErrorContext", "ll", add_error_context),
        "throw": Builtin("throw", "s", throw),
        "abort": Builtin("abort", "s", abort),
        "trace": Builtin("trace", "sl", trace),
        "traceVerbose": Builtin("traceVerbose", "ll", trace_verbose),
        "warn": Builtin("warn", "sl", warn),
        "break": Builtin("break", "l", break_),
    }
