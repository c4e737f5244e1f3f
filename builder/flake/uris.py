"""Which addresses restricted evaluation may fetch from."""

from __future__ import annotations

from collections.abc import Sequence

from builder.lang.errors import ForbiddenPath


def check_uri(uri: str, allowed: Sequence[str]) -> None:
    """Raise `ForbiddenPath` unless `uri` is one of `allowed` or lies below one.

    One that ends in ":" stands for all addresses of that scheme.
    """
    for prefix in allowed:
        if uri == prefix or (prefix.endswith(("/", ":")) and uri.startswith(prefix)):
            return
        if prefix and uri.startswith(f"{prefix}/"):
            return
    raise ForbiddenPath(f"access to URI '{uri}' is forbidden in restricted mode")
