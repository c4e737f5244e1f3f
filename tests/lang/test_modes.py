"""Restricted and pure evaluation, beside the real Nix: what may be seen, and how it is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_plain
from builder.lang.tracing import format_error
from builder.store.local import LocalStore
from tests.hosts import idle_host
from tests.reference import nix
from tests.reference.judge import read_failure, same_message

EXPRESSIONS = [
    "1 + 1",
    "builtins.currentSystem",
    "builtins ? currentSystem",
    "builtins ? currentTime",
    'builtins.getEnv "HOME"',
    "builtins.nixPath",
    "builtins.storeDir",
    "<seen>",
    "<seen/file>",
    "<none>",
    "builtins.tryEval <none>",
    "import <seen/one.nix>",
    "SRC/seen/file",
    '"SRC/none"',
    "toString SRC/seen/file",
    "builtins.readFile SRC/seen/file",
    'builtins.readFile "SRC/seen/file"',
    "builtins.readFile SRC/other",
    "builtins.tryEval (builtins.readFile SRC/other)",
    "builtins.readFile SRC/none",
    "builtins.readDir SRC/seen",
    "builtins.readDir SRC",
    "builtins.readFileType SRC/other",
    "builtins.pathExists SRC/seen/file",
    "builtins.pathExists SRC/other",
    "builtins.pathExists SRC/none",
    "builtins.pathExists /none",
    "builtins.pathExists SRC/seen/none",
    "import SRC/seen/one.nix",
    "import SRC/other",
    "import SRC/none",
    "builtins.scopedImport { } SRC/other",
    'builtins.hashFile "sha256" SRC/other',
    'builtins.hashFile "sha256" SRC/seen/file',
    '"${SRC/seen/file}"',
    '"${SRC/other}"',
    "builtins.path { path = SRC/seen/file; }",
    "builtins.path { path = SRC/other; }",
    "builtins.filterSource (path: type: true) SRC/seen",
    "builtins.filterSource (path: type: true) SRC/other",
    'builtins.findFile [ { path = SRC/seen; prefix = "a"; } ] "a/file"',
    'builtins.findFile [ { path = SRC; prefix = "a"; } ] "a/other"',
    'builtins.findFile [ ] "a"',
    'builtins.toFile "x" "a"',
    'builtins.readFile (builtins.toFile "x" "a")',
    'import (builtins.toFile "x" "1 + 2")',
    'builtins.fetchurl "file://SRC/other"',
    'builtins.fetchurl "http://localhost:1/x"',
    'builtins.fetchTarball "http://localhost:1/x"',
    'builtins.fetchTarball { url = "http://localhost:1/x"; }',
    "builtins.fetchGit SRC/seen",
    'builtins.fetchGit "http://localhost:1/x"',
    'builtins.fetchGit { url = "http://localhost:1/x"; rev = ""; }',
    'builtins.fetchMercurial "http://localhost:1/x"',
    'builtins.fetchTree "http://localhost:1/x"',
    'builtins.fetchTree { type = "path"; path = "SRC/other"; }',
    'builtins.storePath "/nix/store/00000000000000000000000000000000-n"',
    "builtins.storePath SRC/other",
    "SRC/seen/../other + \"\"",
    "import SRC/link",
    "builtins.readFile SRC/seen/link",
]  # fmt: skip


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that may be seen, one that may not, and links between them."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "seen").mkdir()
    (folder / "seen/file").write_text("text")
    (folder / "seen/one.nix").write_text("{ one = 1; }")
    (folder / "seen/link").symlink_to("../other")
    (folder / "link").symlink_to("seen/one.nix")
    (folder / "other").write_text("2")
    return folder


def _ours(text: str, sources: Path, root: Path, mode: str) -> tuple[str | None, str]:
    host = idle_host(
        LocalStore(root),
        pure=mode == "pure-eval",
        restricted=mode == "restrict-eval",
        search_path=[("seen", str(sources / "seen"))],
    )
    evaluator = Evaluator(host)
    try:
        value = evaluator.eval_string(text, "/", "«string»")
        return evaluator.run(lambda: print_plain(value)), ""
    except NixError as error:
        return None, read_failure(format_error(error)).message


@pytest.mark.parametrize("mode", ["restrict-eval", "pure-eval"])
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_mode(text: str, mode: str, sources: Path, tmp_path: Path) -> None:
    """The value or the error's text is the reference's."""
    text = text.replace("SRC", str(sources))
    root = tmp_path / "reference"
    root.mkdir()
    done = nix().run(
        *("nix-instantiate", "--store", str(root), "--eval", "--strict", "--read-write-mode"),
        *("--option", mode, "true", "-I", f"seen={sources}/seen", "--expr", text),
        see=[sources],
        write=[root],
    )
    value, message = _ours(text, sources, tmp_path / "ours", mode)
    if done.status == 0:
        assert value == done.out.strip(), message
    else:
        assert value is None, done.err
        told = read_failure(done.err).message
        # The reference names the first folder on the way, ours all of the path.
        first = re.fullmatch(r"access to absolute path '(/\w+)' is forbidden in pure .*", told)
        if first:
            assert message.startswith(f"access to absolute path '{first[1]}/")
            message = re.sub(r"'/\S+'", f"'{first[1]}'", message)
        assert same_message(message, told)
