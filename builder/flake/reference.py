"""Flake references: where a flake, or an input that is none, comes from.

Texts: ``path:P``, ``./x``, ``/x``, a bare path on the command line,
``git+file:P?ref=&rev=&dir=``, ``debian:SUITE?components=&mirror=``. Paths in a git
work tree become ``git+file`` references with ``dir``, as in Nix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from builder.flake.errors import FlakeError

Scalar = str | int | bool

_ALLOWED: Mapping[str, frozenset[str]] = {
    "path": frozenset({"path", "dir", "narHash", "lastModified", "rev", "revCount"}),
    "git": frozenset(
        {"url", "dir", "ref", "rev", "narHash", "lastModified", "revCount", "dirtyRev",
         "dirtyShortRev", "shallow", "submodules", "allRefs"}
    ),
    "debian": frozenset({"suite", "components", "mirror", "narHash", "lastModified"}),
}  # fmt: skip
_NUMBERS = frozenset({"lastModified", "revCount"})
_PLAIN = "/:+=,"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakeRef:
    """A reference by its type and attributes, as a lock file writes them.

    Raises `FlakeError` at construction for an unknown type or attribute.
    """

    type: str
    attributes: Mapping[str, Scalar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.type not in _ALLOWED:
            raise FlakeError(
                f"input type '{self.type}' is not supported",
                hint=f"the types are {', '.join(sorted(_ALLOWED))}",
            )
        unknown = sorted(self.attributes.keys() - _ALLOWED[self.type])
        if unknown:
            raise FlakeError(
                f"a reference of type '{self.type}' has no attribute '{unknown[0]}'",
                hint=f"it takes {', '.join(sorted(_ALLOWED[self.type]))}",
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

    def __str__(self) -> str:
        shown = {key: value for key, value in self.attributes.items() if key not in _NUMBERS}
        match self.type:
            case "path":
                head = f"path:{quote(str(shown.pop('path')), safe=_PLAIN)}"
            case "git":
                head = f"git+{shown.pop('url')}"
            case _:
                head = f"debian:{shown.pop('suite')}"
        query = "&".join(f"{key}={quote(str(shown[key]), safe=_PLAIN)}" for key in sorted(shown))
        return f"{head}?{query}" if query else head


def parse_reference(text: str, base: Path) -> FlakeRef:
    """Read a reference; relative paths are relative to `base`. Raises `FlakeError`."""
    head, _, query = text.partition("?")
    pairs: dict[str, Scalar] = {}
    for item in query.split("&") if query else ():
        key, _, value = item.partition("=")  # a plus sign is itself, as hashes have it
        pairs[key] = _scalar(key, unquote(value), text)
    scheme, colon, rest = head.partition(":")
    if colon and scheme == "debian":
        if not rest:
            raise FlakeError(f"'{text}' names no suite", hint="for example debian:trixie")
        return FlakeRef(type="debian", attributes={"suite": rest, **pairs})
    if colon and scheme == "git+file":
        path = rest.removeprefix("//")
        return FlakeRef(type="git", attributes={"url": f"file://{_absolute(path, base)}", **pairs})
    if colon and scheme == "path":
        return FlakeRef(type="path", attributes={"path": _path_text(rest), **pairs})
    if colon and "/" not in scheme:
        raise FlakeError(
            f"cannot read the flake reference '{text}': unknown scheme '{scheme}:'",
            hint="the schemes are path:, git+file: and debian:",
        )
    return FlakeRef(type="path", attributes={"path": _path_text(head), **pairs})


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
    """A ``path`` reference given by a user, with its path absolute; a folder of a git
    work tree becomes the work tree and the folder inside it."""
    if reference.type != "path":
        return reference
    folder = Path(_normal(_absolute(reference.get("path"), base)))
    if not folder.exists():
        raise FlakeError(f"path '{folder}' does not exist")
    if folder.is_file() and folder.name == "flake.nix":
        folder = folder.parent
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            inside = folder.relative_to(parent).as_posix()
            given = {key: value for key, value in reference.attributes.items() if key != "path"}
            if inside != ".":
                given["dir"] = f"{inside}/{given['dir']}" if "dir" in given else inside
            return FlakeRef(type="git", attributes={"url": f"file://{parent}", **given})
    return reference.with_attributes(path=str(folder))


def _normal(path: Path) -> str:
    return str(path.resolve())
