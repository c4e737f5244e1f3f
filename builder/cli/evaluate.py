"""``neve eval``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from builder.cli.attribute import split_installable
from builder.cli.errors import UsageError
from builder.cli.given import STDIN, called, given_by, session_for, stdin_text
from builder.cli.session import Session
from builder.lang.comparison import text_of
from builder.lang.printing import print_answer, print_plain, print_value
from builder.lang.values import ContextString

PREFIXES = ("packages.SYSTEM", "legacyPackages.SYSTEM", "")


def run(words: argparse.Namespace) -> int:
    """Print a value."""
    if words.parse:
        return _parse(words)
    session = session_for(words)
    return _run(session, words) if words.profile is None else _profiled(session, words)


def _parse(words: argparse.Namespace) -> int:
    """Print the tree of an expression or a file."""
    from builder.lang.parser import parse
    from builder.lang.show import resolved, show
    from builder.lang.source import Source

    if (words.expr is None) == (words.file is None):
        raise UsageError("--parse needs one of --expr and --file")
    session = session_for(words)
    if words.expr is not None:
        source, base = Source(words.expr, "«string»"), Path.cwd()
    elif words.file == "-":
        source, base = Source(stdin_text(), STDIN), Path.cwd()
    else:
        file = Path(words.file).absolute()
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        source, base = Source(text, str(file)), file.parent

    def shown() -> str:
        tree = parse(source, session.features)
        session.evaluator.check(source)
        return show(resolved(tree, str(base), session.host.home))

    print(session.evaluator.run(shown))  # which may nest deeply
    return 0


def _profiled(session: Session, words: argparse.Namespace) -> int:
    """Evaluate, and write the flame graph even of what fails."""
    from builder.lang.flamegraph import flame_graph
    from builder.lang.profile import Profile, profiled

    profile = Profile()
    try:
        with profiled(profile, session.evaluator.builtins):
            return _run(session, words)
    finally:
        words.profile.write_text(flame_graph(profile), encoding="utf-8")


def _run(session: Session, words: argparse.Namespace) -> int:
    if words.installable is not None and words.expr is None and words.file is None:
        if words.attr or words.arg or words.argstr:
            raise UsageError("-A, --arg and --argstr go with --expr and --file")
        return _flake_attribute(session, words)
    return _print(session, words, _value(session, words))


def _flake_attribute(session: Session, words: argparse.Namespace) -> int:
    """Print an attribute of a flake; a plain value that is known already without evaluating."""
    # Imported here: an expression needs no flake.
    from builder.cli.installable import find
    from builder.cli.recall import learn, question, recall

    reference, attribute = split_installable(words.installable)
    asked = question("value", attribute, PREFIXES, "")
    again = words.apply is not None or words.profile is not None
    known = None if again else recall(session, reference, asked)
    if known is not None and (isinstance(known[0], str) or not words.raw):
        return _print_plain(words, known[0])
    found = find(session, words.installable, prefixes=PREFIXES, default="")
    code = _print(session, words, found.value)
    value = found.value.text if isinstance(found.value, ContextString) else found.value
    if value is None or isinstance(value, (bool, int, float, str)):
        learn(session, found.flake, asked, [value])
    return code


def _print_plain(words: argparse.Namespace, value: str | int | float | None) -> int:
    """Print what is neither a set nor a list; this needs no evaluator."""
    if words.xml:
        from builder.lang.builtins.data import plain_xml

        print(plain_xml(value), end="")
    elif words.json:
        from builder.lang.json_text import dump, number

        print(dump(number(value) if isinstance(value, float) else value))
    elif words.raw:
        print(value, end="")
    else:
        print(print_value(value))
    return 0


def _print(session: Session, words: argparse.Namespace, value: Any) -> int:
    evaluator = session.evaluator
    if words.apply is not None:
        function = evaluator.eval_string(words.apply, str(Path.cwd()), "«--apply»")
        value = evaluator.call(function, value)
    if words.xml:
        from builder.lang.builtins.data import XmlWriter

        writer = XmlWriter(evaluator.coercion, places=not words.no_location)
        print(evaluator.run(lambda: writer.finish(value)), end="")
    elif words.json:
        from builder.lang.json_text import dump, to_json

        made = evaluator.run(
            lambda: dump(to_json(value, set(), evaluator.coercion, copy=words.strict))
        )
        print(made)
    elif words.raw:
        text, _ = evaluator.coerce_to_string(
            value, doing="while generating the eval command output"
        )
        print(text_of(text), end="")
    else:

        def shown() -> str:
            return print_plain(value) if words.strict else print_answer(value, evaluator.coercion)

        print(evaluator.run(shown))
    return 0


def _value(session: Session, words: argparse.Namespace) -> Any:
    # With an expression or a file, what would be an installable is an attribute of it.
    attributes = [*words.attr, *([words.installable] if words.installable is not None else [])]
    if len(attributes) > 1:
        raise UsageError("give one attribute")
    path = attributes[0] if attributes else ""
    given = given_by(session, words)
    found = given.at(path)
    # A function is a value; it is called when there is something to call it with.
    return called(session, found, given.arguments) if given.arguments else found
