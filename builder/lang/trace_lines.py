"""What the parts of a trace have in common: the frames, and the lines so far."""

from __future__ import annotations

from typing import Any

from builder.lang.builtins.table import PURE
from builder.lang.coerce import ITEM, RESULT, Coercion
from builder.lang.errors import NixError, Note, Shown
from builder.lang.source import Pos
from builder.lang.thunks import place_in
from builder.lang.traceback_frames import Step
from builder.lang.values import Thunk

TEXT = Coercion.text.__code__


class TraceLines:
    """The lines of one error's trace, outermost first, while they are made."""

    def __init__(self, error: NixError, steps: list[Step]) -> None:
        self.error = error
        self.steps = steps
        self.notes: list[Note] = []
        first = next((step.frame.f_globals for step in steps if step.source is not None), {})
        runs = {name[2:]: value for name, value in first.items() if name.startswith("b_")}
        runs |= {name: builtin.run for name, builtin in PURE.entries.items()}
        self.builtins = {
            value.__code__: name for name, value in runs.items() if hasattr(value, "__code__")
        }
        # Where the application is that generated code was at, until something else called.
        self.site: Pos | None = None
        self._builtins = 0
        self._json: Pos | None = None
        self._made_text: Pos | None = None  # of what is made a string, with its parts
        self._at: Pos | None = None  # where the latest generated code was

    @property
    def called_builtin(self) -> bool:
        """Whether the innermost generated code called a builtin, which failed."""
        for step in reversed(self.steps):
            if step.source is not None:
                return False
            if step.code in self.builtins:
                return True
        return False

    def _place(self, note: Note) -> None:
        """Add a line that a frame left behind."""
        pos = note.pos
        if note.text.startswith("while evaluating attribute '"):
            self._json = pos
        elif note.text.startswith("while evaluating list element"):
            pos = self._json
        elif note.text in (ITEM, RESULT):
            pos = pos or self._made_text
        elif note.text.startswith("while evaluating the condition of the assertion"):
            pos = self._at
        self._add(note.text, self._located(pos), note.shown)

    def _add(self, text: str, pos: Pos | None = None, shown: Shown = Shown.SHORT) -> None:
        self.notes.append(Note(text, pos, shown))

    def _located(self, pos: Pos | None) -> Pos | None:
        """The place with the text that it is in, where one of the frames knows it."""
        if pos is None:
            return None
        for step in reversed(self.steps):
            if step.source is not None and step.source.name == pos.file:
                return step.source.pos(pos.line, pos.column)
        return pos

    def _bound(self, attrs: dict[str, Any], name: str) -> Pos | None:
        """Where a set binds a name."""
        return self._located(place_in(attrs, name))

    def _next(self, index: int) -> Step | None:
        return self.steps[index + 1] if index + 1 < len(self.steps) else None

    def _coerced(self, index: int, text: str, pos: Pos | None) -> None:
        """A value that is made a string; what is inside of it tells itself."""
        self._made_text = pos
        while index < len(self.steps) and self.steps[index].code is TEXT:
            value = self.steps[index].local.get("value")
            if index + 1 == len(self.steps) or isinstance(value, list):
                self._add(text, pos)
                return
            if isinstance(value, dict) and "__toString" in value:
                return
            index += 1


def held(value: Any) -> Any:
    """A value, or what its thunk held if it was evaluated."""
    if type(value) is not Thunk:
        return value
    content = value.cell_contents
    return content[0] if type(content) is tuple and len(content) == 1 else content


def is_same(one: Any, value: Any) -> bool:
    """Whether a value, or what its thunk held, is another one."""
    return one is value or held(one) is value
