"""Documentation of functions: of builtins, and of what has a comment ``/** … */`` before it."""

from __future__ import annotations

import re
import textwrap
from functools import cache
from importlib.resources import files
from pathlib import Path

_COMMENT = re.compile(r"/\*\*(?P<text>(?:(?!\*/).)*)\*/(?P<between>[^*]*)\Z", re.DOTALL)
# What may stand between a comment and the place that it is about: "inherit", a name, "=", "(".
_BETWEEN = re.compile(r"[\s(]*(\"?[\w'-]+\"?\s*=\s*[\s(]*)?\Z")


def of_place(source: Path, line: int) -> str | None:
    """The comment before what begins on a line of a file; None when there is none."""
    if not source.is_file():
        return None
    lines = source.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    before = "".join(lines[: line - 1])
    found = _COMMENT.search(before)
    if found is None and line <= len(lines):
        found = _COMMENT.search(before + lines[line - 1].partition("*/")[0] + "*/")
    if found is None or not _BETWEEN.match(found["between"]):
        return None
    return _clean(found["text"])


def _clean(text: str) -> str:
    """A comment's text without the indentation and stars of its lines."""
    first, newline, rest = text.partition("\n")
    rest = textwrap.dedent(rest)
    if all(line.lstrip().startswith("*") for line in rest.splitlines() if line.strip()):
        rest = "\n".join(line.lstrip()[1:].removeprefix(" ") for line in rest.splitlines())
    return (first.strip() + newline + rest).strip()


@cache
def _builtins() -> dict[str, tuple[str, str]]:
    """The arguments and the text of each builtin."""
    text = files(__package__).joinpath("builtins.txt").read_text(encoding="utf-8")
    found = {}
    for entry in text.strip().split("\n\n"):
        head, _, body = entry.partition("\n")
        name, _, arguments = head.partition(" ")
        found[name] = (arguments, textwrap.dedent(body).strip())
    return found


def of_builtin(name: str) -> str | None:
    """What a builtin takes and does; None when it is not known."""
    found = _builtins().get(name)
    if found is None:
        return None
    arguments, text = found
    return f"Synopsis: builtins.{name} {arguments}\n\n" + textwrap.indent(text, "    ")
