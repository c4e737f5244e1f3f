"""``neve instantiate``: derivations of files and expressions, written into the store."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from builder.cli.errors import UsageError
from builder.cli.finder import Finder
from builder.cli.given import arguments_of, at_path, expression, file_value, session_for
from builder.cli.session import Session
from builder.lang.comparison import text_of


def run(words: argparse.Namespace) -> int:
    """Print the ``.drv`` paths."""
    session = session_for(words)
    arguments = arguments_of(session, words)
    for value in _values(session, words):
        for path in words.attr or [""]:
            found = at_path(session, value, path, arguments)
            for line in list(_lines(session, Finder(session, arguments).within(found))):
                session.host.flush()
                print(line)
    return 0


def _values(session: Session, words: argparse.Namespace) -> Iterator[Any]:
    if words.expr is not None:
        if words.files:
            raise UsageError("give files or --expr, not both")
        yield expression(session, words.expr)
        return
    for file in words.files or ["./default.nix"]:
        yield file_value(session, file)


def _lines(session: Session, found: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The ``.drv`` paths, each with the output it stands for where that is not `out`."""
    evaluator = session.evaluator
    for value in found:
        drv = text_of(evaluator.select(value, ["drvPath"]))
        output = evaluator.force(value["outputName"]) if "outputName" in value else "out"
        yield drv if output == "out" else f"{drv}!{text_of(output)}"
