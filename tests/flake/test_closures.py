"""`fetchClosure` beside the real Nix, from the same binary cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_plain
from builder.lang.tracing import format_error
from builder.store import nar
from builder.store.cache.substituter import Substituter
from builder.store.content_address import follows_from_content, has_content
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.verify import verify
from tests.hosts import idle_host
from tests.reference import nix
from tests.reference.judge import read_failure
from tests.store.cache.conftest import FileServer, World, running


@dataclass
class Both:
    """A cache with paths of all kinds; `names` are texts of programs and the paths."""

    world: World
    folder: Path
    names: dict[str, str]

    def program(self, text: str) -> str:
        for name, path in self.names.items():
            text = text.replace(name, path)
        return text

    def reference(self, text: str, side: str = "theirs") -> tuple[str | None, str]:
        ran = replace(nix(), network=True).run(
            *("nix-instantiate", "--store", str(self.folder / side), "--eval"),
            *("--read-write-mode", "--strict", "--expr", self.program(text)),
            *("--option", "trusted-public-keys", str(self.world.key.public)),
            write=[self.folder],
        )
        return (ran.out.strip() if ran.status == 0 else None), ran.err

    def ours(self, text: str, *, trusting: bool = True) -> str:
        store = LocalStore(self.folder / "ours")

        def taking(url: str) -> Substituter:
            keys = [self.world.key.public] if trusting else []
            return Substituter(store, [self.world.cache(url)], keys, watcher=self.world.watch)

        evaluator = Evaluator(idle_host(store, taking=taking))
        value = evaluator.eval_string(self.program(text))
        return evaluator.run(lambda: print_plain(value))


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    world = World(tmp_path)
    world.name_by_inputs()
    own = StorePath("2" * 32 + "-own")
    tree = tmp_path / "own"
    tree.mkdir()
    (tree / "me").write_text(f"{own} and {own} and {world.top}")
    (tree / "link").symlink_to(f"{own}/me")
    world.full.install(tree, own)
    digest, size = nar.hash_path(world.full.real_path(own))
    info = PathInfo(path=own, nar_hash=digest, nar_size=size, references=(world.top, own))
    world.full.register([info])
    world.top, top = own, world.top
    (tmp_path / "web").mkdir()
    server = FileServer(tmp_path / "web")
    with running(server):
        cache = world.cache(f"file://{tmp_path}/web")
        world.fill(cache)
        names = {"TREE": world.tree, "MIDDLE": world.middle, "TOP": top, "OWN": own,
                 "NONE": StorePath("3" * 32 + "-none"), "URL": server.url}  # fmt: skip
        yield Both(world, tmp_path, {name: str(value) for name, value in names.items()})


VALUES = [
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "TREE"; }',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = MIDDLE; }',
    'builtins.getContext (builtins.fetchClosure { fromStore = "URL"; fromPath = "MIDDLE"; })',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "TOP"; inputAddressed = true; }',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "OWN"; inputAddressed = true; }',
    'builtins.readFile (builtins.fetchClosure { fromStore = "URL"; fromPath = "MIDDLE"; })',
]
FAILURES = [
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "TOP"; }',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "MIDDLE"; inputAddressed = true; }',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "TOP"; toPath = ""; }',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "OWN"; toPath = ""; }',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "OWN"; toPath = "NONE"; }',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "MIDDLE"; toPath = ""; }',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "TOP"; toPath = ""; '
    "inputAddressed = true; }",
    'builtins.fetchClosure { fromStore = "file:///x"; fromPath = "TREE"; }',
    'builtins.fetchClosure { fromStore = "URL?x=y"; fromPath = "TREE"; }',
    'builtins.fetchClosure { fromStore = "URL"; fromPath = "TREE"; colour = "red"; }',
    'builtins.fetchClosure { fromStore = "URL"; }',
]


@pytest.mark.parametrize("text", VALUES)
def test_value(text: str, both: Both) -> None:
    wanted, message = both.reference(text)
    assert wanted is not None, message
    assert both.ours(text) == wanted
    assert not list(verify(LocalStore(both.folder / "ours"), contents=True))


@pytest.mark.parametrize("text", FAILURES)
def test_failure(text: str, both: Both) -> None:
    wanted, message = both.reference(text)
    assert wanted is None
    with pytest.raises(NixError) as caught:
        both.ours(text)
    assert read_failure(format_error(caught.value)).message == read_failure(message).message


def test_rewriting(both: Both) -> None:
    """The path that the failure tells is what comes, its references rewritten like itself."""
    asking = 'builtins.fetchClosure { fromStore = "URL"; fromPath = "OWN"; toPath = "X"; }'
    with pytest.raises(NixError) as caught:
        both.ours(asking.replace("X", ""))
    made = str(caught.value).split("yielded '")[1].partition("'")[0]
    text = asking.replace("X", made)
    wanted, message = both.reference(text)
    assert wanted == f'"{made}"', message
    assert both.ours(text, trusting=False) == wanted
    store = LocalStore(both.folder / "ours")
    info = store.query(StorePath.parse(made))
    assert info.path in info.references and follows_from_content(info)
    assert has_content(info, store.real_path(info.path))
    theirs = (both.folder / "theirs" / made.lstrip("/") / "me").read_text()
    assert (store.real_path(info.path) / "me").read_text() == theirs
    assert both.world.top.digest not in theirs
    assert not list(verify(store, contents=True))


def test_nobody_is_trusted_by_himself(both: Both) -> None:
    text = 'builtins.fetchClosure { fromStore = "URL"; fromPath = "TOP"; inputAddressed = true; }'
    with pytest.raises(NixError, match="lacks a signature by a trusted key"):
        both.ours(text, trusting=False)
    missing = 'builtins.fetchClosure { fromStore = "URL"; fromPath = "NONE"; }'
    with pytest.raises(NixError, match="does not exist in the store"):
        both.ours(missing)
