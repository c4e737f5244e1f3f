"""From a Python traceback to a Nix trace.

Generated code carries Nix positions (see `emit`), so the frames of a traceback
that belong to it say which expressions were being evaluated. What each frame
was about is found in the tree, which is read again only now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import FrameType, TracebackType
from typing import Any

from builder.lang import embedded_files, operators
from builder.lang.construct_notes import builtin_called, is_old_let
from builder.lang.errors import (
    Aborted,
    ArgumentMismatch,
    AssertionFailed,
    CallTooDeep,
    EvalError,
    InfiniteRecursion,
    MissingAttribute,
    NixError,
    Note,
    Shown,
    StackOverflow,
    ThrownError,
    TypeMismatch,
)
from builder.lang.loaded import LoadedSource, Node, name_of, text_named
from builder.lang.show import canonised, relative_paths, resolved, show
from builder.lang.source import Pos, lines_of
from builder.lang.tabs import plain
from builder.lang.thunks import callee, callee2, callee3, place_in
from builder.lang.traceback_frames import GENERATED, steps
from builder.lang.tree import (
    Assert,
    AttrSet,
    Binary,
    Binding,
    Expr,
    Function,
    PathLit,
    SearchPath,
    Select,
    Str,
)
from builder.lang.unwinding import Unwinding, called_set

# Functions of the runtime that generated code itself calls.
_OF_OURS = frozenset(function.__code__ for function in (callee, callee2, callee3, operators.truth))
_DUPLICATES = 5  # lines that were there before, in a row: more are counted and not shown
_MOST = 3  # of a short trace's lines and places, that one more line may follow
_CUT = "       (stack trace truncated; use '--show-trace' to show the full, detailed trace)"


def _place(error: NixError, source: LoadedSource, node: Node | None, at: Pos) -> Pos | None:
    """The place that an error of the innermost `node` names, if any."""
    if isinstance(node, Binary):
        if node.operator == "+" and error.operand is not None:
            return source.source.at((node.left, node.right)[error.operand].start)
        if node.operator in ("//", "++"):
            return None
    if isinstance(node, AttrSet) and error.operand is not None:
        return source.source.at(node.bindings.dynamic[error.operand].pos)
    if isinstance(node, SearchPath):
        return None
    if isinstance(error, MissingAttribute) and node is not None and is_old_let(node, source):
        return None
    if isinstance(node, Str) and all(isinstance(part, str) for part in node.parts):
        return at
    if isinstance(error, TypeMismatch) and isinstance(node, (Select, Str, PathLit, Binding)):
        return None
    return at


def _raised_here(traceback: TracebackType | None) -> bool:
    """Whether what failed is a call or a negation by generated code, nothing in a builtin."""
    code = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<nix>":
            code = None
        elif code is None:
            code = traceback.tb_frame.f_code
        traceback = traceback.tb_next
    return code in _OF_OURS


def _about(error: NixError, node: Node | None) -> str:
    """What was being done where an error without a place of its own came up."""
    match node:
        case Select() | Binding() if isinstance(error, TypeMismatch):
            return "while selecting an attribute"
        case SearchPath():
            return "while calling the 'findFile' builtin"
    return ""


def _resolve(error: AssertionFailed, condition: Expr, names: Mapping[str, Any]) -> None:
    """Make the paths in a condition that an error shows absolute, as its file's `names` have it."""
    found = list(relative_paths(condition))
    if not found:
        return
    home = names["home"]("") if any(path.kind == "home" for path in found) else ""
    shown = f"'{show(canonised(condition))}'"
    whole = f"'{show(resolved(condition, names['BASE'], home))}'"
    error.message = error.message.replace(shown, whole)
    for frame, notes in error.placed.items():
        error.placed[frame] = [
            replace(note, text=note.text.replace(shown, whole)) for note in notes
        ]


def locate(error: NixError) -> NixError:
    """Fill in where an error happened and its trace, once."""
    if error.located:
        return error
    error.located = True
    found, error.trace_is_whole = steps(error.__traceback__)
    unwinding = Unwinding(error, found)
    inner = next((step for step in reversed(found) if step.source is not None), None)
    last: Pos | None = None
    at = None if inner is None else inner.at
    node: Node | None = None
    if inner is not None and inner.source is not None and at is not None and inner.path:
        node = inner.path[-1]
        raised_here = isinstance(error, TypeMismatch) and _raised_here(error.__traceback__)
        # An error of a builtin is about no place, but too deep a call is about the call.
        in_builtin = builtin_called(node) is not None or unwinding.called_builtin
        free = raised_here or not in_builtin or isinstance(error, CallTooDeep)
        if not error.placeless and free:
            last = _place(error, inner.source, node, at)
        if isinstance(error, ArgumentMismatch):
            is_function = isinstance(node, Function)
            name = name_of(inner.path, len(inner.path) - 1) if is_function else ""
            called = f"'{name or 'anonymous lambda'}'"
            error.message = error.message.replace("function", f"function {called}", 1)
    if isinstance(error, AssertionFailed) and isinstance(node, Assert) and inner is not None:
        _resolve(error, node.condition, inner.frame.f_globals)
    # What `throw` says is about the program's data, not about the place of the call.
    if error.pos is None and not isinstance(error, (ThrownError, Aborted)):
        error.pos = last
    if isinstance(error, InfiniteRecursion) and inner is not None:
        error.pos = unwinding.selected_place(inner.path) or error.pos
    notes = unwinding.run()
    if error.pos is None and last is None and at is not None and not error.placeless:
        about = _about(error, node)
        if about:
            notes.append(Note(about, at))
    lost = [note for notes in error.placed.values() for note in notes]
    error.trace = [*reversed(error.contexts), *lost, *notes]
    return error


def _overflow(traceback: TracebackType | None) -> StackOverflow:
    """The error for a full stack: of calls of the language, or of looking into one value."""
    last: list[FrameType] = []
    while traceback is not None:
        last = [*last[-20:], traceback.tb_frame]
        traceback = traceback.tb_next
    functor = called_set(last[-1].f_code, last[-1].f_locals) if last else None
    if functor is None and not any(frame.f_code.co_filename == GENERATED for frame in last):
        return StackOverflow("stack overflow (possible infinite recursion)")
    error = CallTooDeep("stack overflow; max-call-depth exceeded")
    error.pos = None if functor is None else place_in(functor, "__functor")
    return error


def translate(error: BaseException) -> BaseException:
    """A located Nix error for what evaluation raised; other exceptions stay as they are."""
    if isinstance(error, NixError):
        return locate(error)
    made: NixError
    if isinstance(error, RecursionError):
        made = _overflow(error.__traceback__)
    elif isinstance(error, FileNotFoundError):
        made = EvalError(f"path '{embedded_files.shown(error.filename)}' does not exist")
    elif isinstance(error, OSError):
        made = EvalError(f"cannot read '{error.filename}': {error.strerror}")
    else:
        return error
    made.__traceback__ = error.__traceback__
    return locate(made)


def _excerpt(pos: Pos) -> list[str]:
    """The source line with its neighbours and a caret."""
    text = text_named(pos.file) if pos.text is None else pos.text
    if text is None:
        return []
    lines = lines_of(text)
    if not 1 <= pos.line <= len(lines):
        return []
    shown = []
    for number in (pos.line - 1, pos.line, pos.line + 1):
        if not 1 <= number <= len(lines):
            continue
        shown.append(f"{'':7}{number:6}| {lines[number - 1]}".rstrip())
        if number == pos.line:
            row = lines[number - 1].encode("utf-8", "surrogateescape")
            before = row[: pos.column - 1].decode("utf-8", "surrogateescape")
            shown.append(f"{'':13}| {' ' * len(before)}^")
    return shown


class _Trace:
    """The lines of an error's trace, as they are shown one after the other."""

    def __init__(self, error: NixError) -> None:
        self.error = error
        self.shown: list[str] = []
        self.size = 0  # of what is shown, places counted too
        self._seen: set[Note] = set()
        self._again: list[Note] = []  # in a row, that were there before

    def take(self, note: Note) -> None:
        """Show a line, or count it among those that were there before."""
        if note in self._seen:
            self._again.append(note)
            return
        self.flush()
        self._seen.add(note)
        self.size += 1
        self._show(note)

    def flush(self) -> None:
        """Show the lines that were there before; of long rows only how many they are."""
        if len(self._again) > _DUPLICATES:
            count = str(len(self._again)) if self.error.trace_is_whole else "many"
            self.shown += [f"       ({count} duplicate frames omitted)", ""]
            self._seen.clear()
        else:
            for note in self._again:
                self._show(note)
        self._again.clear()

    def _show(self, note: Note) -> None:
        first, *more = note.text.split("\n")
        self.shown += [f"       … {first}", *(f"{'':9}{line}".rstrip() for line in more)]
        if note.pos is not None:
            self.size += 1
            self.shown += [f"         at {note.pos}:", *_excerpt(note.pos)]
        self.shown.append("")


def _trace(error: NixError, *, whole: bool) -> list[str]:
    """The lines of a trace; of a short one the first, and those that are always shown."""
    trace, cut = _Trace(error), False
    for note in error.trace:
        if not whole:
            if note.shown is Shown.WHOLE:
                continue
            cut = cut or trace.size > _MOST
            if cut and note.shown is not Shown.ALWAYS:
                continue
        trace.take(note)
    trace.flush()
    return [*trace.shown, _CUT, ""] if cut else trace.shown


def format_error(error: NixError, *, show_trace: bool = False) -> str:
    """The whole message, laid out as Nix 2.26 does; no newline at the end."""
    locate(error)
    lines = [line.rstrip() for line in f"error: {error.message}".split("\n")]
    message = _trace(error, whole=show_trace)
    if message:
        message.insert(0, "error:")
    message.append((" " * 7 if message else "") + lines[0])
    message.extend(f"{'':7}{line}".rstrip() for line in lines[1:])
    if error.pos is not None:
        message.append(f"       at {error.pos}:")
        message.extend(_excerpt(error.pos))
    if error.suggestions:
        *first, last = error.suggestions
        names = f"one of {', '.join(first)} or {last}" if first else last
        message.append(f"       Did you mean {names}?")
    return plain("\n".join(message))
