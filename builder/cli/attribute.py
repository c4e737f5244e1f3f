"""``FLAKE#ATTRIBUTE`` as a text."""

from __future__ import annotations

import re

from builder.cli.errors import UsageError

_OUTPUT = r"(?!\.\.?(?:-|$|,))[0-9A-Za-z+._?=-]+"
_OUTPUTS = re.compile(rf"\*|{_OUTPUT}(?:,{_OUTPUT})*")


def split_installable(text: str) -> tuple[str, str]:
    """The flake's reference ("." when empty) and the attribute's path ("" when none)."""
    reference, _, attribute = text.partition("#")
    return reference or ".", attribute


def split_outputs(text: str) -> tuple[str, tuple[str, ...]]:
    """``FLAKE#ATTRIBUTE^OUTPUT,OUTPUT`` to what comes before ``^`` and the outputs' names.

    They are () where the text says nothing of them, and ("*",) for all.
    """
    named, mark, outputs = text.rpartition("^")
    if not mark:
        return text, ()
    if not _OUTPUTS.fullmatch(outputs):
        raise UsageError(
            f"'{outputs}' after the ^ in '{text}' names no outputs",
            hint="write FLAKE#ATTRIBUTE^dev,lib, or FLAKE#ATTRIBUTE^* for all of them",
        )
    return named, tuple(dict.fromkeys(outputs.split(",")))


def split_attribute(text: str) -> list[str]:
    """``a."b.c".d`` to its names."""
    names: list[str] = []
    rest = text
    while rest:
        if rest.startswith('"'):
            name, quote, rest = rest[1:].partition('"')
            if not quote:
                raise UsageError(f"missing closing quote in selection path '{text}'")
            rest = rest.removeprefix(".")
        else:
            name, _, rest = rest.partition(".")
        names.append(name)
    return names
