"""``neve eval``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from builder.cli.errors import UsageError
from builder.cli.installable import find
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.lang.json_text import to_json
from builder.lang.printing import print_value
from builder.lang.values import ContextString

PREFIXES = ("packages.SYSTEM", "legacyPackages.SYSTEM", "")


def run(words: argparse.Namespace) -> int:
    """Print a value."""
    session = session_of(words)
    value = _value(session, words)
    evaluator = session.evaluator
    if words.apply is not None:
        function = evaluator.eval_string(words.apply, str(Path.cwd()), "«--apply»")
        value = evaluator.call(function, value)
    if words.json:
        plain = evaluator.run(lambda: to_json(value, set(), evaluator.coercion))
        print(json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    elif words.raw:
        text, _ = evaluator.coerce_to_string(value)
        print(text.text if isinstance(text, ContextString) else text, end="")
    else:
        print(evaluator.run(lambda: print_value(value)))
    return 0


def _value(session: Session, words: argparse.Namespace) -> Any:
    given = [item for item in (words.installable, words.expr, words.file) if item is not None]
    if len(given) != 1:
        raise UsageError("give one of FLAKE#ATTRIBUTE, --expr and --file")
    if words.expr is not None:
        return session.evaluator.eval_string(words.expr, str(Path.cwd()), "«string»")
    if words.file is not None:
        return session.evaluator.eval_file(str(Path(words.file).absolute()))
    return find(session, words.installable, prefixes=PREFIXES, default="").value
