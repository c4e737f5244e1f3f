"""Documentation comments of Nix files: ``/** … */`` before an attribute.

Such a comment has a summary, then lines that begin with ``Type:`` and ``Example:``;
below the latter, expressions, each followed by ``=> `` and its value in the Nix
language, or by ``=> error: `` and a part of the error's message.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

_COMMENT = re.compile(
    r"^(?P<indent> *)/\*\*\n(?P<text>.*?)\*/\n\s*(?P<name>\"?[\w'-]+\"?) =",
    re.DOTALL | re.MULTILINE,
)
_ERROR = "error: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An expression and its value (an expression too), or the error that it is."""

    text: str
    value: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """An attribute with its comment. `path` is below the set that the file is."""

    path: tuple[str, ...]
    line: int
    summary: str
    type: str
    examples: tuple[Example, ...]


def _examples(text: str, where: str) -> tuple[Example, ...]:
    found: list[Example] = []
    lines: list[str] = []
    for line in textwrap.dedent(text).strip("\n").splitlines():
        if not line.startswith("=> "):
            lines.append(line)
            continue
        given, lines = "\n".join(lines).strip(), []
        answer = line.removeprefix("=> ")
        if not given:
            raise ValueError(f"{where}: `{line}' follows no expression")
        if answer.startswith(_ERROR):
            found.append(Example(text=given, error=answer.removeprefix(_ERROR)))
        else:
            found.append(Example(text=given, value=answer))
    if lines:
        raise ValueError(f"{where}: an example without `=> ' and its value: {lines[0]}")
    return tuple(found)


def _enclosing(text: str, indent: int) -> tuple[str, ...]:
    """The attributes around what is indented below the top of the file's set."""
    names: list[str] = []
    for line in reversed(text.splitlines()):
        opened = re.match(r"( +)([\w'-]+) = \{$", line)
        if opened and len(opened[1]) < indent:
            indent = len(opened[1])
            names.append(opened[2])
            if indent <= 2:
                break
    return tuple(reversed(names))


def read(file: Path) -> list[Documented]:
    """All documented attributes of a file, in its order. Raises `ValueError`."""
    text = file.read_text(encoding="utf-8")
    found = []
    for match in _COMMENT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        name = match["name"].strip('"')
        where = f"{file.name}:{line} ({name})"
        body, _, examples = textwrap.dedent(match["text"]).partition("\nExample:\n")
        summary, _, type_ = body.partition("\nType: ")
        if not type_ or not examples:
            raise ValueError(f"{where}: a comment needs the lines `Type:' and `Example:'")
        indent = len(match["indent"])
        outer = _enclosing(text[: match.start()], indent) if indent > 2 else ()
        found.append(
            Documented(
                path=(*outer, name),
                line=line,
                summary=summary.strip(),
                type=" ".join(type_.split()),
                examples=_examples(examples, where),
            )
        )
    return found
