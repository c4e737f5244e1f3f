"""The files `<nix/...>`: the derivations that ``<nix/fetchurl.nix>`` makes, and their paths."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from builder.flake.host import StoreHost
from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.json_text import to_json
from builder.lang.printing import print_plain
from builder.store.local import LocalStore
from tests.hosts import idle_host
from tests.lang.ours import TracedHost, evaluate
from tests.reference import nix
from tests.reference.judge import judge, same_message

URL = "https://example.org/a.tar.xz"
BASE16 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ARGUMENTS = [
    f'sha256 = "{BASE16}";',
    'hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";',
    'sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";',
    'md5 = "d41d8cd98f00b204e9800998ecf8427e";',
    f'sha256 = "{BASE16}"; md5 = "d41d8cd98f00b204e9800998ecf8427e";',
    f'sha256 = "{BASE16}"; sha512 = "{BASE16 * 2}"; sha1 = "x"; md5 = "y";',
    f'outputHash = "{BASE16}"; outputHashAlgo = "sha256";',
    f'outputHash = "{BASE16}"; sha1 = "unread"; outputHashAlgo = "sha256";',
    f'sha256 = "{BASE16}"; name = "other"; executable = true;',
    f'sha256 = "{BASE16}"; unpack = true; system = "x86_64-linux";',
    f'sha256 = "{BASE16}"; unpack = true; executable = true;',
    f'sha256 = "sha256:{BASE16}"; impure = false;',
]
VALUES = [
    "<nix/fetchurl.nix>",
    "[ <nix/absent.nix> ]",
    "toString <nix/fetchurl.nix>",
    "dirOf <nix/fetchurl.nix>",
    "baseNameOf <nix/fetchurl.nix>",
    '<nix/fetchurl.nix> + "x"',
    "<nix/../fetchurl.nix>",
    "<nix/fetchurl.nix> == /fetchurl.nix",
    "<nix/fetchurl.nix> == <nix/fetchurl.nix>",
    "builtins.readDir (dirOf <nix/fetchurl.nix>)",
    "builtins.readFileType <nix/fetchurl.nix>",
    "builtins.pathExists <nix/fetchurl.nix>",
    "builtins.pathExists <nix/absent.nix>",
    "builtins.toXML <nix/fetchurl.nix>",
    'builtins.findFile [ ] "nix/fetchurl.nix"',
    "builtins.functionArgs (import <nix/fetchurl.nix>)",
    "builtins.isFunction (import <nix/derivation-internal.nix>)",
    "import <nix/absent.nix>",
    "import <nix/.>",
    "builtins.readFile <nix/absent.nix>",
    "import <nix/fetchurl.nix> { }",
    "import <nix/fetchurl.nix> 1",
    "<nix>",
    "<nixx/fetchurl.nix>",
]


def _programs(arguments: Sequence[str]) -> list[str]:
    return [
        f'let d = import <nix/fetchurl.nix> {{ url = "{URL}"; {text} }}; in [ d.drvPath d.outPath ]'
        for text in arguments
    ]


@pytest.mark.parametrize("pure", [False, True])
def test_derivations(tmp_path: Path, *, pure: bool) -> None:
    """Their paths are the reference's, in pure evaluation too."""
    programs = f"[ {' '.join(f'({text})' for text in _programs(ARGUMENTS))} ]"
    ran = nix().eval(programs, "--strict", "--json")
    evaluator = Evaluator(idle_host(LocalStore(tmp_path), pure=pure))
    value = evaluator.eval_string(programs)
    assert evaluator.run(lambda: to_json(value, set(), evaluator.coercion)) == json.loads(ran.out)


def test_values(tmp_path: Path) -> None:
    """What a program sees of the files, but for their texts, is what it sees in the reference."""
    files = [tmp_path / f"{index}.nix" for index in range(len(VALUES))]
    for file, text in zip(files, VALUES, strict=True):
        file.write_text(text)
    for file, wanted in zip(files, judge(nix(), files), strict=True):
        ours = evaluate(file.read_text(), str(tmp_path), str(file))
        assert ours.value == wanted.value
        if ours.failure is not None and wanted.failure is not None:
            assert same_message(ours.failure.message, wanted.failure.message)


def test_messages_name_the_file() -> None:
    """An error inside of one is at ``<nix/...>``, wherever the package lies."""
    evaluator = Evaluator(TracedHost())
    with pytest.raises(NixError) as caught:
        evaluator.eval_string("import <nix/fetchurl.nix> { }")
    assert str(caught.value.pos).startswith("<nix/fetchurl.nix>:")


def test_a_store_takes_them(tmp_path: Path) -> None:
    """They can be copied into the store, and the user's search path goes first."""
    evaluator = Evaluator(idle_host(LocalStore(tmp_path / "root")))
    copied = evaluator.eval_string('builtins.readFile "${<nix/fetchurl.nix>}"')
    assert copied == evaluator.eval_string("builtins.readFile <nix/fetchurl.nix>")
    (tmp_path / "fetchurl.nix").write_text("1")
    host: StoreHost = idle_host(LocalStore(tmp_path / "root"), search_path=[("nix", str(tmp_path))])
    assert print_plain(Evaluator(host).eval_string("import <nix/fetchurl.nix>")) == "1"


def test_absent_entries_are_warned_of_once(tmp_path: Path) -> None:
    """Entries of a search path that are not there are told once, when they could be used."""
    lines: list[str] = []
    host = idle_host(
        LocalStore(tmp_path),
        search_path=[("", "/nope"), ("x", "/nope/x"), ("y", "/nope/y")],
        say=lines.append,
    )
    evaluator = Evaluator(host)
    for _ in range(2):
        with pytest.raises(NixError):
            evaluator.eval_string("<x/a>")
    ran = nix().run(
        *("nix-instantiate", "--store", "dummy://", "--eval", "-E", "<x/a>"),
        *("-I", "/nope", "-I", "x=/nope/x", "-I", "y=/nope/y"),
    )
    assert lines == [line for line in ran.err.splitlines() if line.startswith("warning: ")]
    assert len(lines) == 2
