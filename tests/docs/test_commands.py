"""The commands that the pages show exist, with the options that they are shown with."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

import pytest

from builder.cli.configuration import read_configuration
from builder.cli.parser import build_image_parser, neve_parser, vm_test_parser
from tests.docs.pages import PAGES, REPOSITORY, blocks, commands, mentions

PARSERS = {"neve": neve_parser, "build-image": build_image_parser, "vm-test": vm_test_parser}
TABLE = REPOSITORY / "docs/reference/commands.md"


def _parser(words: Iterable[str]) -> tuple[ArgumentParser, list[str]]:
    """The parser of the command that the words begin with, and the words after it."""
    first, *rest = words
    parser = PARSERS[first]()
    while rest:
        inner = parser._subparsers
        choices = inner._group_actions[0].choices if inner is not None else None
        if not isinstance(choices, dict) or rest[0] not in choices:
            break
        parser = choices[rest.pop(0)]
    return parser, rest


def _is_accepted(words: list[str]) -> bool:
    try:
        parsed, rest = PARSERS[words[0]]().parse_known_args(words[1:])
    except SystemExit:
        return False
    return not rest or getattr(parsed, "takes_rest", False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_typed_is_accepted(page: Path) -> None:
    for words in commands(page):
        assert _is_accepted(words), f"{page.name}: {' '.join(words)}"


def test_commands_are_found() -> None:
    """A page that shows none would prove nothing."""
    found = {" ".join(words[:2]) for page in PAGES for words in commands(page)}
    assert len(found) > 10
    assert {"neve build", "neve store", "neve rebuild", "build-image .#web"} <= found
    assert not _is_accepted(["neve", "build", "--no-such"])
    assert not _is_accepted(["neve", "bild", "x"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_named_exists(page: Path) -> None:
    """In a sentence a command may lack its arguments, but not be another one."""
    for words in mentions(page):
        if not _is_accepted(words):
            parser, rest = _parser(words)
            told = f"{page.name}: {' '.join(words)}"
            assert parser is not PARSERS["neve"]() and not [w for w in rest if w.islower()], told


def _rows() -> list[str]:
    return [
        row.replace("\\|", "|")
        for cell in re.findall(r"^\| (`.*?) \| ", TABLE.read_text(), re.MULTILINE)
        for row in re.findall(r"`(.+?)`", cell)
    ]


def test_the_table_of_commands() -> None:
    """Each row is a command that exists and has the options that stand there; all of its
    options stand in some row, but for those that all commands have."""
    shown: dict[str, set[str]] = {}
    last: list[str] = []
    for row in _rows():
        if re.fullmatch(r"[A-Z_]+", row):
            continue  # a variable
        names = re.match(r"[a-z][a-z|-]*(?: [a-z][a-z|-]*)*", row)
        assert names is not None, row
        words = names[0].split()
        if words[0] not in PARSERS:
            words = [*last[: -len(words)], *words] if len(words) < len(last) else last[:1] + words
        last = words
        for name in words[-1].split("|"):
            parser, rest = _parser([*words[:-1], name])
            actions = [a for a in parser._actions if not a.option_strings and a.choices is not None]
            known = not rest or any(rest == [c] for a in actions for c in a.choices or ())
            assert known, f"'{row}': there is no '{' '.join([*words[:-1], name])}'"
            told = shown.setdefault(" ".join(words[:-1] if rest else [*words[:-1], name]), set())
            given = {option for action in parser._actions for option in action.option_strings}
            with_shared = row + (_of_installables() if "INSTALLABLE" in row else "")
            for option in re.findall(r"(?<=[\[| (`])-{1,2}[A-Za-z-]+", with_shared):
                assert option in given, f"'{row}': '{name}' has no {option}"
                told.add(option)
    assert shown.keys() == {*_all_commands() - UNTOLD, "build-image", "vm-test"}
    common = _options("neve build") & _options("neve store roots")
    for command, told in shown.items():
        parser, _ = _parser(command.split())
        for action in parser._actions:
            if not common.issuperset(action.option_strings) and action.dest != "version":
                assert told.intersection(action.option_strings), (command, action.option_strings)


def _of_installables() -> str:
    """The paragraph about the words that go with all installables."""
    return TABLE.read_text().partition("An INSTALLABLE is")[2].partition("\n\n")[0]


def _options(command: str) -> set[str]:
    parser, _ = _parser(command.split())
    return {option for action in parser._actions for option in action.option_strings}


UNTOLD = {"neve store serve-protocol"}
"""For programs."""


def _all_commands(prefix: str = "neve") -> set[str]:
    parser, _ = _parser(prefix.split())
    inner = parser._subparsers
    if inner is None:
        return {prefix}
    choices = inner._group_actions[0].choices
    assert isinstance(choices, dict)
    return {name for choice in choices for name in _all_commands(f"{prefix} {choice}")}


def test_common_options_and_settings() -> None:
    text = TABLE.read_text()
    common = re.search(r"^All take (.*?)\.\n", text, re.MULTILINE | re.DOTALL)
    assert common is not None
    parser, _ = _parser(["neve", "build"])
    given = {option for action in parser._actions for option in action.option_strings}
    told = set(re.findall(r"`(-{1,2}[A-Za-z-]+)", common[1]))
    assert told <= given
    commonest, _ = _parser(["neve", "store", "gc"])
    everywhere = {option for action in commonest._actions for option in action.option_strings}
    own = {"--dry-run", "--max-freed", "--older-than", "--delete-older-than", "--delete-old", "-d"}
    assert everywhere - own - told <= {"-h", "--help", "--jobs"}


def test_settings_files() -> None:
    """Blocks of neve.conf are read without a mistake."""
    page = REPOSITORY / "docs/how-to/share-a-store.md"
    files = [block.text for block in blocks(page) if block.text.startswith("substituters")]
    assert len(files) == 1
    made = read_configuration({"NEVE_CONFIG": files[0]}, system_file=Path("/nonexistent"))
    assert len(made.substituters) == 2 and len(made.trusted_public_keys) == 1


def test_all_settings_are_told() -> None:
    from builder.cli.configuration import _NAMES

    told = set(re.findall(r"`([a-z-]+)`", TABLE.read_text()))
    assert {name for name in _NAMES if not name.startswith("extra-")} <= told
