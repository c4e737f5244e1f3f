"""The words of ``neve store``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from builder.cli.given_words import add_installable_words

_Group: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
_Command = Callable[["_Group", str, str, str], argparse.ArgumentParser]
"""Makes a command from its name, the function that runs it, and its summary."""

INSTALLABLES = "FLAKE#ATTRIBUTE, store paths or links to them, or with -E or -f attributes"
"""What is said of words that name store paths."""


def _add_shared(parser: argparse.ArgumentParser) -> None:
    add_installable_words(parser)
    parser.add_argument(
        "--derivation", action="store_true", help="their .drv files, of which nothing is built"
    )


def add_store(group: _Group, command: _Command) -> None:
    """Add ``store`` to the commands."""
    inner = group.add_parser("store", help="the store itself")
    commands = inner.add_subparsers(required=True, metavar="COMMAND")
    for add in (_keeping, _looking, _moving, _caches):
        add(commands, command)


def _keeping(commands: _Group, command: _Command) -> None:
    collect = command(commands, "gc", "builder.cli.store:gc", "delete what no root reaches")
    collect.add_argument("--dry-run", action="store_true")
    collect.add_argument("--max-freed", metavar="SIZE", help="stop once that much is freed: 2G")
    collect.add_argument(
        "--older-than", metavar="AGE", help="only what came longer ago, e.g. 12h, 30d or 4w"
    )
    generations = collect.add_mutually_exclusive_group()
    generations.add_argument(
        "--delete-older-than", metavar="AGE", help="first delete generations older, e.g. 30d"
    )
    generations.add_argument(
        "-d", "--delete-old", action="store_true", help="first delete all generations but current"
    )
    verify = command(commands, "verify", "builder.cli.store:verify", "check the store's contents")
    verify.add_argument("paths", nargs="*", help=f"{INSTALLABLES} (default: all of the store)")
    _add_shared(verify)
    verify.add_argument("-r", "--recursive", action="store_true", help="their closures too")
    verify.add_argument("--no-contents", action="store_true", help="only what is registered")
    verify.add_argument("--repair", action="store_true", help="take damaged paths from the caches")
    command(commands, "optimise", "builder.cli.store_files:optimise", "share equal files' blocks")
    roots = command(commands, "roots", "builder.cli.look:roots", "what keeps paths")
    roots.add_argument("--json", action="store_true")


def _count(text: str) -> int:
    """A number from 0 on."""
    if not re.fullmatch("[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 on")
    return int(text)


def _looking(commands: _Group, command: _Command) -> None:
    info = command(commands, "path-info", "builder.cli.path_info:run", "what is known of paths")
    info.add_argument("paths", nargs="*", help=INSTALLABLES)
    _add_shared(info)
    info.add_argument("--all", action="store_true", help="all paths of the store")
    info.add_argument("-r", "--recursive", action="store_true", help="their closures too")
    info.add_argument("-s", "--size", action="store_true", help="bytes of the path itself")
    info.add_argument("-S", "--closure-size", action="store_true", help="bytes of its closure")
    info.add_argument("--human-readable", action="store_true", help="KiB, MiB … instead of bytes")
    info.add_argument("--sigs", action="store_true", help="its signatures")
    info.add_argument("--json", action="store_true")

    listing = command(commands, "ls", "builder.cli.look:ls", "list what is in a path")
    listing.add_argument("path")
    listing.add_argument("-l", "--long", action="store_true")
    listing.add_argument("-R", "--recursive", action="store_true")
    listing.add_argument("--json", action="store_true")
    command(commands, "cat", "builder.cli.look:cat", "print a file").add_argument("path")
    why = command(commands, "why", "builder.cli.look:why", "why a path depends on another")
    why.add_argument("path", help=INSTALLABLES)
    why.add_argument("dependency")
    _add_shared(why)
    why.add_argument(
        "--files", type=_count, default=3, metavar="N", help="how many files to show for each step"
    )
    why.add_argument("--json", action="store_true")
    diff = command(commands, "diff", "builder.cli.look:diff", "what two closures have different")
    diff.add_argument("before", help=INSTALLABLES)
    diff.add_argument("after")
    _add_shared(diff)
    diff.add_argument("--json", action="store_true")
    tree = command(commands, "tree", "builder.cli.look:tree", "a closure as a tree, with sizes")
    tree.add_argument("path", help=INSTALLABLES)
    _add_shared(tree)
    tree.add_argument("--html", type=Path, metavar="FILE", help="as a page for the browser")


def _moving(commands: _Group, command: _Command) -> None:
    copy = command(commands, "copy", "builder.cli.copy:copy", "copy closures between stores")
    copy.add_argument("paths", nargs="+", help=INSTALLABLES)
    _add_shared(copy)
    way = copy.add_mutually_exclusive_group(required=True)
    way.add_argument("--to", help="ssh://HOST, a store's root, or a cache's URL")
    way.add_argument("--from", dest="source", help="a cache's URL, or a store's root")
    copy.add_argument("-k", "--key-file", type=Path, action="append", default=[])
    adding = command(commands, "add", "builder.cli.store_files:add", "add a file or folder")
    adding.add_argument("file", type=Path)
    adding.add_argument("-n", "--name", help="the path's name, if not the file's")
    adding.add_argument("--flat", action="store_true", help="name it by the file's bytes alone")
    dumping = command(commands, "dump", "builder.cli.store_files:dump", "archive to stdout")
    dumping.add_argument("file", type=Path)
    restoring = command(commands, "restore", "builder.cli.store_files:restore", "unpack from stdin")
    restoring.add_argument("file", type=Path)
    exporting = command(commands, "export", "builder.cli.store_files:export", "closures to stdout")
    exporting.add_argument("paths", nargs="+", help=INSTALLABLES)
    _add_shared(exporting)
    command(commands, "import", "builder.cli.copy:receive", "add an export from stdin")


def _caches(commands: _Group, command: _Command) -> None:
    push = command(commands, "push", "builder.cli.cache:push", "give a cache what it lacks")
    push.add_argument("cache", help="a folder, file://, http(s):// or s3:// URL")
    push.add_argument("paths", nargs="+", help=INSTALLABLES)
    _add_shared(push)
    _key(push)
    serve = command(commands, "serve", "builder.cli.cache:serve", "be a cache over HTTP")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at")
    serve.add_argument("--port", type=int, default=5000, help="0 for any that is free")
    serve.add_argument("--compression", default="none", help="none, zstd or xz")
    serve.add_argument("--priority", type=int, default=30, help="lower is asked first")
    _key(serve)
    sign = command(commands, "sign", "builder.cli.cache:sign", "sign paths")
    sign.add_argument("paths", nargs="+", help=INSTALLABLES)
    _add_shared(sign)
    sign.add_argument("-r", "--recursive", action="store_true", help="their closures too")
    _key(sign)
    key = command(commands, "generate-key", "builder.cli.cache:generate_key", "make a signing key")
    key.add_argument("name", help="such as cache.example-1")
    key.add_argument("file", type=Path, help="where the secret key goes")


def _key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-k", "--key-file", type=Path, action="append", default=[], help="sign with this key"
    )
