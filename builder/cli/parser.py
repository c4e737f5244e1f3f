"""The words that the commands take."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from builder.cli.given_words import add_installable_words, add_words
from builder.cli.store_parser import INSTALLABLES, add_store
from builder.store.root import root_folder


def version_text() -> str:
    """The version that is installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("neve")
    except PackageNotFoundError:
        return "on this machine"


class _Version(argparse.Action):
    """``--version``: what is installed is looked up only when it is asked for."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        print(f"{parser.prog} (Neve) {version_text()}")
        parser.exit()


def _parser(name: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    """What every command that evaluates or builds takes."""
    parser.add_argument(
        "--store", type=root_folder, help="root of the store (default: $NEVE_STORE)"
    )
    parser.add_argument("--impure", action="store_true", help="let evaluation see this machine")
    parser.add_argument(
        "-j", "--jobs", "--max-jobs", type=int, metavar="N", help="how many builds at a time"
    )
    parser.add_argument("--cores", type=int, metavar="N", help="how many cores a build may use")
    parser.add_argument("--keep-going", action="store_true", help="build on after a failure")
    parser.add_argument("--timeout", type=int, metavar="S", help="seconds that a build may take")
    parser.add_argument("--max-silent-time", type=int, metavar="S", help="… without a word")
    parser.add_argument("--max-log-size", type=int, metavar="BYTES", help="… and how many words")
    parser.add_argument(
        "--deadline", type=float, metavar="S", help="seconds that evaluating and building may take"
    )
    parser.add_argument(
        "-L", "--print-build-logs", action="store_true", help="show what builders say"
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.add_argument("--show-trace", action="store_true", help="show errors' whole trace")
    parser.add_argument(
        "--override-input", nargs=2, action="append", default=[], metavar=("INPUT", "FLAKE"),
        help="another flake in the place of an input, for this command",
    )  # fmt: skip
    parser.add_argument(
        "--option", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"),
        help="a setting of neve.conf, e.g. substituters URL",
    )  # fmt: skip


def _command(
    group: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: str,
    summary: str,
) -> argparse.ArgumentParser:
    parser = group.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run)
    _common(parser)
    return parser


def neve_parser(first: str = "") -> argparse.ArgumentParser:
    """The parser of ``neve``; when the command line's `first` word is a command, for that
    one alone, since making all of them takes longer than many a command."""
    parser = _parser("neve", "Machines described in the Nix language, made of Debian's packages.")
    group = parser.add_subparsers(required=True, metavar="COMMAND")
    commands = {
        "repl": _repl, "eval": _eval, "instantiate": _instantiate, "build": _build, "log": _log,
        "option": _option, "flake": _flake, "registry": _registry, "store": _store,
        "rebuild": _rebuild, "demo": _demo,
    }  # fmt: skip
    for add in (commands[first],) if first in commands else commands.values():
        add(group)
    return parser


def _eval(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(group, "eval", "builder.cli.evaluate:run", "evaluate and print a value")
    parser.add_argument(
        "installable", nargs="?", help="FLAKE#ATTRIBUTE; with -E or -f an attribute"
    )
    parser.set_defaults(takes_flakes=True)
    add_words(parser)
    parser.add_argument("-f", "--file", help="a file instead; - for what is typed")
    parser.add_argument("--apply", help="a function applied to the value first")
    parser.add_argument(
        "--profile", type=Path, metavar="FILE", help="write a flame graph of the evaluation, an SVG"
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print JSON")
    shape.add_argument("--raw", action="store_true", help="print a string as it is")
    shape.add_argument("--xml", action="store_true", help="print XML")
    shape.add_argument("--parse", action="store_true", help="print the tree, evaluate nothing")
    parser.add_argument("--no-location", action="store_true", help="no places in XML")
    parser.add_argument("--strict", action="store_true", help="print as nix-instantiate does")


def _instantiate(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(
        group, "instantiate", "builder.cli.instantiate:run", "write derivations into the store"
    )
    parser.add_argument("files", nargs="*", help="files; - for what is typed")
    add_words(parser)


def _repl(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(group, "repl", "builder.cli.repl.loop:run", "evaluate what is typed")
    parser.add_argument("flakes", nargs="*", help="FLAKE[#ATTRIBUTE] whose names are added")
    parser.add_argument("-f", "--file", action="append", default=[], help="a file's names")
    parser.add_argument("--expr", action="append", default=[], help="an expression's names")


def _build(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(group, "build", "builder.cli.build:run", "build derivations")
    parser.add_argument(
        "installables", nargs="*", metavar="FLAKE#ATTRIBUTE[^OUTPUT,…]",
        help="what is built, or a store path, or with -E or -f an attribute; ^dev,lib names "
        "outputs, ^* all (default: as its meta says, or out)",
    )  # fmt: skip
    add_installable_words(parser)
    parser.add_argument(
        "-A", "--attr", action="append", default=[], metavar="PATH", help="one more installable"
    )
    parser.add_argument(
        "-o", "--out-link", type=Path, default=Path("result"), metavar="LINK",
        help="the link to the first output (default: result); further outputs have their names "
        "after it, as result-dev, further packages numbers, as result-1 and result-1-dev",
    )  # fmt: skip
    parser.add_argument("--no-link", action="store_true", help="make no links, print store paths")
    parser.add_argument("--print-out-paths", action="store_true", help="print store paths")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, only")
    parser.add_argument("--check", action="store_true", help="build again, and compare")
    parser.add_argument("--recursive", action="store_true", help="--check its inputs too")
    parser.add_argument("--json", action="store_true", help="print derivations and outputs as JSON")


def _log(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(group, "log", "builder.cli.build:log", "show the log of a build")
    parser.add_argument("installable", nargs="?", help=f"whose log: {INSTALLABLES}")
    add_installable_words(parser)


def _option(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    inner = group.add_parser("option", help="the options of a machine")
    commands = inner.add_subparsers(required=True, metavar="COMMAND")
    show = _command(
        commands, "show", "builder.cli.option:show", "an option's value, and who set it"
    )
    show.add_argument("name", help="the option, such as services.openssh.enable")
    show.add_argument("machine", nargs="?", default=".", metavar="FLAKE#MACHINE")
    show.add_argument("--json", action="store_true")
    search = _command(commands, "search", "builder.cli.option:search", "options by words of theirs")
    search.add_argument("word", help="in the name or the description; several in quotes")
    search.add_argument("machine", nargs="?", default=".", metavar="FLAKE#MACHINE")
    search.add_argument("--json", action="store_true")


def _flake(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    inner = group.add_parser("flake", help="inputs, lock and outputs of a flake")
    commands = inner.add_subparsers(required=True, metavar="COMMAND")
    lock = _command(commands, "lock", "builder.cli.flake:lock", "add what the lock lacks")
    lock.add_argument("flake", nargs="?", default=".")
    lock.add_argument("--update-input", action="append", default=[], metavar="INPUT")
    update = _command(commands, "update", "builder.cli.flake:update", "lock inputs anew")
    update.add_argument("inputs", nargs="*", help="all of them, when none is named")
    update.add_argument("--flake", default=".")
    show = _command(commands, "show", "builder.cli.flake:show", "list a flake's outputs")
    show.add_argument("flake", nargs="?", default=".")
    show.add_argument("--json", action="store_true")
    show.add_argument("--all-systems", action="store_true")
    metadata = _command(commands, "metadata", "builder.cli.flake:metadata", "show the lock")
    metadata.add_argument("flake", nargs="?", default=".")
    metadata.add_argument("--json", action="store_true")


def _registry(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    inner = group.add_parser("registry", help="names of flakes")
    commands = inner.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "list", "builder.cli.registry:show", "all names, the user's first")
    add = _command(commands, "add", "builder.cli.registry:add", "let a name stand for a flake")
    add.add_argument("name", help="such as nixpkgs, or nixpkgs/BRANCH")
    add.add_argument("flake", help="what it stands for")
    remove = _command(commands, "remove", "builder.cli.registry:remove", "forget a name")
    remove.add_argument("name")
    pin = _command(commands, "pin", "builder.cli.registry:pin", "keep a name at what it is now")
    pin.add_argument("name")
    pin.add_argument("flake", nargs="?", help="another flake to stand for, as it is now")
    for parser in (add, remove, pin):
        parser.add_argument("--registry", metavar="FILE", help="a file in the place of the user's")


def _store(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add_store(group, _command)


def _rebuild(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(group, "rebuild", "builder.cli.rebuild:run", "generations of this machine")
    parser.add_argument(
        "action",
        choices=[
            *("switch", "boot", "test", "build", "dry-activate", "rollback", "list-generations"),
        ],
    )
    parser.add_argument("--flake", default="/etc/neve", help="FLAKE#MACHINE")
    parser.add_argument("--store-path", metavar="PATH", help="a built system instead of a flake")
    parser.add_argument("--rollback", action="store_true", help="the generation before instead")
    parser.add_argument("--specialisation", metavar="NAME", help="a variant of the generation")
    parser.add_argument("--json", action="store_true")


def _demo(group: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(group, "demo", "builder.cli.demo:run", "boot a machine on this terminal")
    parser.add_argument("machine", help="FLAKE#MACHINE")
    parser.add_argument("--password", default="neve", help="root's password")


def build_image_parser() -> argparse.ArgumentParser:
    """The parser of ``build-image``."""
    parser = _parser("build-image", "Build a machine's image.")
    parser.set_defaults(run="builder.cli.image:run")
    _common(parser)
    parser.add_argument("machine", help="FLAKE#MACHINE")
    parser.add_argument("--format", default="raw-efi", help="raw-efi, raw-bios, iso, …")
    parser.add_argument("-o", "--output", type=Path, help="where the image is put")
    return parser


def vm_test_parser() -> argparse.ArgumentParser:
    """The parser of ``vm-test``."""
    parser = _parser("vm-test", "Boot machines and test them; further options are pytest's.")
    parser.set_defaults(run="builder.cli.vm_test:run", takes_rest=True)
    _common(parser)
    parser.add_argument("tests", help="FLAKE, or FLAKE#TEST")
    parser.add_argument("--profile", help="a hardware profile instead of the test's own")
    parser.add_argument("--skip-slow", action="store_true", help="leave out what is marked slow")
    parser.add_argument("--list", action="store_true", help="only list the tests")
    parser.add_argument(
        "--interactive", action="store_true", help="a Python prompt with the machines"
    )
    return parser
