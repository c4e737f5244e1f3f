"""POSIX extended regular expressions as the reference reads them, over bytes.

The reference uses libstdc++'s `std::regex`. It tries what a backtracking engine
tries, in the same order, but for ``|``: there both sides are tried, and the
longer match of all wins. So an expression without ``|`` means the same to
Python's `re`; one with ``|`` is searched for by `longest`. What an expression
may look like is checked here, since `re` accepts much that is no POSIX.
"""

from __future__ import annotations

from dataclasses import dataclass

from builder.lang.builtins.collating import COLLATING

_SPECIAL = b".[\\()*+?{|^$"
_CLASSES = {
    b"alpha": rb"a-zA-Z",
    b"digit": rb"0-9",
    b"alnum": rb"a-zA-Z0-9",
    b"upper": rb"A-Z",
    b"lower": rb"a-z",
    b"space": rb"\ \t\n\r\f\v",
    b"blank": rb"\ \t",
    b"punct": rb"!-/:-@\[-`{-~",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"print": rb"\x20-\x7e",
    b"graph": rb"\x21-\x7e",
    b"xdigit": rb"0-9a-fA-F",
    b"d": rb"0-9",
    b"w": rb"a-zA-Z0-9_",
    b"s": rb"\ \t\n\r\f\v",
}
_STATES = 100_000  # what the reference allows an expression to unfold to


class BadExpression(Exception):
    """It is no POSIX extended regular expression."""


class TooBig(Exception):
    """It unfolds to more states than the reference has room for."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One byte: a piece of Python's notation that matches it."""

    pattern: bytes


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning (``^``) or the end (``$``) of the text."""

    end: bool


@dataclass(frozen=True, slots=True)
class Group:
    """``( )``, numbered from 1."""

    number: int
    inner: Node


@dataclass(frozen=True, slots=True)
class Repeat:
    """A quantified expression; `most` None is without end."""

    inner: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """``left|right|...``"""

    options: tuple[Node, ...]


Node = Chars | Edge | Group | Repeat | Sequence | Choice


def parse(pattern: bytes) -> tuple[Node, int]:
    """The tree of an expression and the number of its groups.

    Raises `BadExpression` and `TooBig`.
    """
    parser = _Parser(pattern)
    tree = parser.choice()
    if parser.at < len(pattern):
        raise BadExpression
    if _states(tree) > _STATES:
        raise TooBig
    return _merged(tree), parser.groups


def _merged(node: Node) -> Node:
    """The same expression, with a set of bytes for a choice between single ones: none of
    them is longer than another, so `re` finds what the reference does."""
    match node:
        case Group():
            return Group(node.number, _merged(node.inner))
        case Repeat():
            return Repeat(_merged(node.inner), node.least, node.most)
        case Sequence():
            return Sequence(tuple(map(_merged, node.items)))
        case Choice():
            options = tuple(map(_merged, node.options))
            sets = [option.pattern for option in options if isinstance(option, Chars)]
            if len(sets) == len(options):
                return Chars(b"(?:%s)" % b"|".join(sets))
            return Choice(options)
    return node


def _states(node: Node) -> int:
    match node:
        case Group():
            return 2 + _states(node.inner)
        case Repeat():
            times = node.least + 1 if node.most is None else max(node.most, 1)
            return 1 + times * (_states(node.inner) + 1)
        case Sequence():
            return sum(map(_states, node.items))
        case Choice():
            return sum(2 + _states(option) for option in node.options)
    return 1


class _Parser:
    """Reads an expression by recursive descent; `at` is the offset of what comes next."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.at = 0
        self.groups = 0

    def _next(self) -> bytes:
        return self.text[self.at : self.at + 1]

    def choice(self) -> Node:
        """``sequence ('|' sequence)*``"""
        options = [self._sequence()]
        while self._next() == b"|":
            self.at += 1
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        """``(edge | atom quantifier*)*``"""
        items: list[Node] = []
        while (char := self._next()) and char not in (b"|", b")"):
            if char in (b"^", b"$"):
                self.at += 1
                items.append(Edge(char == b"$"))
                continue
            item = self._atom(char)
            while (mark := self._next()) and mark in b"*+?{":
                item = self._quantified(item, mark)
            items.append(item)
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _atom(self, char: bytes) -> Node:
        self.at += 1
        if char == b".":
            return Chars(rb"[^\x00]")
        if char == b"[":
            return self._bracket()
        if char == b"(":
            self.groups += 1
            number = self.groups
            inner = self.choice()
            if self._next() != b")":
                raise BadExpression
            self.at += 1
            return Group(number, inner)
        if char == b"\\":
            char = self._next()
            self.at += 1
            if not char or char not in _SPECIAL:
                raise BadExpression
        elif char in b"*+?{":
            raise BadExpression
        return Chars(_literal(char))

    def _quantified(self, item: Node, mark: bytes) -> Repeat:
        self.at += 1
        if mark != b"{":
            return Repeat(item, 1 if mark == b"+" else 0, 1 if mark == b"?" else None)
        least = self._number()
        most: int | None = least
        if self._next() == b",":
            self.at += 1
            most = None if self._next() == b"}" else self._number()
        if self._next() != b"}" or (most is not None and most < least):
            raise BadExpression
        self.at += 1
        return Repeat(item, least, most)

    def _number(self) -> int:
        start = self.at
        while self._next().isdigit():
            self.at += 1
        if start == self.at or self.at - start > 6:
            raise BadExpression
        return int(self.text[start : self.at])

    def _bracket(self) -> Chars:
        """What follows ``[``: classes, bytes and ranges up to ``]``."""
        parts = [b"["]
        if self._next() == b"^":
            self.at += 1
            parts.append(b"^")
        last: bytes | None = None  # a byte that may begin a range
        klass = False  # whether a class stands before
        first = True
        while True:
            char = self._next()
            if not char:
                raise BadExpression
            if char == b"]" and not first:
                break
            if char == b"-" and not first:
                self.at += 1
                if self._next() == b"]":
                    parts.append(rb"\-")
                    continue
                if klass or last is None or self._follows(b"[.", b"[="):
                    raise BadExpression
                end = self._member() or b"-"
                if _signed(end) < _signed(last):
                    raise BadExpression
                parts[-1] = _range(last, end)
                last = None
                continue
            is_like = self._follows(b"[=")
            member = self._member(dash=first)
            if isinstance(member, bytes):
                last, klass = None if is_like else member, is_like
                parts.append(_literal(member))
            else:
                last, klass = None, True
                parts.append(self._class())
            first = False
        self.at += 1
        return Chars(b"".join(parts) + b"]")

    def _follows(self, *marks: bytes) -> bool:
        return self.text.startswith(marks, self.at)

    def _member(self, *, dash: bool = False) -> bytes | None:
        """A byte, or a collating element of one; None before a class or a dash."""
        char = self._next()
        if char == b"-" and not dash:
            self.at += 1
            return None
        if char == b"[" and self.text[self.at + 1 : self.at + 2] in (b".", b"="):
            mark = self.text[self.at + 1 : self.at + 2]
            end = self.text.find(mark + b"]", self.at + 3)
            name = self.text[self.at + 2 : end] if end >= 0 else b""
            element = name if len(name) == 1 and name.isalpha() else COLLATING.get(name)
            if element is None:
                raise BadExpression
            self.at = end + 2
            return element
        if char == b"[" and self.text[self.at + 1 : self.at + 2] == b":":
            return None
        if not char:
            raise BadExpression
        self.at += 1
        return char

    def _class(self) -> bytes:
        end = self.text.find(b":]", self.at + 2)
        name = self.text[self.at + 2 : end] if end >= 0 else b""
        if name.lower() not in _CLASSES:
            raise BadExpression
        self.at = end + 2
        return _CLASSES[name.lower()]


def _signed(char: bytes) -> int:
    """A byte as the reference compares it, as a signed number."""
    return char[0] - 256 if char[0] > 127 else char[0]


def _literal(char: bytes) -> bytes:
    return b"\\x%02x" % char[0]


def _range(first: bytes, last: bytes) -> bytes:
    low, high = _signed(first), _signed(last)
    if low < 0 <= high:
        return b"\\x%02x-\\xff\\x00-\\x%02x" % (low + 256, high)
    return _literal(first) + b"-" + _literal(last)


def to_python(node: Node) -> bytes:
    """The same expression for `re` (see the module's text for one with ``|``)."""
    match node:
        case Chars():
            return node.pattern
        case Edge():
            return rb"\Z" if node.end else rb"\A"
        case Group():
            return b"(" + to_python(node.inner) + b")"
        case Repeat():
            most = b"" if node.most is None else b"%d" % node.most
            return b"(?:%s){%d,%s}" % (to_python(node.inner), node.least, most)
        case Sequence():
            return b"".join(map(to_python, node.items))
    return b"(?:" + b"|".join(map(to_python, node.options)) + b")"


def has(node: Node, kind: type[Node]) -> bool:
    """Whether there is a part of a kind in an expression."""
    if isinstance(node, kind):
        return True
    match node:
        case Group() | Repeat():
            return has(node.inner, kind)
        case Sequence():
            return any(has(item, kind) for item in node.items)
        case Choice():
            return any(has(option, kind) for option in node.options)
    return False


def may_explode(node: Node, repeated: bool = False) -> bool:
    """Whether matching may take time that grows with more than the text: there is a
    repetition or a ``|`` inside of a repetition, or more than two without end in a row."""
    match node:
        case Group():
            return may_explode(node.inner, repeated)
        case Sequence():
            endless = sum(isinstance(item, Repeat) and item.most is None for item in node.items)
            return endless > 2 or any(may_explode(item, repeated) for item in node.items)
        case Choice():
            return repeated or any(may_explode(option, repeated) for option in node.options)
        case Repeat():
            many = node.most is None or node.most > 1
            return (repeated and many) or may_explode(node.inner, repeated or many)
    return False
