"""From parsed words to a session."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from builder.cli.deadline import set_deadline
from builder.cli.errors import UsageError
from builder.cli.session import Options, Session

_CENTURY = 100 * 366 * 86400  # seconds


def session_of(words: argparse.Namespace) -> Session:
    """The session that the common options describe; a deadline runs from here on."""
    if words.deadline is not None:
        if not 0 < words.deadline < _CENTURY:
            raise UsageError(
                f"--deadline: {words.deadline:g} is no number of seconds that a command could have",
                hint="give a number greater than 0",
            )
        set_deadline(words.deadline)
    return Session(
        Options(
            store=words.store,
            impure=words.impure,
            quiet=words.quiet,
            show_trace=words.show_trace,
            print_build_logs=words.print_build_logs,
            override_inputs=tuple((name, reference) for name, reference in words.override_input),
            settings=(*_given(words), *((name, value) for name, value in words.option)),
        )
    )


def _given(words: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The settings that have options of their own."""
    for name, value in (
        ("max-jobs", words.jobs),
        ("cores", words.cores),
        ("timeout", words.timeout),
        ("max-silent-time", words.max_silent_time),
        ("max-build-log-size", words.max_log_size),
    ):
        if value is not None:
            yield name, str(value)
    if words.keep_going:
        yield "keep-going", "true"
