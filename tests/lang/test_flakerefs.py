"""Flake references beside the real Nix: every type, as texts and as sets, both ways."""

from __future__ import annotations

import pytest

from tests.lang.ours import evaluate
from tests.reference import nix
from tests.reference.judge import read_failure, same_message

REV = "527b813ee5c8e2bd332c6f648d43345afa490efc"
HASH = "sha256-KKuLaOkQi5z5185BjW9XED72M86O90Hed0JGEop1b/Q="
TEXTS = [
    "github:o/r",
    "github:o/r/main",
    "github:o/r/REV",
    "github:o/r?ref=a&dir=x",
    "github:o/r?host=h.example",
    "github:o/r?narHash=HASH",
    "gitlab:g%2Fs/r/x",
    "gitlab:o/r?host=h.com",
    "sourcehut:~o/r/b",
    "sourcehut:~o/r?host=h.com&rev=REV",
    "nixpkgs",
    "flake:nixpkgs/nixos-24.05",
    "nixpkgs/nixos/REV",
    "nixpkgs?dir=x",
    "flake:n?ref=x",
    "git+https://h/x?ref=main&rev=REV&shallow=1&submodules=1&allRefs=1&dir=d&lfs=1&exportIgnore=1",
    "git+ssh://git@h/x.git",
    "git://h/x",
    "git+file:///x?ref=a",
    "git+http://h/x?foo=bar",
    "git+ssh://h:22/x?name=q",
    "ssh://h/x",
    "git@h:x",
    "https://h/x.tar.gz",
    "http://h/x.zip?a=b&narHash=HASH",
    "https://h/x",
    "tarball+https://h/x",
    "file+https://h/x.tar.gz",
    "file:///x.tar.gz",
    "tarball+file:///x",
    "file+http://h/x?unpack=1",
    "https://h/x.tar.zst?dir=a&rev=REV&revCount=3&lastModified=4",
    "https://h/x.html",
    "file:///x",
    "hg+https://h/x?ref=a",
    "hg+file:///x?rev=REV",
    "hg+ssh://h/x",
    "path:/x?narHash=HASH&lastModified=3",
    "path:x",
    "path:./x?dir=y",
    "/x",
    "/x?dir=a",
    "./x",
    "path:/a%20b",
    "path:/x?rev=REV&revCount=2",
    "path:/x?foo=1",
    "github:o",
    "github:o/r/a/b",
    "github:o/r/main?ref=x",
    "github:o/r/main?rev=REV",
    "a b",
    "nope:x",
    "git+foo://x",
    "hg+foo://x",
    "github:/r",
    "nixpkgs/",
    "Git+https://x",
    "git+https://h/x?rev=12",
    "git+https://h/x?submodules=true",
    "git+https://h/x?narHash=bad",
    "https://h/x.tar?narHash=bad",
    "tarball+http://h/x?lastModified=x",
    "indirect:x",
    "path:/x?revCount=x",
    "path:////x",
    "path:/x/../y",
    "github:o/r?foo=1",
    "gitlab:o/r?foo=1",
]
SETS = [
    '{type="github";owner="o";repo="r";host="h.x";ref="a/b";}',
    '{type="github";owner="o";repo="r";rev="REV";narHash="HASH";}',
    '{type="git";url="https://h/x";shallow=true;allRefs=true;submodules=true;ref="a";}',
    '{type="git";url="https://h/x";shallow=false;lastModified=3;revCount=2;}',
    '{type="tarball";url="https://h/x";narHash="HASH";rev="REV";}',
    '{type="file";url="https://h/x.tar.gz";}',
    '{type="file";url="https://h/x";}',
    '{type="tarball";url="https://h/x.tar.gz";}',
    '{type="path";path="/a b";lastModified=3;}',
    '{type="path";path="./x";}',
    '{type="indirect";id="a";ref="b";}',
    '{type="indirect";id="a";rev="REV";}',
    '{type="indirect";}',
    '{type="indirect";id="1a";}',
    '{type="hg";url="https://h/x";ref="a";rev="REV";}',
    '{type="sourcehut";owner="~o";repo="r";dir="x";}',
    '{type="github";owner="o";}',
    '{type="git";}',
    '{type="path";}',
    '{type="git";url="x";}',
    '{type="github";owner="o";repo="r";rev="x";}',
    '{type="git";url="https://h/x";narHash="HASH";dir="d";}',
    '{type="path";path="/x";dir="d e";}',
    '{type="path";path="/x";foo=1;}',
    '{type="git";url="https://h/x";foo=1;}',
    '{type="github";owner="o";repo="r";dir="d";}',
    '{type="tarball";url="https://h/x.tar.gz";dir="d";}',
    '{type="git";url="https://h/x?foo=bar";dir="d";}',
    '{type="git";url="file:///x";ref="a";}',
]


def _same(program: str) -> None:
    program = program.replace("REV", REV).replace("HASH", HASH)
    wanted, ours = nix().eval(program, "--strict"), evaluate(program)
    if wanted.status == 0:
        assert ours.value == wanted.out.strip()
    else:
        assert ours.failure is not None
        assert same_message(ours.failure.message, read_failure(wanted.err).message)


@pytest.mark.parametrize("text", TEXTS)
def test_reading(text: str) -> None:
    _same(f'builtins.parseFlakeRef "{text}"')


@pytest.mark.parametrize("text", TEXTS)
def test_there_and_back(text: str) -> None:
    _same(f'builtins.flakeRefToString (builtins.parseFlakeRef "{text}")')


@pytest.mark.parametrize("attributes", SETS)
def test_writing(attributes: str) -> None:
    _same(f"builtins.flakeRefToString {attributes}")
