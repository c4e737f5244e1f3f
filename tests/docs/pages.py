"""What the pages show: expressions, files, commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(REPOSITORY / "docs/how-to").glob("*.md"),
        *(REPOSITORY / "docs/tutorial").glob("*.md"),
        *(REPOSITORY / "docs/explanation").glob("*.md"),
        REPOSITORY / "README.md",
    ]
)
PROGRAMS = ("neve", "build-image", "vm-test")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^    .*\n)+", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block between fences, or an indented one (`language` "")."""

    language: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    """All blocks of a page."""
    text = page.read_text()
    for language, inner in _FENCE.findall(text):
        yield Block(language=language, text=inner)
    for inner in _INDENTED.findall(_FENCE.sub("", text)):
        yield Block(language="", text=re.sub("^    ", "", inner, flags=re.MULTILINE))


def snippets(page: Path) -> list[str]:
    """The Nix expressions of a page, in order."""
    return [block.text for block in blocks(page) if block.language == "nix"]


def commands(page: Path) -> Iterator[list[str]]:
    """The commands of ours that a page shows to be typed, as their words."""
    for block in blocks(page):
        if block.language not in ("", "console", "sh"):
            continue
        for line in block.text.splitlines():
            plain = re.sub(r"^(?:.*?[$#] )?", "", line)
            plain = re.sub(r"\s#\s.*", "", plain)
            for part in re.split(r" (?:&&|\||;) ", plain):
                try:
                    words = shlex.split(part)
                except ValueError:
                    continue  # output, with quotes of its own
                if words and words[0] in PROGRAMS and "(Neve)" not in words:
                    yield words


def mentions(page: Path) -> Iterator[list[str]]:
    """The commands that a page names in a sentence, as their words."""
    for span in re.findall(r"`([^`\n]+)`", _FENCE.sub("", page.read_text())):
        words = span.replace("\\|", "|").split()
        if words[0] in PROGRAMS:
            yield words
