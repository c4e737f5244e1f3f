"""``flake.lock`` beside the real Nix: the same bytes for the same inputs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from builder.cli.main import neve
from tests.flake.elsewhere import CERTIFICATE, Elsewhere, serving
from tests.reference import nix

TRUST = {name: str(CERTIFICATE) for name in ("NIX_SSL_CERT_FILE", "GIT_SSL_CAINFO")}
LEAF = '{ outputs = _: { x = "leaf"; }; }'
MIDDLE = """{
  inputs.leaf.url = "git+HTTP/leaf.git";
  inputs.data = { url = "HTTP/files/data"; flake = false; type = "file"; };
  outputs = { self, leaf, data }: { inherit (leaf) x; };
}"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """`leaf`, `other` (a second leaf) and `middle`, which has inputs and a lock of its own."""
    with serving(tmp_path_factory.mktemp("elsewhere")) as made:
        made.commit("leaf", {"flake.nix": LEAF, "sub/flake.nix": LEAF})
        made.git("leaf", "tag", "v1")
        made.commit("leaf", {"more": "x"}, day=2)
        made.git("leaf", "branch", "dev")
        made.commit("other", {"flake.nix": LEAF.replace("leaf", "other")}, day=3)
        (made.folder / "files/data").write_text("data")
        middle = MIDDLE.replace('url = "HTTP/files/data"; flake = false; type = "file"',
                                'url = "file+HTTP/files/data"; flake = false')  # fmt: skip
        made.commit("middle", {"flake.nix": middle.replace("HTTP", made.http)})
        tape = made.answer(f"/~o/leaf/archive/{made.git('leaf', 'rev-parse', 'v1')}.tar.gz")[1]
        (made.folder / "files/leaf.tar.gz").write_bytes(tape)
        (made.folder / "files/lasting.tar.gz").write_bytes(tape)
        made.links["/files/lasting.tar.gz"] = f'<{made.http}/files/leaf.tar.gz>; rel="immutable"'
        yield made


@dataclass
class Pair:
    """A folder `top` for each side, and how each locks it."""

    world: Elsewhere
    folder: Path

    def write(self, text: str) -> None:
        """Put the same ``flake.nix`` in both."""
        names = {"HTTPS": self.world.https, "HTTP": self.world.http, "HOST": self.world.host}
        for old, new in {**names, "FOLDER": str(self.world.folder)}.items():
            text = text.replace(old, new)
        for side in ("theirs", "ours"):
            (self.folder / side).mkdir(exist_ok=True)
            (self.folder / side / "flake.nix").write_text(text)

    def lock(self, *options: str) -> str:
        """Lock on both sides; the text on which they agree."""
        words = [word.replace("HTTP", self.world.http) for word in options]
        judge = replace(nix(), network=True, env={**TRUST, "NIX_CONFIG": "flake-registry ="})
        ran = judge.run(
            *("nix", "flake", "lock", f"path:{self.folder}/theirs", *words),
            *("--store", str(self.folder / "store")),
            see=[CERTIFICATE, self.world.folder],
            write=[self.folder],
        )
        assert ran.status == 0, ran.err
        assert neve(["flake", "lock", f"path:{self.folder}/ours", *words]) == 0
        wanted = (self.folder / "theirs/flake.lock").read_text()
        assert (self.folder / "ours/flake.lock").read_text() == wanted
        return wanted


@pytest.fixture
def pair(world: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    for name, value in TRUST.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NEVE_STORE", str(tmp_path / "root"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return Pair(world, tmp_path)


INPUTS = {
    "git": 'inputs.a.url = "git+HTTP/leaf.git";',
    "git-tls": 'inputs.a.url = "git+HTTPS/leaf.git?ref=dev";',
    "git-rev": 'inputs.a.url = "git+HTTP/leaf.git?shallow=1&ref=refs/tags/v1";',
    "git-dir": 'inputs.a.url = "git+HTTP/leaf.git?dir=sub";',
    "git-local": 'inputs.a.url = "git+file://FOLDER/leaf?ref=dev";',
    "git-set": 'inputs.a = { type = "git"; url = "HTTP/leaf.git"; submodules = true; };',
    "path": 'inputs.a.url = "path:FOLDER/other";',
    "tarball": 'inputs.a.url = "HTTP/files/leaf.tar.gz";',
    "lasting": 'inputs.a.url = "HTTP/files/lasting.tar.gz";',
    "file": 'inputs.a = { url = "file+HTTP/files/data"; flake = false; };',
    "github": 'inputs.a = { type = "github"; owner = "o"; repo = "leaf"; host = "HOST"; };',
    "github-ref": 'inputs.a = { type = "github"; owner = "o"; repo = "leaf"; host = "HOST"; '
    'ref = "dev"; dir = "sub"; };',
    "gitlab": 'inputs.a = { type = "gitlab"; owner = "o"; repo = "leaf"; host = "HOST"; };',
    "sourcehut": 'inputs.a = { type = "sourcehut"; owner = "~o"; repo = "leaf"; host = "HOST"; };',
    "no-flake": 'inputs.a = { url = "git+HTTP/leaf.git"; flake = false; };',
    "nested": 'inputs.m.url = "git+HTTP/middle.git";',
    "follows": 'inputs.a.url = "git+HTTP/other.git"; inputs.m.url = "git+HTTP/middle.git"; '
    'inputs.m.inputs.leaf.follows = "a";',
    "follows-down": 'inputs.m.url = "git+HTTP/middle.git"; inputs.a.follows = "m/leaf";',
    "override": 'inputs.m.url = "git+HTTP/middle.git"; '
    'inputs.m.inputs.leaf.url = "git+HTTP/other.git";',
    "twice": 'inputs.leaf.url = "git+HTTP/other.git"; inputs.m.url = "git+HTTP/middle.git"; '
    'inputs.n.url = "git+HTTP/middle.git";',
}  # fmt: skip


@pytest.mark.parametrize("name", INPUTS)
def test_same_bytes(pair: Pair, name: str) -> None:
    pair.write(f"{{ {INPUTS[name]} outputs = _: {{ }}; }}")
    pair.lock()


def test_what_is_locked_is_kept(pair: Pair) -> None:
    """Neither side moves an input that did not change, whatever the others do."""
    pair.write('{ inputs.a.url = "git+HTTP/moving.git"; outputs = _: { }; }')
    pair.world.commit("moving", {"flake.nix": LEAF})
    first = pair.lock()
    pair.world.commit("moving", {"more": "1"}, day=5)
    text = 'inputs.a.url = "git+HTTP/moving.git"; inputs.b.url = "git+HTTP/other.git";'
    pair.write(f"{{ {text} outputs = _: {{ }}; }}")
    rev = pair.world.git("moving", "rev-parse", "HEAD")
    assert rev not in first and rev not in pair.lock()
    assert rev in pair.lock("--update-input", "a")
    pair.write('{ inputs.b.url = "git+HTTP/other.git"; outputs = _: { }; }')
    assert "moving" not in pair.lock()


def test_overrides_of_the_command_line(pair: Pair) -> None:
    pair.write('{ inputs.m.url = "git+HTTP/middle.git"; outputs = _: { }; }')
    pair.lock("--override-input", "m/leaf", "git+HTTP/other.git")
    pair.lock("--override-input", "m", "git+HTTP/leaf.git")


def test_names_of_the_registry(pair: Pair) -> None:
    """A bare name is looked up, and locked as what it stands for."""
    registry = (
        '{"version": 2, "flakes": [{"from": {"type": "indirect", "id": "leaf"}, "to": '
        f'{{"type": "git", "url": "{pair.world.http}/leaf.git"}}}}]}}'
    )
    (pair.folder / "registry.json").write_text(registry)
    pair.write(
        '{ inputs.a.url = "leaf"; inputs.b.url = "leaf/dev"; outputs = { self, a, b, leaf }: { }; }'
    )
    option = ("--option", "flake-registry", str(pair.folder / "registry.json"))
    assert '"id": "leaf"' in pair.lock(*option)


def test_a_folder_beside(pair: Pair) -> None:
    """A relative path belongs to the flake's own source."""
    for side in ("theirs", "ours"):
        (pair.folder / side / "sub").mkdir(parents=True)
        (pair.folder / side / "sub/flake.nix").write_text(LEAF)
    pair.write('{ inputs.a.url = "path:./sub"; outputs = _: { }; }')
    pair.lock()


def test_a_lock_of_theirs_is_read(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    """With their lock nothing is fetched to be locked, and the pinned commit is what comes."""
    pair.write(
        '{ inputs.a.url = "git+HTTP/leaf.git?ref=refs/tags/v1"; outputs = { self, a }: '
        "{ x = builtins.attrNames (builtins.readDir a); }; }"
    )
    wanted = pair.lock()
    shutil.rmtree(os.environ["NEVE_STORE"])
    (pair.folder / "ours/flake.lock").write_text(wanted)
    capsys.readouterr()
    assert neve(["eval", f"path:{pair.folder}/ours#x", "--json"]) == 0
    assert capsys.readouterr().out == '["flake.nix","sub"]\n'
    assert (pair.folder / "ours/flake.lock").read_text() == wanted
