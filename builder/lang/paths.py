"""Path texts."""

from __future__ import annotations

import re

# A path in the store, not one inside of it. The reference asks nothing of the character between
# the digest and the name.
STORE_PATH = re.compile(
    r"/nix/store/[0-9a-df-np-sv-z]{32}[^/](?!\.\.?(?:-|\Z))[0-9A-Za-z+\-._?=]{1,211}\Z"
)


def canonical(path: str) -> str:
    """An absolute path without ``.``, ``..``, doubled or trailing slashes."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/" + "/".join(parts)


def base_name(path: str) -> str:
    """The last part of a path text, as `builtins.baseNameOf` gives it."""
    if path.endswith("/"):
        path = path[:-1]
    return path.rsplit("/", 1)[-1]


def dir_name(path: str) -> str:
    """What stands before the last slash; "." without one, "/" for the root."""
    head, slash, _ = path.rpartition("/")
    if not slash:
        return "."
    return head or "/"
