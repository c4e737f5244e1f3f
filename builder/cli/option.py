"""``neve option``: who sets an option, and where an option is for something."""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.cli.attribute import split_attribute, split_installable
from builder.cli.errors import UsageError
from builder.cli.machine import machine_options
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.lang.errors import NixError, nearest
from builder.lang.json_text import to_json
from builder.lang.thunks import force
from builder.lang.values import Path as NixPath
from builder.lang.values import is_function
from builder.modules.definition import order_of, priority_of, show_loc
from builder.modules.inspection import (
    Contribution,
    contributions,
    is_defined,
    order_name,
    priority_name,
    walk,
)
from builder.modules.lookup import Found, NoSuchOption, SetOfOptions, find
from builder.modules.pretty import lines

_MOST_LINES = 40
_SOURCE = re.compile(r"\A/nix/store/[0-9a-z]{32}-[^/]*/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An option that a search found; a smaller rank is nearer to what was asked for."""

    rank: tuple[int, ...]
    found: Found


def show(words: argparse.Namespace) -> int:
    """Print all that is known of an option."""
    session = session_of(words)
    options = machine_options(session, words.machine)
    path = split_attribute(words.name)
    try:
        found = session.evaluator.run(lambda: find(options, path))
    except SetOfOptions as several:
        level = several.level
        inside = session.evaluator.run(lambda: list(walk(level)))
        _print_summaries(session, inside, words.json)
        if not words.json:
            print(f"'{words.name}' is a set of {_count(len(inside))}", file=sys.stderr)
        return 0
    except NoSuchOption as error:
        raise _not_found(session, options, words.name, error) from None
    view = session.evaluator.run(lambda: _view(session, found))
    if words.json:
        print(json.dumps(view, indent=2, ensure_ascii=False))
    else:
        print("\n".join(session.evaluator.run(lambda: _report(view, found))))
    return 0


def _print_summaries(session: Session, several: Sequence[Found], as_json: bool) -> None:
    """Options in a line or two each."""
    if as_json:
        summaries = session.evaluator.run(lambda: [_summary(found) for found in several])
        print(json.dumps(summaries, indent=2, ensure_ascii=False))
    else:
        print("\n".join(session.evaluator.run(lambda: [_line(found) for found in several])))


def _count(number: int) -> str:
    return f"{number} option{'s' if number != 1 else ''}"


def _not_found(
    session: Session, options: Mapping[str, Any], name: str, error: NoSuchOption
) -> UsageError:
    """The error with the nearest options there are, anywhere in the tree."""
    near = error.suggestions
    if not near:
        names = session.evaluator.run(lambda: [show_loc(found.loc) for found in walk(options)])
        near = nearest(name, names)
    hint = (
        f"did you mean {' or '.join(near[:5])}?" if near else "'neve option search' finds by words"
    )
    return UsageError(str(error), hint=hint)


def _where(definition_place: str) -> str:
    """A place without the store's path of the flake that it is in."""
    return _SOURCE.sub("", definition_place)


def _plain(session: Session, value: Any) -> Any:
    """A value as JSON has it. Looking at a value copies no file: a path is its text."""
    value = force(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, NixPath):
        return value.text
    if is_function(value):
        return "<function>"
    if isinstance(value, list):
        return [_plain(session, item) for item in value]
    if isinstance(value, dict) and not value.keys() & {"outPath", "__toString"}:
        return {name: _plain(session, value[name]) for name in sorted(value)}
    return to_json(value, set(), session.evaluator.coercion, copy=False)


def _view(session: Session, found: Found) -> dict[str, Any]:
    """What JSON says of an option."""
    view: dict[str, Any] = {"name": show_loc(found.loc), "type": found.type.description}
    for name in ("description", "defaultText", "example"):
        text = _declared(found, name)
        if text is not None:
            view["default" if name == "defaultText" else name] = text
    view["declarations"] = _declarations(found)
    view["isDefined"] = is_defined(found)
    try:
        view["value"] = _plain(session, found.value()) if view["isDefined"] else None
    except NixError as error:
        view["value"] = None
        view["valueError"] = error.message
    view["definitions"] = [_definition(session, c) for c in contributions(found)]
    return view


def _declared(found: Found, name: str) -> str | None:
    """A part of the declaration as text; the default itself where it has no text of its own."""
    text = found.text(name)
    if text is not None or found.option is None:
        return text
    plain = "default" if name == "defaultText" else name
    if plain == "description" or plain not in found.option.attrs:
        return None
    try:
        return "\n".join(lines(found.option.attrs[plain], _MOST_LINES))
    except NixError as error:
        return f"an error: {error.message}"


def _declarations(found: Found) -> list[str]:
    if found.option is None:
        return []
    return [
        _where(d.file if d.place is None else ":".join(map(str, d.place)))
        for d in found.option.declarations
    ]


def _definition(session: Session, one: Contribution) -> dict[str, Any]:
    definition = one.definition
    place = definition.place
    entry: dict[str, Any] = {
        "file": _where(definition.file if place is None else place[0]),
        "line": None if place is None else place[1],
        "priority": priority_of(definition),
        "order": order_of(definition),
        "applies": one.applies,
        "wins": one.wins,
        "why": one.why,
    }
    if one.applies:
        try:
            entry["value"] = _plain(session, definition.value)
        except NixError as error:
            entry["value"] = None
            entry["valueError"] = error.message
    return entry


def _block(title: str, text: str) -> list[str]:
    return [f"{title}:", textwrap.indent(text, "  ")]


def _report(view: dict[str, Any], found: Found) -> list[str]:
    """The lines that people read."""
    report = [view["name"], ""]
    report += _block("Type", view["type"])
    if view["isDefined"]:
        try:
            value = "\n".join(lines(found.value(), _MOST_LINES))
        except NixError as error:
            value = f"an error: {error.message}"
        report += _block("Value", value)
    else:
        report += _block("Value", "none: nothing defines it")
    for name in ("default", "example", "description"):
        if name in view:
            report += _block(name.capitalize(), view[name].strip())
    if view["declarations"]:
        report += _block("Declared in", "\n".join(view["declarations"]))
    report.append("Defined in:" if view["definitions"] else "Defined nowhere.")
    for one in contributions(found):
        report += _contribution(one)
    return report


def _contribution(one: Contribution) -> list[str]:
    definition = one.definition
    mark = "*" if one.wins else " "
    priority = priority_name(priority_of(definition))
    if definition.order is not None:
        priority += f", order {order_name(definition.order)}"
    result = [f"{mark} {_where(definition.where)}", f"    priority {priority}: {one.why}"]
    if one.applies:
        try:
            shown = lines(definition.value, 6)
        except NixError as error:
            shown = [f"an error: {error.message}"]
        result += [f"    {line}" for line in shown]
    return result


def search(words: argparse.Namespace) -> int:
    """Print the options that have all words in their names or descriptions."""
    session = session_of(words)
    options = machine_options(session, _some_machine(session, words.machine))
    wanted = words.word.lower().split()
    hits = session.evaluator.run(lambda: _hits(options, wanted))
    if not hits:
        names = session.evaluator.run(lambda: [show_loc(f.loc) for f in walk(options)])
        parts = {part for name in names for part in name.split(".")}
        near = [word for given in wanted for word in nearest(given, parts)]
        raise UsageError(
            f"no option has '{words.word}' in its name or description",
            hint=f"did you mean {' or '.join(near[:5])}?" if near else "try fewer letters",
        )
    _print_summaries(session, [hit.found for hit in hits], words.json)
    if not words.json:
        print(_count(len(hits)), file=sys.stderr)
    return 0


def _some_machine(session: Session, text: str) -> str:
    """The machine; where none is named, any of the flake's: options are the same for all."""
    reference, attribute = split_installable(text)
    if attribute:
        return text
    _, outputs = session.outputs(reference)
    machines = session.evaluator.force(outputs.get("nixosConfigurations", {}))
    return f"{reference}#{min(machines)}" if machines else text


def _hits(options: Mapping[str, Any], wanted: list[str]) -> list[Hit]:
    hits = []
    for found in walk(options):
        ranks = [_rank(word, found) for word in wanted]
        if all(rank is not None for rank in ranks):
            name = show_loc(found.loc)
            worst = max(rank for rank in ranks if rank is not None)
            hits.append(Hit(rank=(worst, len(found.loc), len(name)), found=found))
    return sorted(hits, key=lambda hit: (hit.rank, hit.found.loc))


def _rank(word: str, found: Found) -> int | None:
    """How near an option is to a word: 0 its last name, 1 a name, 2 a beginning, 3 a part, ..."""
    names = [part.lower() for part in found.loc]
    whole = show_loc(found.loc).lower()
    if word in (names[-1], whole):
        return 0
    if word in names or whole.startswith(f"{word}."):
        return 1
    if any(name.startswith(word) for name in names):
        return 2
    if word in whole:
        return 3
    description = (found.text("description") or "").lower()
    if re.search(rf"\b{re.escape(word)}\b", description):
        return 4
    return 5 if word in description else None


def _summary(found: Found) -> dict[str, Any]:
    return {
        "name": show_loc(found.loc),
        "type": found.type.description,
        "description": (found.text("description") or "").strip(),
    }


def _line(found: Found) -> str:
    description = " ".join((found.text("description") or "").split())
    first = re.split(r"(?<=[.!?]) ", description, maxsplit=1)[0]
    head = f"{show_loc(found.loc)} ({found.type.description})"
    return f"{head}\n    {first}" if first else head
