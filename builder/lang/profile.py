"""Where evaluation spends its time, by looking at its stack once in a while.

A thread of its own looks at the evaluating thread about a thousand times a
second and notes which functions, attributes and builtins are being evaluated.
What is looked at runs as it always does.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType

from builder.lang.loaded import LoadedSource
from builder.lang.stack import THREAD_NAME
from builder.lang.tree import Binding, DynamicBinding, Function
from builder.lang.values import Builtin, Value

_INTERVAL = 0.001  # seconds between two looks
_DEEPEST = 400  # levels that are kept, from the outermost


@dataclass(frozen=True, slots=True)
class Called:
    """One level of a stack: what is evaluated, and ``file:line`` ("" for a builtin)."""

    name: str
    place: str


Stack = tuple[Called, ...]


@dataclass(slots=True)
class Profile:
    """The seconds spent in each stack, outermost level first.

    A function that calls itself directly is one level. `looks` is how often
    the stack was looked at.
    """

    seconds: defaultdict[Stack, float] = field(default_factory=lambda: defaultdict(float))
    looks: int = 0


@contextmanager
def profiled(profile: Profile, builtins: Mapping[str, Value]) -> Iterator[None]:
    """Fill `profile` with what is evaluated inside; it is complete afterwards."""
    looker = _Looker(profile, builtins)
    thread = threading.Thread(target=looker.run, name="profile", daemon=True)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_INTERVAL / 2)
    thread.start()
    try:
        yield
    finally:
        looker.done.set()
        thread.join()
        sys.setswitchinterval(interval)


class _Looker:
    """Looks at the evaluating thread until `done`."""

    def __init__(self, profile: Profile, builtins: Mapping[str, Value]) -> None:
        self.profile = profile
        self.done = threading.Event()
        self._called: dict[CodeType, Called | None] = {
            value.run.__code__: Called(f"builtins.{name}", "")
            for name, value in builtins.items()
            if isinstance(value, Builtin) and hasattr(value.run, "__code__")
        }

    def run(self) -> None:
        """The thread's work."""
        last = time.perf_counter()
        while not self.done.wait(_INTERVAL):
            stack = self._look()
            now = time.perf_counter()
            if stack is not None:
                self.profile.seconds[stack] += now - last
                self.profile.looks += 1
            last = now

    def _look(self) -> Stack | None:
        threads = [t.ident for t in threading.enumerate() if t.name == THREAD_NAME]
        frames = sys._current_frames()
        frame = next((frames[ident] for ident in threads if ident in frames), None)
        if frame is None:
            return None
        found: list[Called] = []
        at: FrameType | None = frame
        while at is not None:
            called = self._called_by(at)
            if called is not None and (not found or found[-1] != called):
                found.append(called)
            at = at.f_back
        return tuple(reversed(found[-_DEEPEST:]))

    def _called_by(self, frame: FrameType) -> Called | None:
        code = frame.f_code
        if code not in self._called:
            source = frame.f_globals.get("SOURCE") if code.co_filename == "<nix>" else None
            self._called[code] = _named(code, source) if source is not None else None
        return self._called[code]


def _named(code: CodeType, source: LoadedSource) -> Called:
    """What a generated Python function is in the source."""
    places = (place for place in code.co_positions() if place[0] and place[1] and place[3])
    line, end_line, column, end_column = next(places, (code.co_firstlineno, None, 0, None))
    path = (
        source.path_to(line or 1, (column or 0) + 1, end_line, end_column + 1)
        if end_line and end_column
        else []
    )
    place = f"{source.name}:{line}"
    for index in range(len(path) - 1, -1, -1):
        node = path[index]
        if isinstance(node, Binding):
            return Called(node.name, f"{source.name}:{source.source.at(node.pos).line}")
        if isinstance(node, DynamicBinding):
            return Called("${…}", f"{source.name}:{source.source.at(node.pos).line}")
        if isinstance(node, Function) and code.co_argcount:
            above = path[index - 1] if index else None
            if isinstance(above, (Function, Binding)):
                continue  # the name is that of the outermost, or of its binding
            return Called("function", f"{source.name}:{source.source.at(node.pos).line}")
    return Called("file", place)
