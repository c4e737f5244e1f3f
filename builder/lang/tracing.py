"""From a Python traceback to a Nix trace.

Generated code carries Nix positions (see `emit`), so the frames of a traceback
that belong to it say which expressions were being evaluated. What each frame
was about is found in the tree, which is read again only now.
"""

from __future__ import annotations

from itertools import islice
from types import FrameType, TracebackType

from builder.lang.compiled import TOP_LEVEL
from builder.lang.errors import (
    Aborted,
    ArgumentMismatch,
    EvalError,
    NixError,
    Note,
    StackOverflow,
    ThrownError,
)
from builder.lang.loaded import LoadedSource
from builder.lang.source import Pos
from builder.lang.tree import (
    Apply,
    Binding,
    DynamicBinding,
    Expr,
    Formal,
    Function,
    Select,
    Var,
)

_MOST = 60  # frames looked at from either end of a traceback
Node = Expr | Binding | DynamicBinding | Formal
Frame = tuple[LoadedSource, tuple[int, int, int, int]]


def _frame(frame: FrameType, lasti: int) -> Frame | None:
    code = frame.f_code
    if code.co_filename != "<nix>":
        return None
    source = frame.f_globals.get("SOURCE")
    if not isinstance(source, LoadedSource):
        return None
    place = next(islice(code.co_positions(), lasti // 2, None), None)
    if place is None or None in place[:3]:
        return None
    line, end_line, column, end_column = (number or 0 for number in place)
    return source, (line, column + 1, end_line, end_column + 1)


def _frames(traceback: TracebackType | None) -> list[Frame]:
    """The generated frames of a traceback, outermost first, the middle of long ones left out."""
    found: list[tuple[FrameType, int]] = []
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<nix>":
            found.append((traceback.tb_frame, traceback.tb_lasti))
        traceback = traceback.tb_next
    if len(found) > 2 * _MOST:
        found = found[:_MOST] + found[-_MOST:]
    frames = (_frame(frame, lasti) for frame, lasti in found)
    return [frame for frame in frames if frame is not None]


def builtin_called(node: Node) -> str | None:
    """The name of the builtin that an application names directly."""
    if not isinstance(node, Apply):
        return None
    function = node.function
    if isinstance(function, Select) and isinstance(function.subject, Var):
        if function.subject.name == "builtins" and isinstance(function.path[0], str):
            return function.path[0]
        return None
    if isinstance(function, Var):
        if function.name in TOP_LEVEL:
            return function.name
        if function.name.startswith("__"):
            return function.name[2:]
    return None


def _function_name(path: list[Node], index: int) -> str:
    """The name that a function was bound to: its binding, curried functions between."""
    for node in reversed(path[:index]):
        if isinstance(node, Binding):
            return f"'{node.name}'"
        if not isinstance(node, Function):
            break
    return "anonymous lambda"


def _owner(source: LoadedSource, path: list[Node]) -> Note | None:
    """What the code around the innermost node computes: an attribute or a function's body."""
    for index in range(len(path) - 1, -1, -1):
        node = path[index]
        if isinstance(node, Binding):
            return Note(f"while evaluating the attribute '{node.name}'", source.source.at(node.pos))
        if isinstance(node, DynamicBinding):
            return Note("while evaluating a dynamic attribute", source.source.at(node.pos))
        if isinstance(node, Function):
            name = _function_name(path, index)
            return Note(f"while calling {name}", source.source.at(node.pos))
    return None


def locate(error: NixError) -> NixError:
    """Fill in where an error happened and its trace, once."""
    if error.located:
        return error
    error.located = True
    notes: list[Note] = []
    last: Pos | None = None
    called = "'anonymous lambda'"
    for source, place in _frames(error.__traceback__):
        path = source.path_to(*place)
        at = source.pos(place[0], place[1])
        owner = _owner(source, path)
        if owner is not None and (not notes or notes[-1] != owner):
            notes.append(owner)
        last = at
        node = path[-1] if path else None
        if isinstance(node, Function) and isinstance(error, ArgumentMismatch):
            name = _function_name(path, len(path) - 1)
            called = name if name.startswith("'") else f"'{name}'"
        builtin = builtin_called(node) if isinstance(node, Expr) else None
        if builtin is not None:
            notes.append(Note(f"while calling the '{builtin}' builtin", at))
            last = None
    if isinstance(error, ArgumentMismatch):
        error.message = error.message.replace("function", f"function {called}", 1)
    # What `throw` says is about the program's data, not about the place of the call.
    if error.pos is None and not isinstance(error, (ThrownError, Aborted)):
        error.pos = last
    error.trace = [*reversed(error.contexts), *notes]
    return error


def translate(error: BaseException) -> BaseException:
    """A located Nix error for what evaluation raised; other exceptions stay as they are."""
    if isinstance(error, NixError):
        return locate(error)
    made: NixError
    if isinstance(error, RecursionError):
        made = StackOverflow("stack overflow; max-call-depth exceeded")
    elif isinstance(error, FileNotFoundError):
        made = EvalError(f"path '{error.filename}' does not exist")
    elif isinstance(error, OSError):
        made = EvalError(f"cannot read '{error.filename}': {error.strerror}")
    else:
        return error
    made.__traceback__ = error.__traceback__
    return locate(made)


def _excerpt(pos: Pos) -> list[str]:
    """The source line with its neighbours and a caret."""
    if pos.text is None:
        return []
    lines = pos.text.split("\n")
    if not 1 <= pos.line <= len(lines):
        return []
    shown = []
    for number in (pos.line - 1, pos.line, pos.line + 1):
        if not 1 <= number <= len(lines) or (number > pos.line and not lines[number - 1]):
            continue
        shown.append(f"{'':7}{number:6}| {lines[number - 1]}".rstrip())
        if number == pos.line:
            row = lines[number - 1].encode("utf-8", "surrogateescape")
            before = row[: pos.column - 1].decode("utf-8", "surrogateescape")
            shown.append(f"{'':13}| {' ' * len(before)}^")
    return shown


def format_error(error: NixError, *, show_trace: bool = False) -> str:
    """The whole message, laid out as Nix 2.26 does; no newline at the end."""
    locate(error)
    message: list[str] = []
    lines = error.message.split("\n")
    trace = error.trace
    hidden = 0
    if not show_trace and len(trace) > 4:
        hidden = len(trace) - 4
        trace = [*trace[:1], *trace[-3:]]
    for index, note in enumerate(trace):
        message.append(f"       … {note.text}")
        if note.pos is not None:
            message.append(f"         at {note.pos}:")
            message.extend(_excerpt(note.pos))
        message.append("")
        if index == 0 and hidden:
            message.append(
                f"       ({hidden} more; use '--show-trace' to show the full, detailed trace)"
            )
            message.append("")
    if trace:
        message.insert(0, "error:")
        lead = "       error: "
    else:
        lead = "error: "
    message.append(lead + lines[0])
    message.extend(f"{'':7}{line}".rstrip() for line in lines[1:])
    if error.pos is not None:
        message.append(f"       at {error.pos}:")
        message.extend(_excerpt(error.pos))
    if error.suggestions:
        *first, last = error.suggestions
        names = f"one of {', '.join(first)} or {last}" if first else last
        message.append(f"       Did you mean {names}?")
    return "\n".join(message)
