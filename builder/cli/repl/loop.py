"""Reading, evaluating, printing, again."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import traceback
from dataclasses import replace

from builder.cli.main import explain
from builder.cli.options import session_of
from builder.cli.parser import version_text
from builder.cli.repl.commands import COMMANDS, Leave, Repl
from builder.cli.repl.entry import Terminal
from builder.cli.repl.scope import Scope
from builder.cli.session import Session
from builder.lang.errors import NixError, ParseError

_BINDING = re.compile(r"\s*([a-zA-Z_][a-zA-Z0-9_'-]*)\s*=(?!=)(.*)\Z", re.DOTALL)
_INCOMPLETE = "unexpected end of file"


def run(words: argparse.Namespace) -> int:
    """Read until the end of input. What fails leaves the names that there are as they were."""

    def fresh() -> Session:
        session = session_of(words)
        # As with other expressions that are typed, everything of this machine can be seen.
        return replace(session, options=replace(session.options, impure=True))

    repl = Repl(
        scope=Scope(fresh),
        colours=sys.stdout.isatty() and not os.environ.get("NO_COLOR"),
        show_trace=words.show_trace,
    )
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # Bytes that are no text go in and out as they are.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape")
    names = tuple(name for command in COMMANDS for name in command.names)
    with Terminal(repl.scope, names) as terminal:
        if terminal.interactive:
            print(f"Neve {version_text()}\nType :? for help.")
        _start(repl, words)
        return _loop(repl, terminal)


def _start(repl: Repl, words: argparse.Namespace) -> None:
    scope = repl.scope
    for load, given in (
        (scope.load_file, words.file),
        (scope.load_text, words.expr),
        (scope.load_flake, words.flakes),
    ):
        for item in given:
            guarded(repl, lambda load=load, item=item: repl.added(load(item)))


def _loop(repl: Repl, terminal: Terminal) -> int:
    while True:
        try:
            text = _entry(repl, terminal)
        except KeyboardInterrupt:
            print()
            continue
        except EOFError:
            if terminal.interactive:
                print()
            return 0
        try:
            guarded(repl, lambda text=text: execute(repl, text))
        except Leave:
            return 0
        finally:
            terminal.remember(text)


def _entry(repl: Repl, terminal: Terminal) -> str:
    """Lines until they are an expression, a binding or a command."""
    text = terminal.line(more=False)
    while incomplete(repl, text):
        try:
            text += "\n" + terminal.line(more=True)
        except EOFError:
            return text  # its error is told
    return text


def incomplete(repl: Repl, text: str) -> bool:
    """Whether more lines may make an expression of the text."""
    given = text.strip()
    expression = _expression(given)
    if not given or expression is None:
        return False
    try:
        repl.scope.check(expression)
    except ParseError as error:
        return _INCOMPLETE in error.message
    except NixError:
        return False
    return False


def _expression(text: str) -> str | None:
    """The part of an entry that is an expression; None when there is none."""
    if text.startswith(":"):
        name, _, rest = text.partition(" ")
        command = next((c for c in COMMANDS if name in c.names), None)
        return rest if command is not None and command.takes == "EXPR" and rest.strip() else None
    binding = _BINDING.match(text)
    return text if binding is None else binding[2].rstrip().removesuffix(";")


def execute(repl: Repl, text: str) -> None:
    """Carry out one entry."""
    given = text.strip()
    binding = _BINDING.match(given)
    if not given or given.startswith("#"):
        return
    if given.startswith(":"):
        repl.command(given)
    elif binding is not None:
        repl.scope.bind(binding[1], binding[2].rstrip().removesuffix(";"))
    else:
        repl.show(given)


def guarded(repl: Repl, work: object) -> None:
    """Call `work`; what it raises is told, and the repl goes on."""
    assert callable(work)
    try:
        work()
    except Leave:
        raise
    except KeyboardInterrupt:
        print("\nerror: interrupted by the user", file=sys.stderr)
    except NixError as error:
        from builder.lang.tracing import format_error

        print(format_error(error, show_trace=repl.show_trace), file=sys.stderr)
    except Exception as error:  # whatever it is, the names that there are must not be lost
        message = explain(error)
        if message is None:
            traceback.print_exc()
        else:
            print(message, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
