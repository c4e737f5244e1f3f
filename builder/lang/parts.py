"""A file's code, its parts compiled as they are needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from math import inf
from types import CodeType, FunctionType
from typing import Any

from builder.lang.compiled import Compiled

Makers = Mapping[str, Callable[[], Compiled]]
# So many stubs of one function are replaced when it is compiled; others go on calling it.
_MOST_STUBS = 8


class FileCode:
    """The outside of a file and those of its parts that were compiled.

    `met` are its names in the order in which `symbols` wants them, each with "\\0" before it.
    Parts are kept as `Compiled.written` wrote them until they are needed. `makers` gives
    what compiles parts, by their names (see `part_name`); it is asked when
    the first one is missing. Compiling a part may add to them. `grown` is called after each
    part that was compiled.
    """

    def __init__(
        self,
        met: str,
        outside: Compiled,
        parts: dict[str, bytes | Compiled],
        makers: Callable[[], Makers],
        grown: Callable[[FileCode], None],
    ) -> None:
        self.met = met
        self.outside = outside
        self.parts = parts
        self._makers = makers
        self._grown = grown

    def part(self, name: str) -> Compiled:
        """A part, compiled now if it never was."""
        found = self.parts.get(name)
        if found is None:
            makers = self._makers()
            while name not in makers:
                # It is inside of a part, which was not compiled by this process.
                makers[_innermost(makers, name)]()
            found = self.parts[name] = makers[name]()
            self._grown(self)
        elif isinstance(found, bytes):
            found = self.parts[name] = Compiled.read(found)
        return found

    def complete(self) -> None:
        """Compile all parts."""
        makers = self._makers()
        while missing := makers.keys() - self.parts.keys():
            for name in sorted(missing):
                self.part(name)


def _innermost(names: Iterable[str], inner: str) -> str:
    """The name of the shortest part that `inner` lies in."""
    start, end = _offsets(inner)

    def length(name: str) -> float:
        first, last = _offsets(name)
        return last - first if first <= start and end <= last else inf

    return min(names, key=length)


def _offsets(name: str) -> tuple[int, int]:
    start, end = name.split("_")
    return int(start), int(end)


class Parts:
    """What the stubs of one execution of a file call: ``part`` and ``late``.

    `load` evaluates code with the file's globals, its tables put there before.
    """

    def __init__(self, code: FileCode, load: Callable[[Compiled], Any]) -> None:
        self._code = code
        self._load = load
        self._loaded: dict[str, Any] = {}
        self._functions: dict[str, CodeType] = {}
        self._stubs: defaultdict[str, list[FunctionType]] = defaultdict(list)

    def part(self, name: str) -> Any:
        """The function that gives a part's value for what it takes from around it."""
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = self._load(self._code.part(name))
            if name in self._stubs:
                inner = next(c for c in found.__code__.co_consts if isinstance(c, CodeType))
                self._functions[name] = inner
                for stub in self._stubs.pop(name):
                    stub.__code__ = inner
        return found

    def late(self, name: str, stub: FunctionType) -> FunctionType:
        """The function itself: from its first call on it is what it stands for.

        Its variables are those of the function's own code, in the same order, and stay what
        they are.
        """
        code = self._functions.get(name)
        if code is not None:
            stub.__code__ = code
        elif len(self._stubs[name]) < _MOST_STUBS:
            self._stubs[name].append(stub)
        return stub


def settle(function: FunctionType) -> None:
    """Let a function that may be a stub be what it stands for, so that it can be looked at."""
    code = function.__code__
    if code.co_names[:1] == ("part",):
        parts = function.__globals__["part"]
        parts(next(name for name in code.co_consts if isinstance(name, str)))
