"""`exportReferencesGraph`: a builder is told what paths refer to, as Nix tells it.

Classic derivations name files and paths by turns; each file gets one record a
path, sorted by path: the path, an empty line (the deriver, which is never
told), the number of references, the references. With structured attributes a
set of names gives one list of objects a name, among the other attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from builder.realise.errors import BuildError
from builder.store.errors import FormatError
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath

NAME = "exportReferencesGraph"
_FILE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")


class ReferencesGraph:
    """What may be told: `inputs` is the closure of the derivation's inputs."""

    def __init__(self, store: LocalStore, inputs: Iterable[StorePath]) -> None:
        self._store = store
        self._inputs = frozenset(inputs)

    def write_files(self, value: str, folder: Path) -> None:
        """The files of a classic derivation's attribute; raises BuildError for a bad one."""
        words = value.split()
        if len(words) % 2:
            raise BuildError(
                f"odd number of tokens in '{NAME}': '{value}'",
                hint="give files and paths by turns: [ FILE PATH FILE PATH ]",
            )
        for name, path in zip(words[::2], words[1::2], strict=True):
            if not _FILE.match(name):
                raise BuildError(f"invalid file name '{name}' in '{NAME}'")
            text = "".join(map(_record, self._closure([path])))
            (folder / name).write_text(text)

    def as_json(self, value: Any) -> dict[str, list[dict[str, Any]]]:
        """What stands in for each attribute that a structured derivation names."""
        if not isinstance(value, Mapping):
            raise BuildError(f"'{NAME}' is {value!r}, and should be a set of names and paths")
        made = {}
        for name, paths in value.items():
            words = paths if isinstance(paths, list) else [paths]
            if not all(isinstance(word, str) for word in words):
                raise BuildError(f"'{NAME}.{name}' is {paths!r}, and should be a list of paths")
            made[name] = [self._object(info) for info in self._closure(words)]
        return made

    def _closure(self, words: Sequence[str]) -> list[PathInfo]:
        """What is reached from paths, sorted; a derivation reaches its outputs too."""
        roots = []
        for word in words:
            try:
                path = StorePath.split(word)[0]
            except FormatError as error:
                raise BuildError(f"'{NAME}': {error}") from None
            if path not in self._inputs:
                raise BuildError(
                    f"cannot export references of path '{path}' because it is not in the input "
                    "closure of the derivation"
                )
            roots.append(path)
        found = {info.path: info for info in self._store.closure(roots)}
        outputs = [
            output
            for path in found
            if path.is_derivation
            for output in self._store.read_derivation(path).output_paths().values()
        ]
        if outputs:
            found |= {info.path: info for info in self._store.closure(outputs)}
        return [found[path] for path in sorted(found)]

    def _object(self, info: PathInfo) -> dict[str, Any]:
        size = sum(other.nar_size for other in self._store.closure([info.path]))
        ca = {"ca": info.ca} if info.ca else {}
        return {
            **ca,
            "closureSize": size,
            "narHash": f"{info.nar_hash.algo}:{info.nar_hash.base32}",
            "narSize": info.nar_size,
            "path": str(info.path),
            "references": [str(path) for path in sorted(info.references)],
            "valid": True,
        }


def _record(info: PathInfo) -> str:
    lines = [str(info.path), "", str(len(info.references)), *map(str, sorted(info.references))]
    return "".join(f"{line}\n" for line in lines)
