"""What is typed: lines with history and completion, joined until they are an expression."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from builder.cli.repl.scope import Scope
from builder.lang.errors import NixError
from builder.lang.words import attribute

PROMPT = "neve-repl> "
_MORE = " " * len(PROMPT)
_HISTORY = 10_000
# Where a word ends that completion looks at; names have "-" and "'", paths of names ".".
_DELIMITERS = ' \t\n=+*(){}[]<>!&|,;"`?@$~'
_FILES = (":l ", ":load ")


def history_file() -> Path:
    """Where the lines of earlier sessions are kept."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "neve" / "repl-history"


class Terminal:
    """Lines from the user, or from standard input when that is no terminal."""

    def __init__(self, scope: Scope, commands: tuple[str, ...]) -> None:
        self.scope = scope
        self._commands = commands
        self._matches: list[str] = []
        self.interactive = sys.stdin.isatty()

    def __enter__(self) -> Terminal:
        if self.interactive:
            import readline

            readline.set_completer(self.complete)
            readline.set_completer_delims(_DELIMITERS)
            readline.parse_and_bind("tab: complete")
            readline.set_history_length(_HISTORY)
            readline.set_auto_history(False)
            if history_file().is_file():
                readline.read_history_file(history_file())
        return self

    def __exit__(self, *_: object) -> None:
        if self.interactive:
            import readline

            history_file().parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(history_file())

    def line(self, *, more: bool) -> str:
        """The next line. Raises `EOFError` at the end, `KeyboardInterrupt` for Ctrl-C."""
        if not self.interactive:
            text = sys.stdin.readline()
            if not text:
                raise EOFError
            return text.rstrip("\n")
        return input(_MORE if more else PROMPT)

    def remember(self, text: str) -> None:
        """Add an entry to the history; several lines as one where that means the same."""
        if not self.interactive or not text.strip():
            return
        import readline

        together = not re.search(r"#|''", text)
        for line in [" ".join(text.split("\n"))] if together else text.split("\n"):
            size = readline.get_current_history_length()
            if size == 0 or readline.get_history_item(size) != line:
                readline.add_history(line)

    def complete(self, text: str, state: int) -> str | None:
        """What `text` may become, for readline: the match of a number."""
        if state == 0:
            import readline

            line = readline.get_line_buffer()[: readline.get_endidx()]
            self._matches = sorted(self.candidates(text, line))
        return self._matches[state] if state < len(self._matches) else None

    def candidates(self, text: str, line: str) -> Iterator[str]:
        """All that the word `text` at the end of `line` may become."""
        if line.startswith(_FILES):
            yield from _files(text)
        elif line.startswith(":") and " " not in line:
            yield from (command for command in self._commands if command.startswith(text))
        elif "." in text:
            holder, _, start = text.rpartition(".")
            if re.fullmatch(r"[\w'.\"-]+", holder):
                yield from (f"{holder}.{name}" for name in self._attributes(holder, start))
        else:
            yield from (name for name in self.scope.visible() if name.startswith(text))

    def _attributes(self, holder: str, start: str) -> list[str]:
        try:
            names = self.scope.attributes(holder)
        except NixError:
            return []
        return [attribute(name) for name in names if name.startswith(start)]


def _files(start: str) -> Iterator[str]:
    """Files and folders whose paths begin with a text."""
    folder, _, name = start.rpartition("/")
    base = Path(f"{folder}/" if folder or start.startswith("/") else ".").expanduser()
    if base.is_dir():
        for entry in base.iterdir():
            if entry.name.startswith(name):
                prefix = start[: len(start) - len(name)]
                yield f"{prefix}{entry.name}{'/' if entry.is_dir() else ''}"
