"""How the reference goes on after a fault in a TOML text: what it skips."""

from __future__ import annotations

from builder.lang import toml_grammar as grammar
from builder.lang.toml_excerpt import Fault
from builder.lang.toml_scalars import Type, guess


class Skipper:
    """A text, and the offset `at` of what is read next."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    @property
    def ended(self) -> bool:
        return self.at >= len(self.data)

    def take(self, rule: grammar.Rule) -> bool:
        """Go past what a rule matches; whether it does."""
        end = rule.scan(self.data, self.at)
        if end is None:
            return False
        self.at = end
        return True

    def skip_past(self, stops: bytes) -> None:
        """Go to the next of some bytes, or the end."""
        while not self.ended and self.data[self.at] not in stops:
            self.at += 1

    def skip_comments(self) -> None:
        """Go past lines that are empty or only a comment."""
        while not self.ended:
            self.take(grammar.WHITE)
            if self.data[self.at : self.at + 1] == b"#":
                self.skip_past(b"\n")
            elif not self.take(grammar.NEWLINE):
                return

    def skip_value(self) -> None:
        """Go to what seems to be the end of a value."""
        try:
            kind = guess(self.data, self.at)
        except Fault:
            kind = None
        if kind is Type.STRING:
            self._skip_string()
        elif kind is Type.ARRAY:
            self._skip_array()
        elif kind is Type.TABLE:
            self._skip_table()
        else:
            self.skip_past(b"\n,]}")

    def _skip_string(self) -> None:
        for quotes in (b'"""', b"'''"):
            if self.data.startswith(quotes, self.at):
                end = self.data.find(quotes, self.at + 3)
                self.at = len(self.data) if end < 0 else end + 3
                return
        quote = self.data[self.at : self.at + 1]
        self.at += 1
        self.skip_past(quote + b"\n")
        self.at = min(self.at + 1, len(self.data))

    def _at_header(self) -> bool:
        rules = (grammar.STD_TABLE, grammar.ARRAY_TABLE)
        return any(rule.scan(self.data, self.at) is not None for rule in rules)

    def _skip_array(self) -> None:
        self.at += 1
        while not self.ended:
            byte = self.data[self.at : self.at + 1]
            if byte == b"]" or (byte == b"[" and self._at_header()):
                return
            if byte == b"=":  # a key's: the bracket was never closed
                self.at = self.data.rfind(b"\n", 0, self.at) + 1
                return
            self._skip_inside(byte)

    def _skip_table(self) -> None:
        self.at += 1
        while not self.ended:
            byte = self.data[self.at : self.at + 1]
            if byte in (b"}", b"\n") or (byte == b"[" and self._at_header()):
                return
            self._skip_inside(byte)
            if byte == b"#":
                return

    def _skip_inside(self, byte: bytes) -> None:
        if byte in (b'"', b"'"):
            self._skip_string()
        elif byte == b"#":
            self.skip_comments()
        elif byte == b"{":
            self._skip_table()
        elif byte == b"[":
            self._skip_array()
        else:
            self.at += 1

    def skip_pair(self) -> None:
        """Go past a key and its value, or to the line's end."""
        self.skip_past(b"=\n")
        if self.data[self.at : self.at + 1] == b"=":
            self.skip_value()

    def skip_to_header(self) -> None:
        """Go to the line of the next table's header."""
        while not self.ended:
            if self.data[self.at] == 10:
                self.at += 1
                start = self.at
                self.take(grammar.WHITE)
                if self._at_header():
                    self.at = start
                    return
            self.at += 1
        self.at = len(self.data)
