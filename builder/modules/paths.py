"""Types of paths."""

from __future__ import annotations

import re
from typing import Any

from builder.lang.errors import ThrownError
from builder.lang.thunks import call, force
from builder.lang.values import Path, Value
from builder.modules.option_type import OptionType, merge_equal
from builder.modules.scalars import Scalar, is_string_like, is_text, text_of

_IN_STORE = re.compile(r"/nix/store/[^.].*\Z", re.DOTALL)
_STORE_ENTRY = re.compile(r"/nix/store/[^/]+\Z")
_CONTENT_HASH = re.compile(r"/[0-9a-z]{52}\Z")


def path_text(value: Any) -> str | None:
    """The text that a forced value stands for as a path; None when it stands for none."""
    if isinstance(value, Path):
        return value.text
    if isinstance(value, dict) and "__toString" in value:
        return path_text(call(value["__toString"], value))
    if isinstance(value, dict) and "outPath" in value:
        return path_text(force(value["outPath"]))
    return text_of(value)


def is_store_path(value: Any) -> bool:
    """Whether a forced value is an entry of the store (and not something below one)."""
    if not is_string_like(value):
        return False
    text = path_text(value)
    return text is not None and bool(_STORE_ENTRY.match(text) or _CONTENT_HASH.match(text))


def path_with(*, absolute: bool | None = None, in_store: bool | None = None) -> OptionType:
    """Paths, absolute or relative, in the store or outside; None allows both.

    Only what may be in the store can be something else than a string. Raises `ThrownError` for
    relative paths in the store, which there are none of.
    """
    if in_store and absolute is False:
        raise ThrownError("In pathWith, inStore means the path must be absolute")

    def accepts(value: Any) -> bool:
        if not (is_text(value) if in_store is False else is_string_like(value)):
            return False
        text = path_text(value) or ""
        return (in_store is None or in_store == bool(_IN_STORE.match(text))) and (
            absolute is None or absolute == text.startswith("/")
        )

    kind = {None: "path", True: "absolute path", False: "relative path"}[absolute]
    where = {None: "", True: " in the Nix store", False: " not in the Nix store"}[in_store]
    made_of: dict[str, Value] = {"absolute": absolute, "inStore": in_store}
    return Scalar("path", kind + where, accepts, merge_equal, made_of=made_of)
