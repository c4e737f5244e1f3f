"""What is wrong with a TOML text, in the words that the reference uses.

The reference reads TOML with toml11, which goes on after a fault and tells all of
them; what it skips after one is part of what it says, so that is done here too.
"""

from __future__ import annotations

from itertools import pairwise

from builder.lang import toml_grammar as grammar
from builder.lang.toml_excerpt import Fault, Place
from builder.lang.toml_scalars import missing
from builder.lang.toml_tables import Kind, Node, Way, insert
from builder.lang.toml_values import LINE_END, ValueReader

_BOM = b"\xef\xbb\xbf"


def explain(text: bytes) -> str | None:
    """The faults of a text, each with an excerpt, or that it holds a date or time.

    None if neither is found.
    """
    reader = _read(text)
    if reader.faults:
        return "".join(map(str, reader.faults))
    return "Dates and times are not supported" if reader.dated else None


def parted(text: bytes) -> bytes:
    """A text without faults, with each header on a line of its own.

    toml11 wants no new line between a value and the header of the next table.
    """
    ends = [0, *_read(text).glued, len(text)]
    return b"\n".join(text[start:end] for start, end in pairwise(ends))


def _read(text: bytes) -> _Reader:
    data = text if text.endswith((b"\n", b"\r")) else text + b"\n"
    reader = _Reader(data, len(_BOM) if data.startswith(_BOM) else 0)
    reader.file()
    return reader


class _Reader(ValueReader):
    """Reads a whole text: its headers and the lines of tables.

    `glued` are the offsets of headers that follow a value on its line.
    """

    def __init__(self, data: bytes, at: int) -> None:
        super().__init__(data, at)
        self.glued: list[int] = []

    def _table(self, table: Node) -> None:
        """The lines of a table, up to the next header. Raises `Fault`."""
        known, line = len(self.faults), True
        while not self.ended:
            start = self.at
            _, lines = self.spacer()
            if self.ended:
                break
            self.take(grammar.WHITE)
            if self.next() == b"[":
                if not (line or lines):
                    self.glued.append(start)
                self.at = start
                break
            if not (line or lines):
                raise self.here(f"toml::parse_table: {LINE_END}")
            line = False
            try:
                keys, place, value = self.pair()
            except Fault as fault:
                self.faults.append(fault)
                self.skip_pair()
                continue
            try:
                line = self.comment()
            except Fault as fault:
                self.faults.append(fault)
            try:
                insert(Way.KEY, table, keys, place, value)
            except Fault as fault:
                self.faults.append(fault)
        if known < len(self.faults):
            raise self.faults.pop()

    def _body(self, table: Node) -> None:
        try:
            self._table(table)
        except Fault as fault:
            self.faults.append(fault)
            self.skip_to_header()

    def _top_comments(self) -> None:
        first = self.at
        while not self.ended:
            try:
                if self.comment():
                    continue
            except Fault as fault:
                self.faults.append(fault)
                self.skip_comments()
                continue
            self.take(grammar.WHITE)
            if not self.take(grammar.NEWLINE):
                self.at = first
            break

    def file(self) -> None:
        """Read the whole text and note its faults."""
        root = Node(kind=Kind.HEADED, place=Place.at(self.data, self.at))
        self._top_comments()
        self._body(root)
        while not self.ended:
            self.spacer()
            if not (
                self._headed(root, Way.LIST_HEADER, grammar.ARRAY_TABLE, 2)
                or self._headed(root, Way.HEADER, grammar.STD_TABLE, 1)
            ):
                self._bad_header()

    def _bad_header(self) -> None:
        twice = self.data.startswith(b"[[", self.at)
        rule = grammar.ARRAY_TABLE if twice else grammar.STD_TABLE
        title = f"toml::parse_file: invalid {'array-table' if twice else 'table'} key"
        self.faults.append(missing(title, rule, self.data, self.at))
        self.skip_to_header()

    def _headed(self, root: Node, way: Way, rule: grammar.Rule, brackets: int) -> bool:
        """Read a header and its table; whether there was one."""
        first, end = self.at, rule.scan(self.data, self.at)
        if end is None:
            return False
        self.at += brackets
        self.take(grammar.WHITE)
        try:
            keys = self._key()
        except Fault:
            return False
        self.at = end
        place = Place.between(self.data, first, end)
        try:
            if not self.comment():
                self.take(grammar.WHITE)
                if not self.ended and not self.take(grammar.NEWLINE):
                    title = "toml::parse_file: newline (or EOF) expected"
                    raise missing(title, grammar.NEWLINE, self.data, self.at)
        except Fault as fault:
            self.faults.append(fault)
            self.skip_to_header()
            return True
        table = Node(kind=Kind.HEADED, place=place)
        try:
            table = insert(way, root, keys, place, table)
        except Fault as fault:
            self.faults.append(fault)
        self._body(table)
        return True
