"""The words that the commands share which evaluate."""

from __future__ import annotations

import argparse

from builder.lang.grammar import FEATURES

# Experimental in Nix, and always there.
ALWAYS_ON = frozenset({"fetch-closure", "fetch-tree", "flakes", "nix-command"})

EVALUATING = (
    *("expr", "file", "arg", "argstr", "include"),
    *("pure_eval", "restrict_eval", "extra_experimental_features"),
)
"""Where `add_installable_words` puts what is given."""


def add_installable_words(parser: argparse.ArgumentParser) -> None:
    """What the commands take whose installables may be attributes of a file or an expression."""
    parser.set_defaults(takes_flakes=True)
    parser.add_argument(
        "-f", "--file", help="take installables as attributes of a file; - for what is typed"
    )
    _add(parser, "take installables as attributes of an expression")


def add_words(parser: argparse.ArgumentParser) -> None:
    """What the commands take that evaluate expressions and files."""
    _add(parser, "an expression instead")
    parser.add_argument(
        "-A", "--attr", action="append", default=[], metavar="PATH", help="an attribute of it"
    )


def _add(parser: argparse.ArgumentParser, expression: str) -> None:
    parser.add_argument("-E", "--expr", help=expression)
    for name, what in (("--arg", "EXPR"), ("--argstr", "TEXT")):
        parser.add_argument(
            *(name,), nargs=2, action="append", default=[], metavar=("NAME", what),
            help="an argument for functions that are met on the way",
        )  # fmt: skip
    parser.add_argument(
        "-I", "--include", action="append", default=[], metavar="[NAME=]PATH",
        help="where <NAME> is looked for, before $NIX_PATH",
    )  # fmt: skip
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--pure-eval", action="store_true", help="let expressions see no machine")
    mode.add_argument(
        "--restrict-eval", action="store_true", help="let them see the search path's files only"
    )
    parser.add_argument(
        "--extra-experimental-features", action="append", default=[], metavar="NAMES",
        help=f"switch on what is not settled yet: {', '.join(sorted(FEATURES))}",
    )  # fmt: skip
