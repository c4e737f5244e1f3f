"""Locks: what is kept, what is fetched, what is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from builder.flake.errors import FlakeError
from builder.flake.lock import Lock
from tests.flake.conftest import World, commit
from tests.reference import nix

LEAF = '{ outputs = _: { name = "leaf"; }; }'


def middle(world: World, name: str = "middle") -> None:
    world.write(
        f"{name}/flake.nix",
        f'{{ inputs.leaf.url = "git+file://{world.folder}/leaf"; outputs = {{ self, leaf }}: '
        f'{{ name = "{name} of ${{leaf.name}}"; }}; }}',
    )


def test_the_file_is_written_as_read(world: World) -> None:
    text = (Path(__file__).parent / "data/flake.lock").read_text()
    assert Lock.parse(text, "x").dump() == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "'x' is not a lock file"),
        ("[]", "'x' is not a lock file"),
        ('{"version": 4}', "'x' has version 4"),
        ('{"version": 7, "root": "root", "nodes": {}}', "'x' is not a lock file"),
        (
            '{"version": 7, "root": "r", "nodes": {"r": {"inputs": {"a": "b"}}}}',
            "an input 'b' but no such node",
        ),
    ],
)
def test_damaged_locks(text: str, message: str) -> None:
    with pytest.raises(FlakeError, match=message):
        Lock.parse(text, "x")


def test_follows_in_a_circle_or_to_nowhere() -> None:
    lock = Lock(inputs={"a": ("b",), "b": ("a",), "c": ("d", "e"), "self": ()})
    with pytest.raises(FlakeError, match="follow each other in a circle: a -> b -> a"):
        lock.follow(("a",))
    with pytest.raises(FlakeError, match="follows 'd/e', which does not exist"):
        lock.follow(("c",))
    assert lock.follow(("self",)) is None


def test_a_lock_is_kept_until_an_update(world: World) -> None:
    world.write("leaf/flake.nix", LEAF)
    first = commit(world.folder / "leaf")
    middle(world)
    world.write(
        "top/flake.nix",
        f'{{ inputs.leaf.url = "git+file://{world.folder}/leaf"; '
        f'inputs.middle.url = "path:{world.folder}/middle"; outputs = _: {{ }}; }}',
    )
    lock = world.open().lock
    assert lock.nodes["leaf"].locked.get("rev") == first
    assert lock.nodes["middle"].inputs == {"leaf": "leaf_2"}
    assert not world.open().lock_changed
    world.write("leaf/flake.nix", LEAF + "\n")
    second = commit(world.folder / "leaf")
    assert not world.open().lock_changed
    lock = world.open(update=frozenset({"leaf"})).lock
    assert lock.nodes["leaf"].locked.get("rev") == second
    assert lock.nodes["leaf_2"].locked.get("rev") == first
    lock = world.open(update=None).lock
    assert lock.nodes["leaf_2"].locked.get("rev") == second
    shutil.rmtree(world.folder / "leaf")
    assert not world.open().lock_changed  # what is in the store is not fetched again


def test_what_is_pinned_must_be_what_is_there(world: World) -> None:
    world.write("other/file", "one")
    world.write(
        "top/flake.nix",
        f'{{ inputs.other = {{ url = "path:{world.folder}/other"; flake = false; }}; '
        'outputs = { self, other }: { text = builtins.readFile "${other}/file"; }; }',
    )
    world.open()
    assert world.value("text") == "one"
    world.write("other/file", "two")
    assert world.value("text") == "one"
    with pytest.raises(FlakeError, match="NAR hash mismatch in input"):
        world.value("text", flakes=world.flakes("another store"))


def test_follows_overrides_and_the_flake_itself(world: World) -> None:
    world.write("leaf/flake.nix", LEAF)
    commit(world.folder / "leaf")
    world.write("twig/flake.nix", LEAF.replace("leaf", "twig"))
    middle(world)
    world.write(
        "outer/flake.nix",
        f'{{ inputs.middle.url = "path:{world.folder}/middle"; '
        "outputs = { self, middle }: { inherit (middle) name; }; }",
    )
    world.write(
        "top/flake.nix",
        f"""{{
          inputs.twig.url = "path:{world.folder}/twig";
          inputs.a = {{ url = "path:{world.folder}/middle"; inputs.leaf.follows = "twig"; }};
          inputs.b = {{
            url = "path:{world.folder}/middle";
            inputs.leaf.url = "path:{world.folder}/twig";
          }};
          inputs.c = {{
            url = "path:{world.folder}/outer";
            inputs.middle.inputs.leaf.follows = "twig";
          }};
          inputs.d = {{ url = "path:{world.folder}/middle"; inputs.leaf.follows = ""; }};
          inputs.e.follows = "c/middle";
          inputs.f = {{ url = "path:{world.folder}/middle"; inputs.gone.follows = "twig"; }};
          outputs = {{ self, a, b, c, d, e, f, twig }}: {{
            name = "top";
            names = builtins.concatStringsSep ", " (map (x: x.name) [ a b c d e f ]);
          }};
        }}""",
    )
    lock = world.open().lock
    assert lock.nodes["a"].inputs == {"leaf": ("twig",)}
    assert lock.nodes["b"].inputs == {"leaf": "leaf"}
    assert lock.nodes["middle"].inputs == {"leaf": ("twig",)}
    assert lock.nodes["d"].inputs == {"leaf": ()}
    assert lock.inputs["e"] == ("c", "middle")
    assert "override for a non-existent input 'gone'" in world.said[0]
    assert not world.open().lock_changed
    assert world.value("names") == (
        "middle of twig, middle of twig, middle of twig, middle of top, middle of twig, "
        "middle of leaf"
    )


def test_a_dependency_brings_its_own_lock(world: World) -> None:
    world.write("leaf/flake.nix", LEAF)
    first = commit(world.folder / "leaf")
    middle(world)
    world.open("middle")
    world.write("leaf/flake.nix", LEAF + "\n")
    commit(world.folder / "leaf")
    world.write(
        "top/flake.nix",
        f'{{ inputs.m.url = "path:{world.folder}/middle"; outputs = _: {{ }}; }}',
    )
    assert world.open().lock.nodes["leaf"].locked.get("rev") == first
    assert world.open(update=None).lock.nodes["leaf"].locked.get("rev") == first


def test_relative_inputs_are_part_of_the_flake(world: World) -> None:
    world.write("top/sub/flake.nix", LEAF)
    world.write(
        "top/flake.nix",
        '{ inputs.sub.url = "./sub"; outputs = { self, sub }: { inherit (sub) name outPath; }; }',
    )
    node = world.open().lock.nodes["sub"]
    assert node.to_json() == {
        "locked": {"path": "./sub", "type": "path"},
        "original": {"path": "./sub", "type": "path"},
        "parent": [],
    }
    assert world.value("name") == "leaf"
    world.write("top/flake.nix", '{ inputs.sub.url = "../leaf"; outputs = { self, sub }: { }; }')
    with pytest.raises(FlakeError, match=r"'../leaf' leads out of the flake's own source"):
        world.open()


def test_uncommitted_inputs_cannot_be_locked(world: World) -> None:
    world.write("leaf/flake.nix", LEAF)
    commit(world.folder / "leaf")
    world.write("leaf/flake.nix", LEAF + "\n")
    middle(world)
    with pytest.raises(FlakeError, match=r"input 'leaf' is the git tree .* not committed"):
        world.open("middle")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1", "must be an attribute set"),
        ("{ }", "has no attribute 'outputs'"),
        ("{ outputs = _: { }; colour = 1; }", "has an unsupported attribute 'colour'"),
        ("{ inputs.x = { }; outputs = _: { }; }", "cannot find flake 'flake:x' in the flake reg"),
        ('{ inputs.x.url = "y/z"; outputs = _: { }; }', "cannot find flake 'flake:y/z' in the"),
        ("{ outputs = { self, x }: { }; }", "cannot find flake 'flake:x' in the flake registries"),
        ('{ inputs.x.follows = "y"; outputs = _: { }; }', None),
    ],
)
def test_declarations(world: World, text: str, message: str | None) -> None:
    world.write("top/flake.nix", text)
    if message is None:
        assert world.open().lock.inputs == {"x": ("y",)}
        return
    with pytest.raises(FlakeError, match=message):
        world.open()


def test_the_real_nix_writes_the_same(world: World) -> None:
    world.write("leaf/flake.nix", LEAF)
    commit(world.folder / "leaf")
    middle(world)
    world.write("plain/a/file", "text")
    world.write(
        "top/flake.nix",
        f"""{{
          inputs.leaf.url = "git+file://{world.folder}/leaf";
          inputs.middle.url = "path:{world.folder}/middle";
          inputs.other = {{ url = "path:{world.folder}/middle"; inputs.leaf.follows = "leaf"; }};
          inputs.plain = {{ url = "path:{world.folder}/plain"; flake = false; }};
          outputs = _: {{ }};
        }}""",
    )
    store = ("--store", str(world.folder / "theirs"))
    command = ("nix", *store, "flake", "lock", f"path:{world.folder}/top")
    done = nix().run(*command, write=[world.folder])
    assert done.status == 0, done.err
    file = world.folder / "top/flake.lock"
    theirs = file.read_text()
    file.unlink()
    world.open()
    ours = file.read_text()
    assert ours == theirs
    assert json.loads(theirs)["version"] == 7
    assert nix().run(*command, write=[world.folder]).status == 0
    assert file.read_text() == ours
