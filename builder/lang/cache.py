"""Compiled files, kept by the hash of what they were compiled from.

An installation brings the compiled form of its own library and modules
(`installed_code`), as it does of its Python files. Layout of a folder:
``<folder>/<two digits>/<the other 62 digits>``, each file the CRC-32 of the
rest in 4 bytes and then, marshalled, the names that it has, the outside and the parts by their
names, each as `Compiled.written` gives it. A file that does not check out is ignored and
written anew.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import os
import sys
import tempfile
import zlib
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from pathlib import Path

from builder.lang.compiled import VERSION, Compiled
from builder.lang.parts import FileCode

# All that decides what the code of a file is.
_MODULES = (
    "binding_parser.py",
    "bindings.py",
    "compile_calls.py",
    "compile_chains.py",
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
    "symbols.py",
    "tree.py",
    "undefined.py",
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


def _check(body: bytes) -> bytes:
    # Against torn writes and bad disks only, at each start over megabytes.
    return zlib.crc32(body).to_bytes(4, "little")


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

    def get(self, text: bytes) -> tuple[str, Compiled, dict[str, bytes | Compiled]] | None:
        """What was compiled from `text`, if it is there and whole; see `FileCode`."""
        if self.folder is None:
            return None
        name = self._name(text)
        for folder in (self.folder, *self.more):
            try:
                with open(folder / name, "rb") as file:
                    check, body = file.read(4), file.read()
            except OSError:
                continue
            if _check(body) == check:
                met, outside, parts = marshal.loads(body)
                return met, Compiled.read(outside), parts
        return None

    def put(self, text: bytes, code: FileCode) -> None:
        """Keep what was compiled from `text`; a folder that cannot be written is no error."""
        if self.folder is None:
            return
        try:
            parts = {
                name: part if isinstance(part, bytes) else part.written()
                for name, part in sorted(code.parts.items())
            }
            body = marshal.dumps((code.met, code.outside.written(), parts))
        except ValueError:
            return  # nested too deeply to be marshalled
        path = self.folder / self._name(text)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    # Not fsynced: a file that a crash cuts short fails its own check.
                    file.write(_check(body) + body)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink()
                raise
        except OSError:
            return
