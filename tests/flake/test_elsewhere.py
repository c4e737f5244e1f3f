"""Trees from servers, beside the real Nix with the same server: same paths, facts and errors."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builder.flake.flake import Flakes
from builder.flake.source import Fetcher
from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.tracing import format_error
from builder.store.local import LocalStore
from tests.flake.elsewhere import CERTIFICATE, Elsewhere, serving
from tests.hosts import idle_host, plain_value
from tests.reference import nix
from tests.reference.judge import read_failure

TRUST = {name: str(CERTIFICATE) for name in ("NIX_SSL_CERT_FILE", "GIT_SSL_CAINFO")}
SHOW = (
    "let v = EXPRESSION; in if builtins.isString v then v else "
    'builtins.removeAttrs v [ "outPath" ] // { path = builtins.toString v; }'
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """A repository `one` with branches, a tag and attributes, and `outer` with `one` inside."""
    with serving(tmp_path_factory.mktemp("elsewhere")) as made:
        made.commit("one", {"file": "first", "sub/inner": "inner"})
        made.git("one", "tag", "v1")
        made.git("one", "tag", "-a", "v1-told", "-m", "x")
        (made.folder / "one/run").write_text("#!/bin/sh\n")
        (made.folder / "one/run").chmod(0o755)
        (made.folder / "one/link").symlink_to("sub")
        made.commit("one", {"file": "second", ".gitattributes": "secret export-ignore\n",
                            "secret": "s"}, day=2)  # fmt: skip
        made.git("one", "checkout", "-q", "-b", "dev", "v1")
        made.commit("one", {"file": "dev"}, day=3)
        made.git("one", "checkout", "-q", "main")
        made.commit("outer", {"top": "t"})
        made.git("outer", "-c", "protocol.file.allow=always", "submodule", "-q", "add",
                 str(made.folder / "one"), "deps/one")  # fmt: skip
        modules = made.folder / "outer/.gitmodules"
        modules.write_text(modules.read_text().replace(str(made.folder / "one"), "../one.git"))
        made.commit("outer", {"more": "m"}, day=4)
        tape = made.answer(f"/~o/one/archive/{made.git('one', 'rev-parse', 'main')}.tar.gz")[1]
        made.commit("flake", {
            "flake.nix": '{ inputs.one = { url = "git+HTTP/one.git"; flake = false; }; outputs = '
            '{ self, one }: { x = builtins.readFile "${one}/file"; me = self.outPath; }; }'
            .replace("HTTP", made.http),
            "sub/flake.nix": "{ outputs = { self }: { y = builtins.readFile ./word; }; }",
            "sub/word": "inside",
        })  # fmt: skip
        flake = made.answer(f"/~o/flake/archive/{made.git('flake', 'rev-parse', 'main')}.tar.gz")
        (made.folder / "files/flake.tar.gz").write_bytes(flake[1])
        made.commit("local", {"top": "t"})
        made.git("local", "-c", "protocol.file.allow=always", "submodule", "-q", "add",
                 str(made.folder / "one"), "deps/one")  # fmt: skip
        made.commit("local", {"more": "m"}, day=4)
        for name in ("edited", "moved"):  # copies whose submodule is not as committed
            shutil.copytree(made.folder / "local", made.folder / name, symlinks=True)
            (made.folder / name / "deps/one/file").write_text(name)
        made.git("moved/deps/one", "commit", "-q", "-a", "-m", "x")
        shutil.copytree(made.folder / "moved", made.folder / "taken", symlinks=True)
        made.commit("taken", {"more": "n"}, day=5)
        made.commit("changed", {"a": "1", "b": "2"})
        (made.folder / "changed/a").write_text("changed")
        (made.folder / "changed/new").write_text("untracked")
        (made.folder / "plain").mkdir()
        (made.folder / "plain/file").write_text("x")
        for path in ("plain/file", "plain"):
            os.utime(made.folder / path, (5, 5))
        for name in ("x.tar.gz", "once.tar.gz", "plain"):
            (made.folder / "files" / name).write_bytes(tape)
        made.links["/files/once.tar.gz"] = (
            f"<{made.https}/files/x.tar.gz?rev={made.git('one', 'rev-parse', 'main')}&revCount=2>;"
            ' rel="immutable"'
        )
        yield made


@pytest.fixture(autouse=True)
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TRUST.items():
        monkeypatch.setenv(name, value)


def _text(expression: str, world: Elsewhere) -> str:
    for name in ("main", "dev", "v1"):
        expression = expression.replace(f"REV({name})", world.git("one", "rev-parse", name))
    expression = expression.replace("REVISION", world.git("flake", "rev-parse", "main"))
    names = {"HTTPS": world.https, "HTTP": world.http, "HOST": world.host}
    for old, new in {**names, "FOLDER": str(world.folder)}.items():
        expression = expression.replace(old, new)
    return SHOW.replace("EXPRESSION", expression)


def _reference(
    text: str, root: Path, *options: str, see: Sequence[Path] = ()
) -> tuple[object, str]:
    root.mkdir()
    judge = replace(nix(), network=True, env=TRUST)
    done = judge.run(
        *("nix-instantiate", "--store", str(root), "--eval", "--strict", "--json"),
        *(*options, "--expr", text),
        see=[CERTIFICATE, *see],
        write=[root],
    )
    return (json.loads(done.out) if done.status == 0 else None), done.err


def ours(
    text: str, root: Path, *, restricted: bool = False, allowed_uris: Sequence[str] = ()
) -> object:
    store = LocalStore(root)
    environment = {**os.environ, "XDG_CACHE_HOME": str(root / "cache"), "HOME": str(root)}

    fetcher = Fetcher(store=store, environment=environment, now=datetime.now(UTC))
    host = idle_host(
        store, fetcher=lambda: fetcher, flakes=lambda reference: found().get(reference),
        restricted=restricted, allowed_uris=lambda: allowed_uris,
    )  # fmt: skip
    evaluator = Evaluator(host)

    def found() -> Flakes:
        return flakes

    flakes = Flakes(
        evaluator=evaluator, host=host, fetcher=fetcher, cache=root, mirrors=lambda wanted: ()
    )
    return plain_value(evaluator, text)


def _agree(text: str, folder: Path, see: Sequence[Path] = ()) -> None:
    """Both give the same value."""
    wanted, message = _reference(text, folder / "reference", see=see)
    assert wanted is not None, message
    assert ours(text, folder / "ours") == wanted


VALUES = [
    'builtins.fetchGit "HTTP/one.git"',
    'builtins.fetchGit "HTTPS/one.git"',
    'builtins.fetchGit { url = "HTTP/one.git"; ref = "dev"; }',
    'builtins.fetchGit { url = "HTTP/one.git"; ref = "refs/tags/v1"; }',
    'builtins.fetchGit { url = "HTTP/one.git"; ref = "refs/tags/v1-told"; }',
    'builtins.fetchGit { url = "HTTP/one.git"; rev = "REV(v1)"; }',
    'builtins.fetchGit { url = "HTTP/one.git"; rev = "REV(dev)"; allRefs = true; }',
    'builtins.fetchGit { url = "HTTP/one.git"; rev = "REV(dev)"; ref = "dev"; }',
    'builtins.fetchGit { url = "HTTP/one.git"; shallow = true; }',
    'builtins.fetchGit { url = "HTTP/one.git"; exportIgnore = false; }',
    'builtins.fetchGit { url = "HTTP/outer.git"; }',
    'builtins.fetchGit { url = "HTTP/outer.git"; submodules = true; }',
    'builtins.fetchTree { type = "git"; url = "HTTP/one.git"; }',
    'builtins.fetchTree { type = "git"; url = "HTTP/outer.git"; submodules = true; }',
    'builtins.fetchTree "git+HTTP/one.git?ref=dev"',
    'builtins.fetchTree "git+HTTPS/one.git?rev=REV(v1)&shallow=1"',
    'builtins.fetchTree { type = "github"; owner = "o"; repo = "one"; host = "HOST"; }',
    'builtins.fetchTree { type = "github"; owner = "o"; repo = "one"; host = "HOST"; ref = "v1"; }',
    'builtins.fetchTree { type = "github"; owner = "o"; repo = "one"; host = "HOST"; '
    'rev = "REV(dev)"; }',
    'builtins.fetchTree { type = "gitlab"; owner = "o"; repo = "one"; host = "HOST"; }',
    'builtins.fetchTree { type = "gitlab"; owner = "o"; repo = "one"; host = "HOST"; '
    'ref = "dev"; }',
    'builtins.fetchTree { type = "sourcehut"; owner = "~o"; repo = "one"; host = "HOST"; }',
    'builtins.fetchTree { type = "sourcehut"; owner = "~o"; repo = "one"; host = "HOST"; '
    'ref = "dev"; }',
    'builtins.fetchTree "HTTP/files/x.tar.gz"',
    'builtins.fetchTree "HTTPS/files/once.tar.gz"',
    'builtins.fetchTree "tarball+HTTP/files/plain"',
    'builtins.fetchTree "HTTP/files/plain"',
    'builtins.fetchTree "file+HTTP/files/x.tar.gz"',
    'builtins.fetchTree { type = "file"; url = "HTTP/files/plain"; }',
    'builtins.fetchTarball "HTTPS/files/x.tar.gz"',
    'builtins.fetchTarball { url = "HTTPS/files/x.tar.gz"; name = "n"; }',
    'builtins.fetchurl "HTTPS/files/plain"',
]  # fmt: skip
# Repositories and folders beside: FOLDER has the server's repositories, and what follows.
LOCAL = [
    'builtins.fetchGit "FOLDER/one"',
    "builtins.fetchGit FOLDER/one",
    'builtins.fetchGit { url = "FOLDER/one"; exportIgnore = false; }',
    'builtins.fetchGit { url = "FOLDER/one"; name = "n"; }',
    'builtins.fetchGit { url = "FOLDER/one"; ref = "dev"; name = "n"; }',
    'builtins.fetchGit "FOLDER/outer"',
    'builtins.fetchGit { url = "FOLDER/local"; submodules = true; }',
    'builtins.fetchGit { url = "FOLDER/local"; ref = "main"; submodules = true; }',
    'builtins.fetchGit { url = "FOLDER/edited"; submodules = true; }',
    'builtins.fetchGit { url = "FOLDER/moved"; submodules = true; }',
    'builtins.fetchGit { url = "FOLDER/taken"; submodules = true; }',
    'builtins.fetchGit "FOLDER/edited"',
    'builtins.fetchGit "FOLDER/moved"',
    'builtins.fetchGit "FOLDER/changed"',
    'builtins.fetchTree "git+file://FOLDER/changed"',
    'builtins.fetchTree { type = "path"; path = "FOLDER/plain"; }',
    'builtins.fetchTree "path:FOLDER/plain"',
    'builtins.fetchTree { type = "path"; path = "FOLDER/plain/file"; }',
]
# In restricted mode nothing is fetched that `allowed-uris` does not name.
FORBIDDEN = [
    'builtins.fetchurl "HTTP/files/plain"',
    'builtins.fetchTarball "HTTP/files/x.tar.gz"',
    'builtins.fetchGit "HTTP/one.git"',
    'builtins.fetchTree "HTTP/files/x.tar.gz"',
    'builtins.fetchTree { type = "github"; owner = "o"; repo = "one"; host = "HOST"; }',
    'builtins.fetchTree "path:FOLDER/plain"',
    'builtins.fetchGit "FOLDER/one"',
    'builtins.fetchMercurial "HTTP/one"',
    'builtins.fetchMercurial { url = "HTTP/one"; rev = "default"; }',
    'builtins.fetchMercurial "FOLDER/one"',
    'builtins.fetchTree { type = "hg"; url = "HTTP/one"; }',
]
# Flakes of the server: what `getFlake` gives of their outputs, inputs and sources.
FLAKES = [
    '(builtins.getFlake "git+HTTP/flake.git?rev=REVISION").x',
    'builtins.readFile "${(builtins.getFlake "git+HTTP/flake.git").inputs.one}/file"',
    'builtins.getFlake "git+HTTP/flake.git?ref=main&dir=sub" // { inputs = 0; outputs = 0; }',
    'let f = builtins.getFlake "git+HTTP/flake.git?ref=main"; in '
    "{ inherit (f) narHash lastModifiedDate _type; n = builtins.attrNames f; "
    "s = builtins.attrNames f.sourceInfo; i = builtins.attrNames f.inputs.one; }",
    '(builtins.getFlake "git+HTTP/flake.git?dir=sub").y',
    'let f = builtins.getFlake "git+HTTP/flake.git?dir=sub"; in f.sourceInfo // '
    "{ r = f.rev; o = f.outPath == f.sourceInfo.outPath; }",
    '(builtins.getFlake "HTTP/files/flake.tar.gz").x',
]
FAILURES = [
    'builtins.fetchGit { url = "HTTP/one.git"; ref = "nope"; }',
    'builtins.fetchGit { url = "HTTP/one.git"; rev = "1111111111111111111111111111111111111111"; }',
    'builtins.fetchTree { type = "git"; url = "HTTP/one.git"; lfs = true; }',
    'builtins.fetchTree { type = "github"; owner = "o"; }',
    'builtins.fetchTree { type = "github"; owner = "o"; repo = "r"; colour = "red"; }',
    'builtins.fetchTree { type = "path"; path = "/x"; dir = "y"; }',
    'builtins.fetchTree { type = "tarball"; url = "HTTP/files/x.tar.gz"; narHash = "x"; }',
]  # fmt: skip


@pytest.mark.parametrize("expression", VALUES)
def test_value(expression: str, world: Elsewhere, tmp_path: Path) -> None:
    text = _text(expression, world)
    _agree(text, tmp_path)


@pytest.mark.parametrize("expression", FAILURES)
def test_failure(expression: str, world: Elsewhere, tmp_path: Path) -> None:
    text = _text(expression, world)
    wanted, message = _reference(text, tmp_path / "reference")
    assert wanted is None
    with pytest.raises(NixError) as caught:
        ours(text, tmp_path / "ours")
    assert read_failure(format_error(caught.value)).message == read_failure(message).message


@pytest.mark.parametrize("expression", FLAKES)
def test_flake(expression: str, world: Elsewhere, tmp_path: Path) -> None:
    text = _text(expression, world).split("; in if builtins")[0].removeprefix("let v = ")
    _agree(text, tmp_path)


@pytest.mark.parametrize("expression", LOCAL)
def test_beside(expression: str, world: Elsewhere, tmp_path: Path) -> None:
    text = _text(expression, world)
    _agree(text, tmp_path, see=[world.folder])


@pytest.mark.parametrize("expression", FORBIDDEN)
def test_forbidden(expression: str, world: Elsewhere, tmp_path: Path) -> None:
    text = _text(expression, world)
    option = ("--option", "restrict-eval", "true")
    wanted, message = _reference(text, tmp_path / "reference", *option, see=[world.folder])
    assert wanted is None
    with pytest.raises(NixError, match="is forbidden in restricted mode") as caught:
        ours(text, tmp_path / "ours", restricted=True)
    assert read_failure(format_error(caught.value)).message == read_failure(message).message


def test_allowed(world: Elsewhere, tmp_path: Path) -> None:
    """A prefix allows what lies below it and nothing that only begins like it."""
    text = _text('builtins.fetchTarball "HTTP/files/x.tar.gz"', world)
    for prefix in (f"{world.http}/files", f"{world.http}/", "http:"):
        assert ours(text, tmp_path / "ours", restricted=True, allowed_uris=[prefix])
    with pytest.raises(NixError, match="is forbidden in restricted mode"):
        ours(text, tmp_path / "ours", restricted=True, allowed_uris=[f"{world.http}/fil"])


def test_by_ssh(world: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over ssh, played by a program that runs on this side what it is told to run on the other."""
    program = world.folder / "ssh"
    program.write_text('#!/usr/bin/env bash\nfor word; do :; done\nexec bash -c "$word"\n')
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    text = _text('builtins.fetchGit { url = "ssh://git@nowhere.invalidFOLDER/one"; ref = "dev"; }',
                 world)  # fmt: skip
    root = tmp_path / "reference"
    root.mkdir()
    judge = replace(nix(), env={"GIT_SSH_COMMAND": str(program)})
    words = ("--store", str(root), "--eval", "--strict", "--json", "--expr", text)
    done = judge.run("nix-instantiate", *words, see=[world.folder], write=[root])
    assert done.status == 0, done.err
    assert ours(text, tmp_path / "ours") == json.loads(done.out)
