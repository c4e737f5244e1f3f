"""Flake references: where a flake, or an input that is none, comes from.

Texts are Nix's (see `builder.lang.builtins.flakerefs`), and besides
``debian:SUITE?components=&mirror=``. A bare path is one, too, and on the command
line a bare name that is no file is a name of the registry. Paths in a git work
tree become ``git+file`` references with ``dir``, as in Nix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from builder.flake.errors import FlakeError
from builder.lang.reference_types import ATTRIBUTES

Scalar = str | int | bool

_DEBIAN = ("suite", "components", "mirror", "narHash", "lastModified")
_NUMBERS = frozenset({"lastModified", "revCount"})
_PLAIN = "/:+=,"
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*")


def _attributes(kind: str) -> frozenset[str] | None:
    """What a reference of a type may say; None for an unknown type."""
    if kind == "debian":
        return frozenset(_DEBIAN)
    return frozenset((*ATTRIBUTES[kind], "dir")) if kind in ATTRIBUTES else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakeRef:
    """A reference by its type and attributes, as a lock file writes them.

    `is_bare` is a path that was written without a type: see `locate`.
    Raises `FlakeError` at construction for an unknown type or attribute.
    """

    type: str
    attributes: Mapping[str, Scalar] = field(default_factory=dict)
    is_bare: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        allowed = _attributes(self.type)
        if allowed is None:
            raise FlakeError(
                f"input type '{self.type}' is not supported",
                hint=f"the types are {', '.join(sorted((*ATTRIBUTES, 'debian')))}",
            )
        unknown = sorted(self.attributes.keys() - allowed)
        if unknown:
            raise FlakeError(
                f"a reference of type '{self.type}' has no attribute '{unknown[0]}'",
                hint=f"it takes {', '.join(sorted(allowed))}",
            )

    def get(self, name: str, default: str = "") -> str:
        """The attribute as text."""
        return str(self.attributes.get(name, default))

    @property
    def dir(self) -> str:
        """Where below the source's root ``flake.nix`` lies; "" for the root."""
        return self.get("dir")

    def with_attributes(self, **changes: Scalar) -> FlakeRef:
        """The same with some attributes set."""
        return FlakeRef(type=self.type, attributes={**self.attributes, **changes})

    def to_json(self) -> dict[str, Scalar]:
        """As ``locked`` and ``original`` of a lock file hold it."""
        return {**self.attributes, "type": self.type}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> FlakeRef:
        """Read what `to_json` gives; raises `FlakeError`."""
        rest = dict(data)
        kind = str(rest.pop("type", ""))
        return FlakeRef(type=kind, attributes=rest)

    def without(self, *names: str) -> FlakeRef:
        """The same without some attributes."""
        kept = {key: value for key, value in self.attributes.items() if key not in names}
        return FlakeRef(type=self.type, attributes=kept)

    def __str__(self) -> str:
        if self.type not in ("path", "debian"):
            from builder.lang.reference_texts import show

            return show(dict(self.to_json()))
        shown = {key: value for key, value in self.attributes.items() if key not in _NUMBERS}
        if self.type == "path":
            head = f"path:{quote(str(shown.pop('path')), safe=_PLAIN)}"
        else:
            head = f"debian:{shown.pop('suite')}"
        query = "&".join(f"{key}={quote(str(shown[key]), safe=_PLAIN)}" for key in sorted(shown))
        return f"{head}?{query}" if query else head


def parse_reference(text: str, base: Path, *, names: bool = False) -> FlakeRef:
    """Read a reference; relative paths are relative to `base`. Raises `FlakeError`.

    With `names`, as in a flake's inputs, a bare name is always one of the registry.
    """
    head, _, query = text.partition("?")
    scheme, colon, rest = head.partition(":")
    if colon and scheme == "debian":
        if not rest:
            raise FlakeError(f"'{text}' names no suite", hint="for example debian:trixie")
        return FlakeRef(type="debian", attributes={"suite": rest, **_pairs(query, text)})
    if colon and scheme == "git+file":
        url = f"git+file://{quote(str(_absolute(rest.removeprefix('//'), base)), safe=_PLAIN)}"
        return _parse(f"{url}?{query}" if query else url)
    if colon and scheme == "path":
        pairs = _pairs(query, text)
        path = rest[2:] if rest.startswith("///") else rest
        return FlakeRef(type="path", attributes={"path": _path_text(path), **pairs})
    if (colon and "/" not in scheme) or _is_name(head, base, names=names):
        return _parse(text)
    attributes = {"path": _path_text(head), **_pairs(query, text)}
    return FlakeRef(type="path", attributes=attributes, is_bare=True)


def _is_name(head: str, base: Path, *, names: bool) -> bool:
    if not _NAME.fullmatch(head.partition("/")[0]):
        return False
    return names or not (base / head).exists()


def _parse(text: str) -> FlakeRef:
    """A reference in one of Nix's notations."""
    from builder.lang.errors import EvalError
    from builder.lang.reference_texts import parse

    try:
        made = parse(text)
    except EvalError as error:
        raise FlakeError(f"cannot read the flake reference '{text}': {error.message}") from None
    return FlakeRef.from_json(made)


def _pairs(query: str, text: str) -> dict[str, Scalar]:
    pairs: dict[str, Scalar] = {}
    for item in query.split("&") if query else ():
        key, _, value = item.partition("=")  # a plus sign is itself, as hashes have it
        pairs[key] = _scalar(key, unquote(value), text)
    return pairs


def _scalar(key: str, value: str, text: str) -> Scalar:
    if key not in _NUMBERS:
        return value
    if not value.isdecimal():
        raise FlakeError(f"'{key}' in the flake reference '{text}' must be a number, not '{value}'")
    return int(value)


def _path_text(path: str) -> str:
    return unquote(path) or "."


def _absolute(path: str, base: Path) -> Path:
    return (base / unquote(path)).absolute()


def locate(reference: FlakeRef, base: Path) -> FlakeRef:
    """A ``path`` reference given by a user, with its path absolute; a bare one in a git
    work tree becomes the work tree and the folder inside it."""
    if reference.type != "path":
        return reference
    folder = Path(_normal(_absolute(reference.get("path"), base)))
    if not folder.exists():
        raise FlakeError(f"path '{folder}' does not exist")
    if folder.is_file() and folder.name == "flake.nix":
        folder = folder.parent
    for parent in (folder, *folder.parents) if reference.is_bare else ():
        if (parent / ".git").exists():
            inside = folder.relative_to(parent).as_posix()
            given = {key: value for key, value in reference.attributes.items() if key != "path"}
            if inside != ".":
                given["dir"] = f"{inside}/{given['dir']}" if "dir" in given else inside
            return FlakeRef(type="git", attributes={"url": f"file://{parent}", **given})
    return reference.with_attributes(path=str(folder))


def _normal(path: Path) -> str:
    return str(path.resolve())
