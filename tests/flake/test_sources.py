"""What a flake consists of, and what its evaluation may see."""

from __future__ import annotations

from pathlib import Path

import pytest
from dulwich.objects import Commit, ObjectID
from dulwich.refs import Ref

from builder.flake import source
from builder.flake.errors import FlakeError
from builder.flake.git import WorkTree
from builder.flake.git_remote import RemoteRepository, Wanted
from builder.flake.memory import Memory
from builder.lang.errors import EvalError
from builder.store.hashes import hash_bytes
from builder.store.paths import StorePath
from tests.debian.conftest import Archive
from tests.flake.conftest import World, commit

FILES = "{ outputs = { self }: { files = builtins.attrNames (builtins.readDir self); }; }"


def test_only_tracked_files_belong_to_it(world: World) -> None:
    world.write("top/flake.nix", FILES)
    world.write("top/sub/tracked", "1")
    commit(world.folder / "top")
    world.write("top/untracked", "1")
    world.write("top/sub/untracked", "1")
    assert world.value("files") == ["flake.nix", "sub"]
    (world.folder / "top/sub/tracked").unlink()
    assert world.value("files") == ["flake.nix"]


def test_an_untracked_file_is_named(world: World) -> None:
    world.write("top/flake.nix", "{ outputs = { self }: { x = import ./new.nix; }; }")
    commit(world.folder / "top")
    file = world.write("top/new.nix", "1")
    with pytest.raises(EvalError, match="git does not track it") as caught:
        world.value("x")
    assert str(file) in str(caught.value)
    assert f"git -C '{world.folder}/top' add 'new.nix'" in str(caught.value)
    (world.folder / "bare").mkdir()
    world.write("bare/other", "1")
    commit(world.folder / "bare")
    world.write("bare/flake.nix", FILES)
    with pytest.raises(FlakeError, match="but git does not track it"):
        world.open("bare")
    with pytest.raises(FlakeError, match=r"there is no flake.nix in"):
        world.write("empty/x", "")
        world.open("empty")


def test_facts_of_a_commit_and_of_changes(world: World) -> None:
    text = (
        "{ outputs = { self }: { commit = self.rev or self.dirtyRev; count = self.revCount or 0;"
        " when = self.lastModifiedDate; }; }"
    )
    world.write("top/flake.nix", text)
    first = commit(world.folder / "top")
    assert world.value("commit") == first
    assert (world.value("count"), world.value("when")) == (1, "20260910002640")
    world.write("top/flake.nix", text + "\n")
    assert world.value("commit") == f"{first}-dirty"
    second = commit(world.folder / "top")
    assert (world.value("commit"), world.value("count")) == (second, 2)
    (world.folder / "top/flake.nix").chmod(0o755)
    assert world.value("commit") == f"{second}-dirty"


def test_other_commits_and_branches(world: World, tmp_path: Path) -> None:
    world.write("dep/flake.nix", '{ outputs = _: { x = "old"; }; }')
    (world.folder / "dep/link").symlink_to("flake.nix")
    first = commit(world.folder / "dep")
    world.write("dep/flake.nix", '{ outputs = _: { x = "new"; }; }')
    commit(world.folder / "dep")
    for query, wanted in ((f"?rev={first}", "old"), ("?ref=main", "new"), ("", "new")):
        url = f"git+file://{world.folder}/dep{query}"
        world.write(
            "top/flake.nix",
            f'{{ inputs.dep.url = "{url}"; outputs = {{ self, dep }}: {{ inherit (dep) x; }}; }}',
        )
        world.open()
        assert world.value("x") == wanted
    repository = RemoteRepository(url=f"file://{world.folder}/dep", cache=tmp_path / "cache")
    with pytest.raises(FlakeError, match="revspec 'none' not found"):
        repository.export(Wanted(ref="none"), tmp_path)
    with pytest.raises(FlakeError, match="Cannot find Git revision '0000"):
        repository.export(Wanted(rev="0" * 40), tmp_path)
    with pytest.raises(FlakeError, match="is not a git repository"):
        WorkTree.open(tmp_path / "nothing")


@pytest.mark.parametrize(
    "expression",
    ["builtins.readFile /etc/passwd", 'builtins.getEnv "HOME" + (import <x>)', "import /etc/x.nix"],
)
def test_evaluation_sees_nothing_else(world: World, expression: str) -> None:
    world.write("top/flake.nix", f"{{ outputs = {{ self }}: {{ x = {expression}; }}; }}")
    with pytest.raises(EvalError):
        world.value("x")


def test_other_paths_of_the_store_are_out_of_bounds(world: World) -> None:
    flakes = world.flakes()
    path = flakes.host.store.add_text("secret", b"s", [])
    world.write(
        "top/flake.nix",
        f'{{ outputs = {{ self }}: {{ x = builtins.readFile "{path}"; '
        f'up = builtins.readFile (self + "/../{path.base}"); }}; }}',
    )
    for name in ("x", "up"):
        with pytest.raises(EvalError, match="forbidden in pure evaluation mode"):
            world.value(name, flakes=flakes)


def test_two_flakes_do_not_share_inputs_by_name(world: World) -> None:
    flakes = world.flakes()
    for name in ("one", "two"):
        world.write(f"dep-{name}/flake.nix", f'{{ outputs = _: {{ x = "{name}"; }}; }}')
        world.write(
            f"{name}/flake.nix",
            f'{{ inputs.dep.url = "path:{world.folder}/dep-{name}"; '
            "outputs = { self, dep }: { inherit (dep) x; }; }",
        )
        assert world.value("x", name, flakes) == name


def test_debian(
    world: World,
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source, "archive_keys", lambda: [archive.certificate])
    digest, size = archive.add("pool/a.deb", b"a package")
    stanza = (
        f"Package: a\nVersion: 1:2\nArchitecture: amd64\nFilename: pool/a.deb\nSize: {size}\n"
        f"SHA256: {digest}\nDescription: letters\n"
    )
    archive.publish(stanza)
    world.write(
        "top/flake.nix",
        f'{{ inputs.debian.url = "debian:test?mirror={archive.url}"; '
        "outputs = { self, debian }: { a = debian.legacyPackages.x86_64-linux.a; "
        "b = debian.legacyPackages.x86_64-linux.aa; }; }",
    )
    locked = world.open().lock.nodes["debian"].locked
    assert locked.get("suite") == "test" and locked.attributes["lastModified"] == 1789199741
    assert world.value("a.version") == "1:2"
    assert world.value("a.meta.description") == "letters"
    assert world.value("a.name") == "a-1-2"
    with pytest.raises(EvalError):
        world.value("b")
    archive.publish(stanza, date="Sun, 13 Sep 2026 07:55:41 UTC")
    assert not world.open().lock_changed
    with pytest.raises(FlakeError, match=r"pins suite 'test' as of .*-12 .* serves it as of") as c:
        world.value("a.version", flakes=world.flakes("new store"))
    assert "neve flake update" in str(c.value.hint)
    moved = world.open(update=frozenset({"debian"})).lock.nodes["debian"].locked
    assert moved.attributes["lastModified"] == 1789199741 + 86400


def test_the_indices_of_a_lock_serve_a_machine_without_network(
    world: World, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "archive_keys", lambda: [archive.certificate])
    signed = archive.publish(
        "Package: a\nVersion: 2\nArchitecture: amd64\nFilename: pool/a.deb\nSize: 1\nSHA256: 00\n"
    )
    world.environment = {"NEVE_DEBIAN_MIRROR": archive.url}
    world.write(
        "top/flake.nix",
        """{ inputs.debian.url = "debian:test"; outputs = { self, debian }:
        let index = builtins.head debian.indices.x86_64-linux; in
        { inherit (index) path; drv = index.file.drvPath; release = debian.outPath;
          systems = builtins.concatStringsSep " " (builtins.attrNames debian.indices);
          version = debian.legacyPackages.x86_64-linux.a.version; }; }""",
    )
    world.open()
    flakes = world.flakes()
    path = world.value("path", flakes=flakes)
    assert world.value("systems", flakes=flakes) == "x86_64-linux"
    content = (archive.folder / path).read_bytes()
    drv = flakes.host.derivations[StorePath.parse(world.value("drv", flakes=flakes))]
    assert drv.name == "Packages.xz"
    assert drv.outputs["out"].content == hash_bytes("sha256", content)
    assert (drv.env["path"], drv.env["size"]) == (path, str(len(content)))
    assert not any("Packages" in request for request in archive.requests), "nothing is fetched"

    # The release is in the store, the index in a folder: neither signature nor network is needed.
    release = world.folder / "store" / world.value("release", flakes=flakes)[1:]
    assert (release / "InRelease").read_bytes() == signed
    offline = world.folder / "mirror"
    (offline / path).parent.mkdir(parents=True)
    (offline / path).write_bytes(content)
    world.environment = {"NEVE_DEBIAN_MIRROR": offline.as_uri()}
    assert world.value("version", flakes=world.flakes()) == "2"


def test_length_of_a_history(world: World, tmp_path: Path) -> None:
    """Counted as far as it is not known, over merges too; a cut history is counted anew."""
    world.write("top/flake.nix", FILES)
    folder = world.folder / "top"
    commit(folder)
    tree = WorkTree.open(folder)
    repository, memory = tree.repository, Memory(tmp_path / "m.sqlite")
    tip = repository[repository.head()]

    def count(known: Memory | None) -> object:
        facts = tree.head()
        assert facts is not None
        return tree.attributes(facts, known, dirty=False)["revCount"]

    def add(*parents: bytes) -> bytes:
        made = tip.copy()
        assert isinstance(made, Commit)
        made.parents, made.message = (
            [ObjectID(parent) for parent in parents],
            b"%d" % len(list(repository.object_store)),
        )
        repository.object_store.add_object(made)
        repository.refs[Ref(b"refs/heads/main")] = made.id
        return bytes(made.id)

    first = bytes(tip.id)
    second = add(first)
    assert count(memory) == count(None) == memory.count(second.decode()) == 2
    side = add(first)
    merge = add(second, side)
    assert count(memory) == count(None) == 4
    last = add(add(merge))
    assert count(memory) == count(None) == 6
    memory.learn_count(merge.decode(), 40)
    add(last)
    assert count(memory) == 7, "what was learnt of its parent is enough"
    repository.update_shallow({ObjectID(merge)}, None)
    assert count(memory) == count(None) == 4
