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
    DuplicateAttribute,
    EvalError,
    MissingAttribute,
    NixError,
    NotAFunction,
    Note,
    StackOverflow,
    ThrownError,
    TypeMismatch,
)
from builder.lang.loaded import LoadedSource, name_of
from builder.lang.source import Pos
from builder.lang.tabs import plain
from builder.lang.thunks import callee, callee2, callee3
from builder.lang.tree import (
    Apply,
    Assert,
    AttrSet,
    Binary,
    Binding,
    DynamicBinding,
    Expr,
    Formal,
    Function,
    Negate,
    PathLit,
    SearchPath,
    Select,
    Str,
    Var,
)

_MOST = 60  # frames looked at from either end of a traceback
Node = Expr | Binding | DynamicBinding | Formal
_CALL_SITE = "from call site"  # shown only in whole traces
# Operators that are calls of builtins.
_OPERATORS = {
    "-": "sub",
    "*": "mul",
    "/": "div",
    "<": "lessThan",
    ">": "lessThan",
    "<=": "lessThan",
    ">=": "lessThan",
}
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
    if isinstance(node, Negate):
        return "sub"
    if isinstance(node, Binary):
        return _OPERATORS.get(node.operator)
    if not isinstance(node, Apply):
        return None
    function = node.function
    if isinstance(function, Select) and isinstance(function.subject, Var):
        if function.subject.name == "builtins" and isinstance(function.path[0], str):
            return function.path[0]
        return None
    if isinstance(function, Var):
        if function.name in ("true", "false", "null", "builtins"):
            return None
        if function.name in TOP_LEVEL:
            return function.name
        if function.name.startswith("__"):
            return function.name[2:]
    return None


def _function_name(path: list[Node], index: int) -> str:
    """The name that a function was bound to: its binding, curried functions between."""
    name = name_of(path, index)
    return f"'{name}'" if name else "anonymous lambda"


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


def _defined(node: AttrSet, error: DuplicateAttribute) -> int:
    """The offset where the name was bound before."""
    if error.earlier is not None:
        return node.bindings.dynamic[error.earlier].pos
    return next(b.pos for b in node.bindings.static if b.name == error.name)


def _place(error: NixError, source: LoadedSource, node: Node | None, at: Pos) -> Pos | None:
    """The place that an error of the innermost `node` names, if any."""
    if isinstance(node, Binary):
        if node.operator == "+" and error.operand is not None:
            return source.source.at((node.left, node.right)[error.operand].start)
        if node.operator in ("//", "++"):
            return None
    if isinstance(node, AttrSet) and error.operand is not None:
        if isinstance(error, DuplicateAttribute):
            first = _defined(node, error)
            error.message += f" at {source.source.at(first)}"
        return source.source.at(node.bindings.dynamic[error.operand].pos)
    if isinstance(node, SearchPath):
        return None
    old_let = isinstance(node, AttrSet) and source.source.text.startswith("let", node.start)
    if old_let and isinstance(error, MissingAttribute):
        return None  # the old `let { ... body = ...; }`
    if isinstance(error, TypeMismatch) and isinstance(node, (Select, Str, PathLit, Binding)):
        return None
    return at


def _raised_by_call(traceback: TracebackType | None) -> bool:
    """Whether what failed is the call of a function by generated code, not by a builtin."""
    code = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<nix>":
            code = None
        elif code is None:
            code = traceback.tb_frame.f_code
        traceback = traceback.tb_next
    return code in (callee.__code__, callee2.__code__, callee3.__code__)


def _about(error: NixError, node: Node | None) -> str:
    """What was being done where an error without a place of its own came up."""
    match node:
        case Select() | Binding() if isinstance(error, TypeMismatch):
            return "while selecting an attribute"
        case Str() | PathLit():
            return "while evaluating a path segment"
        case Binary(operator="+"):
            return "while evaluating a path segment"
        case Binary(operator="//"):
            return "while evaluating an operand of the update (//) operator"
        case Binary(operator="++"):
            return "while evaluating one of the elements to concatenate"
        case Function():
            return "while evaluating the value passed for the lambda argument"
        case Assert():
            return "while evaluating the condition of the assertion"
        case SearchPath():
            return "while looking a file up"
    return ""


def locate(error: NixError) -> NixError:
    """Fill in where an error happened and its trace, once."""
    if error.located:
        return error
    error.located = True
    notes: list[Note] = []
    last: Pos | None = None
    at: Pos | None = None
    node: Node | None = None
    called = "'anonymous lambda'"
    called_here = isinstance(error, NotAFunction) and _raised_by_call(error.__traceback__)
    frames = _frames(error.__traceback__)
    for index, (source, place) in enumerate(frames):
        path = source.path_to(*place)
        at = source.pos(place[0], place[1])
        innermost = index == len(frames) - 1
        owner = _owner(source, path)
        node = path[-1] if path else None
        refused = innermost and isinstance(error, ArgumentMismatch) and isinstance(node, Function)
        if owner is not None and not refused and owner not in notes[-2:]:
            notes.append(owner)
        if isinstance(node, Function) and isinstance(error, ArgumentMismatch):
            name = _function_name(path, len(path) - 1)
            called = name if name.startswith("'") else f"'{name}'"
        last = None if error.placeless else _place(error, source, node, at)
        builtin = builtin_called(node) if isinstance(node, Expr) else None
        if builtin is not None and not (called_here and innermost):
            notes.append(Note(f"while calling the '{builtin}' builtin", at))
            last = None
        elif isinstance(node, Apply) and not innermost and Note(_CALL_SITE, at) not in notes[-2:]:
            notes.append(Note(_CALL_SITE, at))
    if error.pos is None and last is None and at is not None:
        about = _about(error, node)
        if about:
            notes.append(Note(about, at))
    if isinstance(error, ArgumentMismatch):
        error.message = error.message.replace("function", f"function {called}", 1)
    # What `throw` says is about the program's data, not about the place of the call.
    if error.pos is None and not isinstance(error, (ThrownError, Aborted)):
        error.pos = last
    error.trace = [*reversed(error.contexts), *notes]
    return error


def _overflow(traceback: TracebackType | None) -> str:
    """What has overflown the stack: calls of the language, or looking into one value."""
    last: list[str] = []
    while traceback is not None:
        last = [*last[-20:], traceback.tb_frame.f_code.co_filename]
        traceback = traceback.tb_next
    if "<nix>" in last:
        return "stack overflow; max-call-depth exceeded"
    return "stack overflow (possible infinite recursion)"


def translate(error: BaseException) -> BaseException:
    """A located Nix error for what evaluation raised; other exceptions stay as they are."""
    if isinstance(error, NixError):
        return locate(error)
    made: NixError
    if isinstance(error, RecursionError):
        made = StackOverflow(_overflow(error.__traceback__))
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
    lines = [line.rstrip() for line in f"error: {error.message}".split("\n")]
    trace = error.trace
    hidden = 0
    if not show_trace:
        trace = [note for note in trace if note.text != _CALL_SITE]
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
    message.append((" " * 7 if trace else "") + lines[0])
    message.extend(f"{'':7}{line}".rstrip() for line in lines[1:])
    if error.pos is not None:
        message.append(f"       at {error.pos}:")
        message.extend(_excerpt(error.pos))
    if error.suggestions:
        *first, last = error.suggestions
        names = f"one of {', '.join(first)} or {last}" if first else last
        message.append(f"       Did you mean {names}?")
    return plain("\n".join(message))
