"""Reading what a derivation makes, beside the real Nix.

The derivation's output is fixed and enters the store as a source, so both sides
find it there already; `tests.cli.test_import` builds.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from builder.flake.host import StoreHost
from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_plain
from builder.lang.tracing import format_error
from builder.store.local import LocalStore
from builder.store.nar import dump
from tests.reference import nix
from tests.reference.judge import read_failure, same_message

PROGRAM = """
let
  source = builtins.path { path = FOLDER/tree; name = "tree"; };
  drv = builtins.seq source (derivation {
    name = "tree"; system = "x86_64-linux"; builder = "/bin/sh";
    outputHash = "HASH"; outputHashAlgo = "sha256"; outputHashMode = "recursive";
  });
  user = derivation { name = "user"; system = "x86_64-linux"; builder = "/bin/sh"; inherit drv; };
  one = builtins.toFile "one" "1";
  two = builtins.toFile "two" "${one} and more";
  context = builtins.getContext;
in EXPRESSION
"""
VALUES = [
    "import drv",
    "(import drv).p",
    'context "${(import drv).p}"',
    "context (import drv).f",
    'import "${drv}/default.nix"',
    "builtins.scopedImport { } drv",
    'builtins.readFile "${drv}/file"',
    'builtins.readFile "${drv}/link"',
    'context (builtins.readFile "${drv}/file")',
    "builtins.readDir drv",
    'builtins.readFileType "${drv}/link"',
    'builtins.hashFile "sha256" "${drv}/file"',
    "builtins.pathExists drv",
    'builtins.pathExists "${drv}/nope"',
    'builtins.path { path = drv; name = "copy"; }',
    'context (builtins.path { path = "${drv}/file"; })',
    "builtins.filterSource (path: type: baseNameOf path != baseNameOf ./file) drv",
    "builtins.storePath drv",
    "builtins.length (builtins.attrNames (context (builtins.storePath drv)))",
    "context (builtins.storePath source)",
    'builtins.findFile [ { path = drv; prefix = "x"; } ] "x/file"',
    'builtins.toFile "x" (builtins.readFile "${drv}/file")',
    # the derivation itself
    "builtins.readFile drv.drvPath",
    "context (builtins.readFile user.drvPath)",
    "builtins.pathExists user.drvPath",
    "builtins.readFileType user.drvPath",
    "context (builtins.storePath user.drvPath)",
    "let d = import user.drvPath; in { inherit (d) type name outputName outPath drvPath; }",
    "builtins.attrNames (import user.drvPath)",
    "map (d: d.outPath) (import user.drvPath).all",
    "context (import user.drvPath).outPath",
    "context (import user.drvPath).drvPath",
    # what a file of the store refers to
    "context (builtins.readFile two)",
    'context (builtins.readFile "${two}")',
    "context (builtins.readFile one)",
    'let text = builtins.readFile two; in context (builtins.toFile "three" text)',
    # references to files that are derivations
    'context (builtins.toFile "x" (builtins.unsafeDiscardOutputDependency user.drvPath))',
    'builtins.length (builtins.attrNames (builtins.getContext (builtins.appendContext "" '
    "(context (builtins.storePath source)))))",
    'context (builtins.appendContext "" { '
    '${builtins.unsafeDiscardStringContext user.drvPath}.outputs = [ "out" ]; })',
]
FAILURES = [
    "/. + drv",
    'import "${drv}/nope.nix"',
    'builtins.toFile "x" "${drv}"',
    'builtins.toFile "x" drv.drvPath',
    # nobody has it
    'builtins.storePath "${builtins.storeDir}/00000000000000000000000000000000-n"',
    'builtins.storePath (/. + "${builtins.storeDir}/00000000000000000000000000000000-n/file")',
    'builtins.storePath "00000000000000000000000000000000-n"',
    'builtins.appendContext "" { "${builtins.storeDir}/00000000000000000000000000000000-n" = 1; }',
    'builtins.appendContext "" { "${builtins.storeDir}/0000000000000000000000000000000a]n" = 1; }',
]
_PATH = re.compile(r"(?:(?:/[\w.-]+)*/store/|(?<=[!=]))(?:[0-9a-z]{32}[]-])+")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("import")
    (made / "tree").mkdir()
    (made / "tree/default.nix").write_text(
        "{ b = 2; p = ./file; f = builtins.readFile ./file; g = import ./other.nix; }"
    )
    (made / "tree/other.nix").write_text("[ 1 ]")
    (made / "tree/file").write_text("hello")
    (made / "tree/link").symlink_to("file")
    return made


def _program(expression: str, folder: Path) -> str:
    digest = hashlib.sha256()
    dump(folder / "tree", digest.update)
    text = PROGRAM.replace("EXPRESSION", expression).replace("FOLDER", str(folder))
    return text.replace("HASH", digest.hexdigest())


def _reference(text: str, folder: Path, *options: str) -> tuple[str | None, str]:
    """The value or None, and the message. The store lies at its own name, not at /nix/store:
    only so does the real Nix take a ``.drv`` file for what it is."""
    store = f"local?store={folder}/n/store&state={folder}/n/state&log={folder}/n/log"
    ran = nix().run(
        *("nix-instantiate", "--store", store, "--eval", "--read-write-mode", "--strict"),
        *(*options, "--expr", text),
        see=[folder],
        write=[folder],
    )
    return (ran.out.strip() if ran.status == 0 else None), ran.err


def _ours(text: str, root: Path, *, builds: bool = True) -> str:
    """The value; every build that is asked for is one of what is there already."""
    store = LocalStore(root)

    def build(wanted: object, known: object) -> None:
        assert isinstance(wanted, dict)
        for drv in wanted:
            assert str(drv).endswith("-tree.drv")

    host = StoreHost(
        lambda: store, pure=False, system="x86_64-linux", build=build, say=print,
        builds=lambda: builds,
    )  # fmt: skip
    evaluator = Evaluator(host)
    value = evaluator.eval_string(text)
    return evaluator.run(lambda: print_plain(value))


def _plain(text: str) -> str:
    """Without what depends on where the store is."""
    return _PATH.sub("STORE-", text)


@pytest.mark.parametrize("expression", VALUES)
def test_value(expression: str, folder: Path, tmp_path: Path) -> None:
    text = _program(expression, folder)
    wanted, message = _reference(text, folder)
    assert wanted is not None, message
    assert _plain(_ours(text, tmp_path)) == _plain(wanted)


@pytest.mark.parametrize("expression", FAILURES)
def test_failure(expression: str, folder: Path, tmp_path: Path) -> None:
    text = _program(expression, folder)
    wanted, message = _reference(text, folder)
    assert wanted is None
    with pytest.raises(NixError) as caught:
        _ours(text, tmp_path)
    ours = _plain(read_failure(format_error(caught.value)).message)
    assert same_message(ours, _plain(read_failure(message).message))


@pytest.mark.parametrize(
    "expression",
    ["import drv", 'builtins.readFile "${drv}/file"', "builtins.readDir drv",
     'builtins.pathExists "${drv}/x"', "builtins.path { path = drv; }",
     "builtins.tryEval (import drv)"],
)  # fmt: skip
def test_not_allowed(expression: str, folder: Path, tmp_path: Path) -> None:
    """Without leave nothing is built, not even what is there already."""
    text = _program(expression, folder)
    wanted, message = _reference(text, folder, "--option", "allow-import-from-derivation", "false")
    assert wanted is None
    with pytest.raises(NixError) as caught:
        _ours(text, tmp_path, builds=False)
    ours, theirs = read_failure(format_error(caught.value)).message, read_failure(message).message
    assert "'allow-import-from-derivation' is disabled" in ours
    assert _plain(ours) == _plain(theirs)
