"""The frames of a Python traceback that went through generated code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Any

from builder.lang.loaded import LoadedSource, Node
from builder.lang.source import Pos

GENERATED = "<nix>"  # the file name of generated code
_MOST = 400  # frames looked at from either end of a traceback
Range = tuple[int, int, int, int]  # first line and column, last line and column, from 1


@dataclass(eq=False)
class Step:
    """One Python frame: what it runs and where it was when the error passed by."""

    frame: FrameType
    lasti: int

    @property
    def code(self) -> CodeType:
        """What it runs."""
        return self.frame.f_code

    @cached_property
    def local(self) -> dict[str, Any]:
        """Its variables."""
        return self.frame.f_locals

    @cached_property
    def source(self) -> LoadedSource | None:
        """The file that its code was generated from, if it was."""
        if self.code.co_filename != GENERATED:
            return None
        found = self.frame.f_globals.get("SOURCE")
        return found if isinstance(found, LoadedSource) else None

    @cached_property
    def place(self) -> Range | None:
        """The expression that it was at."""
        return _range(next(islice(self.code.co_positions(), self.lasti // 2, None), None))

    @cached_property
    def whole(self) -> Range | None:
        """The expression that all of its code is about."""
        # What Python does before the expression has a place without width.
        found = map(_range, self.code.co_positions())
        ranges = [each for each in found if each is not None and each[:2] != each[2:]]
        if not ranges:
            return None
        start = min((line, column) for line, column, _, _ in ranges)
        end = max((line, column) for _, _, line, column in ranges)
        return (*start, *end)

    @cached_property
    def path(self) -> list[Node]:
        """The nodes from the file's outermost down to where it was."""
        if self.source is None or self.place is None:
            return []
        return self.source.path_to(*self.place)

    @cached_property
    def root(self) -> int:
        """The index in `path` of what all of its code is about."""
        if self.source is None or self.whole is None:
            return 0
        outer = self.source.path_to(*self.whole)
        same = (one is two for one, two in zip(outer, self.path, strict=False))
        return max(sum(1 for _ in iter(lambda: next(same, False), False)) - 1, 0)

    @property
    def at(self) -> Pos | None:
        """The place that it was at."""
        if self.source is None or self.place is None:
            return None
        return self.source.pos(self.place[0], self.place[1])

    def passed(self, line: int, column: int) -> bool:
        """Whether code at or after a place of its expression has run before."""
        for place in islice(self.code.co_positions(), self.lasti // 2):
            found = _range(place)
            if found is not None and found[:2] >= (line, column) and found != self.place:
                return True
        return False


def _range(place: tuple[int | None, ...] | None) -> Range | None:
    if place is None or None in place:
        return None
    line, end_line, column, end_column = (number or 0 for number in place)
    if not line or (line, column, end_line, end_column) == (1, 0, 1, 0):
        return None
    return line, column + 1, end_line, end_column + 1


def steps(traceback: TracebackType | None) -> tuple[list[Step], bool]:
    """The frames, outermost first, and whether they are all: the middle of very many is
    left out."""
    found: list[tuple[FrameType, int]] = []
    while traceback is not None:
        found.append((traceback.tb_frame, traceback.tb_lasti))
        traceback = traceback.tb_next
    whole = len(found) <= 2 * _MOST
    if not whole:
        found = found[:_MOST] + found[-_MOST:]
    return [Step(frame, lasti) for frame, lasti in found], whole
