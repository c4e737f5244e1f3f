"""Compiled files, kept by the hash of what they were compiled from.

An installation brings the compiled form of its own library and modules
(`installed_code`), as it does of its Python files. Layout of a folder:
``<folder>/<two digits>/<the other 62 digits>``, each file the SHA-256 of the
rest and then the marshalled code and tables. A file that does not check out is
ignored and written anew.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from pathlib import Path
from typing import Any

from builder.lang.compiled import VERSION, Compiled
from builder.lang.parts import FileCode

# All that decides what the code of a file is.
_MODULES = (
    "binding_parser.py",
    "bindings.py",
    "compile_calls.py",
    "compile_functions.py",
    "compile_operators.py",
    "compile_parts.py",
    "compile_sets.py",
    "compiled.py",
    "compiler.py",
    "emit.py",
    "flow.py",
    "free_names.py",
    "grammar.py",
    "integers.py",
    "lexer.py",
    "literals.py",
    "parser.py",
    "paths.py",
    "patterns.py",
    "scope.py",
    "show.py",
    "source.py",
    "tree.py",
    "words.py",
)


@lru_cache(maxsize=1)
def _compiler_hash() -> bytes:
    """What identifies this compiler and this Python."""
    digest = hashlib.sha256(importlib.util.MAGIC_NUMBER + str(VERSION).encode())
    for name in _MODULES:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.digest()


def installed_code() -> Path:
    """The folder of what was compiled when this Neve was installed; it may not be there."""
    return Path(sys.prefix) / "share/neve/eval"


def _written(compiled: Compiled) -> tuple[Any, ...]:
    """What `_read` reads, of the types that `marshal` knows."""
    tables = compiled.positions, compiled.formals, compiled.paths
    return (compiled.code, compiled.label, *tables)


def _read(item: tuple[Any, ...]) -> Compiled:
    code, label, positions, formals, paths = item
    return Compiled(code=code, label=label, positions=positions, formals=formals, paths=paths)


class CodeCache:
    """A folder of compiled files; without a folder it holds nothing.

    What `folder` does not hold is looked for in `more` folders, which are only read.
    """

    def __init__(
        self,
        folder: Path | None,
        builtins: Mapping[str, str | None],
        *,
        features: Set[str] = frozenset(),
        more: Sequence[Path] = (),
    ) -> None:
        self.folder = folder
        self.more = more
        table = repr((sorted(builtins.items()), sorted(features))).encode()
        self._prefix = hashlib.sha256(table)
        if folder is not None:
            self._prefix.update(_compiler_hash())

    def _name(self, text: bytes) -> str:
        digest = self._prefix.copy()
        digest.update(text)
        key = digest.hexdigest()
        return f"{key[:2]}/{key[2:]}"

    def get(self, text: bytes) -> tuple[Compiled, dict[str, Compiled]] | None:
        """What was compiled from `text`, if it is there and whole: the outside, and parts."""
        if self.folder is None:
            return None
        name = self._name(text)
        for folder in (self.folder, *self.more):
            try:
                data = (folder / name).read_bytes()
            except OSError:
                continue
            if hashlib.sha256(data[32:]).digest() == data[:32]:
                outside, parts = marshal.loads(data[32:])
                return _read(outside), {item[1][1:]: _read(item) for item in parts}
        return None

    def put(self, text: bytes, code: FileCode) -> None:
        """Keep what was compiled from `text`; a folder that cannot be written is no error."""
        if self.folder is None:
            return
        try:
            parts = [_written(code.parts[name]) for name in sorted(code.parts)]
            body = marshal.dumps((_written(code.outside), parts))
        except ValueError:
            return  # nested too deeply to be marshalled
        path = self.folder / self._name(text)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    # Not fsynced: a file that a crash cuts short fails its own hash.
                    file.write(hashlib.sha256(body).digest() + body)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink()
                raise
        except OSError:
            return
