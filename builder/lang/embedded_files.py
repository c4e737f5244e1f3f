"""The files that the language brings along: ``<nix/fetchurl.nix>``.

Where nothing on the search path has it, ``<nix/name>`` is a path of its own root. In
values it is a text below ``/<nix>``, which `shown` writes as the reference prints it, and
which a `Host` finds in this package by `place`.
"""

from __future__ import annotations

from pathlib import Path

from builder.lang.paths import canonical

ROOT = "/<nix>"
_FOLDER = Path(__file__).parent / "embedded"


def find(name: str) -> str | None:
    """The path that ``<name>`` stands for when no search path has it, if it begins with nix/."""
    return ROOT + canonical(name[4:]).rstrip("/") if name.startswith("nix/") else None


def is_embedded(path: str) -> bool:
    """Whether a path of the language lies below the root of the embedded files."""
    return path.startswith(ROOT) and path[len(ROOT) : len(ROOT) + 1] in ("", "/")


def place(path: str) -> Path:
    """Where an embedded path lies on this machine; raises FileNotFoundError, of `path`."""
    found = _FOLDER / path[len(ROOT) + 1 :]
    if not found.exists():
        raise FileNotFoundError(2, "No such file or directory", path)
    return found


def shown(path: str) -> str:
    """A path as a value is printed, embedded or not."""
    return f"<nix/{path[len(ROOT) + 1 :]}>" if is_embedded(path) else path


def own_name(shown: str) -> str:
    """What `shown` gave for an embedded path as a string from its own root on."""
    return f"/{shown[5:-1]}" if shown.startswith("<nix/") else shown


def text(path: str) -> str:
    """A path as a string: an embedded one's from its own root on."""
    return path[len(ROOT) :] or "/" if is_embedded(path) else path
