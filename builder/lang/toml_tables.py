"""The tables of a TOML text while it is read: what may be put where.

A table is defined once; only those that a header implied may be opened later, and
dotted keys only reach tables that dotted keys made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from builder.lang.toml_excerpt import Fault, Place


class Kind(Enum):
    """How a value came to be."""

    PLAIN = "neither a table nor an array"
    LIST = "[1, 2]"
    HEADED = "[a]"
    IMPLIED = "a of [a.b]"
    DOTTED = "a of a.b = 1"
    INLINE = "{a = 1}"
    HEADED_LIST = "[[a]]"


class Way(Enum):
    """What is put into a table."""

    HEADER = "[a]"
    LIST_HEADER = "[[a]]"
    KEY = "a = 1"


_TABLES = (Kind.HEADED, Kind.IMPLIED, Kind.DOTTED, Kind.INLINE)


@dataclass(slots=True, kw_only=True)
class Node:
    """A value: its place, a table's values by name, an array's items."""

    kind: Kind
    place: Place
    names: dict[bytes, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)

    @property
    def is_table(self) -> bool:
        return self.kind in _TABLES

    @property
    def is_list_of_tables(self) -> bool:
        return bool(self.items) and all(item.is_table for item in self.items)


def insert(way: Way, table: Node, keys: list[bytes], place: Place, value: Node) -> Node:
    """Put a value where the keys lead; the table that a header opens. Raises `Fault`."""
    for key in keys[:-1]:
        table = _descend(way, table, key, place)
    last = keys[-1]
    found = table.names.get(last)
    if found is None:
        if way is Way.LIST_HEADER:
            table.names[last] = Node(kind=Kind.HEADED_LIST, place=place, items=[value])
        else:
            table.names[last] = value
        return value
    if way is Way.KEY:
        raise _fault(
            " failed to insert a value, value already exists",
            (place, "inserting this"),
            (found.place, "but value already exists"),
        )
    if way is Way.HEADER:
        if found.kind is not Kind.IMPLIED:
            raise _fault(
                " failed to insert a table, table already defined",
                (place, "inserting this"),
                (found.place, "this table is explicitly defined"),
            )
        found.kind, found.place = Kind.HEADED, place
        return found
    if not found.is_list_of_tables:
        raise _fault(
            " failed to insert an array of tables, value already exists",
            (place, "while inserting this"),
            (found.place, "non-table value already exists"),
        )
    if found.kind is not Kind.HEADED_LIST:
        raise _fault(
            " failed to insert a table, inline array of tables is immutable",
            (place, "while inserting this"),
            (found.place, "this is inline array-of-tables"),
        )
    found.items.append(value)
    return value


def _descend(way: Way, table: Node, key: bytes, place: Place) -> Node:
    """The table of that name, made if there is none. Raises `Fault`."""
    found = table.names.get(key)
    if found is None:
        kind = Kind.DOTTED if way is Way.KEY else Kind.IMPLIED
        made = table.names[key] = Node(kind=kind, place=place)
        return made
    if found.kind is Kind.INLINE:
        raise _fault(
            " failed to insert a value: inline table is immutable",
            (place, "inserting this"),
            (found.place, "to this table"),
        )
    if found.is_table:
        if way is Way.KEY and found.kind is not Kind.DOTTED:
            raise _fault(
                " reopening a table using dotted keys",
                (place, "dotted key cannot reopen a table"),
                (found.place, "this table is already closed"),
            )
        return found
    if not found.is_list_of_tables:
        raise _fault(
            " failed to insert a value, value already exists",
            (place, "while inserting this"),
            (found.place, "non-table value already exists"),
        )
    if found.kind is not Kind.HEADED_LIST:
        raise _fault(
            "inline array of tables are immutable",
            (place, "inserting this"),
            (found.place, "inline array of tables"),
        )
    if way is Way.KEY:
        raise _fault(
            "dotted key cannot reopen an array-of-tables",
            (place, "inserting this"),
            (found.place, "to this array-of-tables."),
        )
    return found.items[-1]


def _fault(title: str, *places: tuple[Place, str]) -> Fault:
    return Fault(f"toml::insert_value:{title}", places)
