"""From parsed words to a session."""

from __future__ import annotations

import argparse

from builder.cli.session import Options, Session


def session_of(words: argparse.Namespace) -> Session:
    """The session that the common options describe."""
    return Session(
        Options(
            store=words.store,
            impure=words.impure,
            jobs=words.jobs,
            quiet=words.quiet,
            show_trace=words.show_trace,
            settings=tuple((name, value) for name, value in words.option),
        )
    )
