"""What compiling a file gives."""

from __future__ import annotations

import marshal
from dataclasses import dataclass
from types import CodeType

# Raised whenever compiled code changes its meaning or its needs.
VERSION = 3

# Builtins that are names of their own, without `builtins.` before them.
TOP_LEVEL = frozenset(
    [
        "abort",
        "baseNameOf",
        "break",
        "builtins",
        "derivation",
        "derivationStrict",
        "dirOf",
        "false",
        "fetchGit",
        "fetchMercurial",
        "fetchTarball",
        "fetchTree",
        "fromTOML",
        "import",
        "isNull",
        "map",
        "null",
        "placeholder",
        "removeAttrs",
        "scopedImport",
        "throw",
        "toString",
        "true",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Code, with the constants that Python code cannot hold.

    For the outside of a file, whose `label` is "", the code evaluates, with the
    runtime's names as globals, to a function of no arguments that gives the file's
    value; for a part of it to a function of the variables that the part takes from
    around it. `positions`, `formals` and `paths` are what the globals ``P0...``,
    ``F0...`` and ``K0...`` are made of, the label after each number.
    """

    code: CodeType
    label: str
    positions: tuple[dict[str, tuple[int, int]], ...]
    formals: tuple[tuple[dict[str, bool], bool], ...]
    paths: tuple[str, ...]

    def written(self) -> bytes:
        """What `read` reads. Raises `ValueError` for what is nested too deeply."""
        tables = self.positions, self.formals, self.paths
        return marshal.dumps((self.code, self.label, *tables))

    @staticmethod
    def read(data: bytes) -> Compiled:
        """What `written` wrote, by the same Python."""
        code, label, positions, formals, paths = marshal.loads(data)
        return Compiled(code=code, label=label, positions=positions, formals=formals, paths=paths)
