"""From parsed words to a session."""

from __future__ import annotations

import argparse

from builder.cli.session import Options, Session
from builder.realise.limits import Limits


def session_of(words: argparse.Namespace) -> Session:
    """The session that the common options describe."""
    return Session(
        Options(
            store=words.store,
            impure=words.impure,
            jobs=words.jobs,
            quiet=words.quiet,
            show_trace=words.show_trace,
            cores=words.cores,
            keep_going=words.keep_going,
            limits=Limits(
                timeout=words.timeout,
                max_silent=words.max_silent_time,
                max_log=words.max_log_size,
            ),
            override_inputs=tuple((name, reference) for name, reference in words.override_input),
            settings=tuple((name, value) for name, value in words.option),
        )
    )
