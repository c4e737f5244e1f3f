"""``FLAKE#ATTRIBUTE`` as a text."""

from __future__ import annotations

from builder.cli.errors import UsageError


def split_installable(text: str) -> tuple[str, str]:
    """The flake's reference ("." when empty) and the attribute's path ("" when none)."""
    reference, _, attribute = text.partition("#")
    return reference or ".", attribute


def split_attribute(text: str) -> list[str]:
    """``a."b.c".d`` to its names."""
    names: list[str] = []
    rest = text
    while rest:
        if rest.startswith('"'):
            name, quote, rest = rest[1:].partition('"')
            if not quote:
                raise UsageError(f"the attribute path '{text}' has a quote that never ends")
            rest = rest.removeprefix(".")
        else:
            name, _, rest = rest.partition(".")
        names.append(name)
    return names
