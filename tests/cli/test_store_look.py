"""What a store holds, and why: beside the real Nix where that has the same command."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builder.store.compare import compare, split_name
from builder.store.hashes import hash_bytes
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.verify import verify
from tests.cli.conftest import Shell
from tests.reference import nix


def theirs(shell: Shell, *command: str) -> str:
    """What the real Nix says about the shell's store."""
    done = nix().run(*command, "--store", str(shell.folder / "root"), write=[shell.folder])
    assert done.status == 0, done.err
    return done.out


def built(shell: Shell) -> tuple[str, str]:
    """The paths `outer` and `inner`."""
    outer = shell.run("build", "f", "--print-out-paths").strip()
    return outer, shell.run("build", "f#inner", "--no-link").strip()


def apart(*words: str) -> str:
    """Run ``neve`` in a process of its own: what it adds is kept only while it lives."""
    code = "import sys; from builder.cli.main import neve; sys.exit(neve())"
    argv = [sys.executable, "-c", code, *words]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


def test_ls(shell: Shell) -> None:
    outer, inner = built(shell)
    assert shell.run("store", "ls", outer) == "bin\ninner\n"
    assert shell.run("store", "ls", f"{inner}/share") == "greeting\n"
    assert shell.run("store", "ls", "-R", "result") == "./bin\n./bin/greet\n./inner\n"
    long = shell.run("store", "ls", "-l", outer).splitlines()
    assert long[1].startswith("lrwxrwxrwx") and long[1].endswith(f"inner -> {inner}")
    ours = json.loads(shell.run("store", "ls", "-R", "--json", outer))
    told = json.loads(theirs(shell, "nix", "store", "ls", "-R", "--json", outer))
    for facts in _nodes(told):
        facts.pop("narOffset", None)
    assert ours == told
    assert f"there is no '{outer}/nothing'" in shell.fails("store", "ls", f"{outer}/nothing")
    assert "is not valid" in shell.fails("store", "ls", outer.replace("-outer", "-x"))


def _nodes(facts: Any) -> Any:
    yield facts
    for entry in facts.get("entries", {}).values():
        yield from _nodes(entry)


def test_path_info_is_that_of_the_real_nix(shell: Shell) -> None:
    outer, inner = built(shell)
    key = shell.run("store", "generate-key", "test-1", "secret").strip()
    assert key.startswith("test-1:")
    shell.run("store", "sign", "-r", "-k", "secret", outer)
    text = shell.run("store", "add", "f/flake.nix").strip()
    known = [path.base for path in LocalStore(Path("root")).database.all_paths()]
    for options in ((), ("-r", "-S"), ("-s", "-S", "--human-readable"), ("--sigs",)):
        lines = shell.run("store", "path-info", *options, outer, inner, text).splitlines()
        real = theirs(shell, "nix", "path-info", *options, outer, inner, text).splitlines()
        assert sorted(lines) == sorted(real), options
    for options in (("--json",), ("--json", "-r", "-S")):
        ours = shell.run("store", "path-info", *options, outer, text)
        assert json.loads(ours) == json.loads(
            theirs(shell, "nix", "path-info", *options, outer, text)
        )
    listed = shell.run("store", "path-info", "--all").split()
    assert sorted(listed) == sorted(f"/nix/store/{base}" for base in known)
    assert shell.run("store", "path-info", "f") == shell.run("store", "path-info", "result")
    assert shell.run("store", "path-info", f"root{inner}/share") == f"{inner}\n"
    assert "name the paths" in shell.fails("store", "path-info", code=2)
    assert "does not provide" in shell.fails("store", "path-info", "f#nothing", code=2)


def test_cat(shell: Shell) -> None:
    outer, inner = built(shell)
    assert apart("store", "cat", f"{inner}/share/greeting") == "hello"
    assert apart("store", "cat", "result/inner/share/greeting") == "hello"
    assert apart("store", "cat", f"{inner}/../{outer[11:]}/inner/share/greeting") == "hello"
    assert "is no file" in shell.fails("store", "cat", inner, code=2)
    Path("elsewhere").write_text("not of the store")
    for up in (f"{inner}{'/..' * 5}/elsewhere", f"{inner}{'/..' * 9}{shell.folder}/elsewhere"):
        assert "leads out of the store" in shell.fails("store", "cat", up)
    assert "is not in the store" in shell.fails("store", "cat", "elsewhere", code=2)
    Path("links").mkdir()
    Path("links/out").symlink_to("/etc/passwd")
    Path("links/up").symlink_to("../../../elsewhere")
    Path("links/self").symlink_to("self")
    Path("links/none").symlink_to("nothing")
    links = shell.run("store", "add", "links").strip()
    for name, why in (
        ("out", "leads out of the store, to '/etc'"),
        ("up", "leads out of the store"),
        ("self", "more than 40 links"),
        ("none", f"there is no '{links}/none'"),
    ):
        assert why in shell.fails("store", "cat", f"{links}/{name}")
    assert shell.run("store", "ls", f"{links}/out") == "out\n"


def test_why(shell: Shell) -> None:
    outer, inner = built(shell)
    told = shell.run("store", "why", "result", inner)
    assert told == f"{outer}\n└───{inner}\n    inner: …{inner}…\n"
    rows = json.loads(shell.run("store", "why", "--json", outer, inner))
    assert rows == [{"path": outer, "to": inner, "files": ["inner"]}]
    assert "does not depend on" in shell.fails("store", "why", inner, outer)


@pytest.mark.parametrize("count", ["-1", "x", "٣", "9" * 5000])
def test_why_with_no_number_of_files(shell: Shell, count: str) -> None:
    told = shell.fails("store", "why", "a", "b", f"--files={count}", code=2)
    assert "is not a number from 0 on" in told


def test_tree(shell: Shell) -> None:
    outer, inner = built(shell)
    first, second = shell.run("store", "tree", outer).splitlines()
    assert first.startswith(f"{outer} ") and second.startswith(f"└───{inner} ")
    shell.run("store", "tree", outer, "--html", "page.html")
    page = Path("page.html").read_text()
    assert page.count("<details") == 1 and inner.partition("-")[2] in page
    assert "http" not in page


def test_roots(shell: Shell) -> None:
    """Each is told by the link that leads into the store, once: out-links and generations."""
    outer, inner = built(shell)
    profiles = shell.folder / "root/nix/var/nix/profiles"
    profiles.mkdir(exist_ok=True)
    (profiles / "mine-1-link").symlink_to(inner)
    (profiles / "mine").symlink_to("mine-1-link")
    held = set(shell.run("store", "roots").splitlines())
    assert {f"{shell.folder}/result -> {outer}", f"{profiles}/mine-1-link -> {inner}"} <= held
    assert not any("auto" in line or "/mine ->" in line for line in held)
    found = json.loads(shell.run("store", "roots", "--json"))
    assert found[outer].count(f"{shell.folder}/result") == 1
    Path("result").unlink()
    assert outer not in shell.run("store", "roots")


def info(name: str, size: int) -> PathInfo:
    digest = hash_bytes("sha256", name.encode())
    path = StorePath(f"{digest.base32[:32]}-{name}")
    return PathInfo(path=path, nar_hash=digest, nar_size=size)


def test_what_two_closures_have_different() -> None:
    before = [info("gone-1", 100), info("same-1.0", 50_000), info("up-1.0", 1000), info("plain", 1)]
    after = [
        info("same-1.0", 50_100),
        info("up-2.0", 30_000),
        info("plain", 70_000),
        info("new", 9),
    ]
    assert [str(change) for change in compare(before, after)] == [
        "gone: 1 → ∅",
        "new: ∅ → ε",
        "plain: +68.4 KiB",
        "up: 1.0 → 2.0, +28.3 KiB",
    ]
    assert split_name("libc6-2.41-12+deb13u4") == ("libc6", "2.41-12+deb13u4")
    assert split_name("nixos-system-x-0.1") == ("nixos-system-x", "0.1")


def test_diff(shell: Shell) -> None:
    outer, inner = built(shell)
    out, told = shell.both("store", "diff", inner, outer)
    assert out == "outer: ∅ → ε\n" and told.startswith("closure size: ")
    assert out == theirs(shell, "nix", "store", "diff-closures", inner, outer).replace(
        "\x1b[31;1m", ""
    ).replace("\x1b[0m", "").replace("outer: ∅ → ε, ", "outer: ∅ → ε")


def test_add_dump_restore(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("tree/sub").mkdir(parents=True)
    Path("tree/sub/file").write_text("content")
    path = shell.run("store", "add", "tree").strip()
    assert path == theirs(shell, "nix-store", "--add", str(shell.folder / "tree")).strip()
    Path("link").symlink_to("tree")
    link = shell.run("store", "add", "link").strip()
    assert link == theirs(shell, "nix-store", "--add", str(shell.folder / "link")).strip()
    assert shell.run("store", "add", "tree/../tree/.").strip() == path
    flat = shell.run("store", "add", "--flat", "--name", "f", "tree/sub/file").strip()
    assert LocalStore(Path("root")).query(StorePath.parse(flat)).ca == (
        f"fixed:sha256:{hash_bytes('sha256', b'content').base32}"
    )
    assert "is not a regular file" in shell.fails("store", "add", "--flat", "tree", code=2)
    archive = theirs(shell, "nix-store", "--dump", str(shell.folder / "tree")).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(archive)))
    shell.run("store", "restore", "copy")
    assert Path("copy/sub/file").read_text() == "content"
    assert "is there already" in shell.fails("store", "restore", "copy", code=2)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(archive[:-40])))
    assert "it ends too early" in shell.fails("store", "restore", "part")
    assert not Path("part").exists()
    assert "there is no 'nothing'" in shell.fails("store", "dump", "nothing", code=2)
    assert "no store at 'nothing'" in shell.fails(
        "store", "copy", "--from", "nothing", path, code=2
    )
    assert not Path("nothing").exists()


def test_collecting_a_part(shell: Shell) -> None:
    for name in ("default", "inner"):
        apart("build", f"f#{name}", "--no-link")
    store = LocalStore(Path("root"))
    left = set(store.database.all_paths())
    while len(left) > 1:
        apart("store", "gc", "--max-freed", "1")
        now = set(store.database.all_paths())
        (gone,) = left - now
        assert all(gone not in store.references(path) for path in now)
        left = now
    assert list(verify(store, contents=True)) == []
    apart("store", "gc", "--max-freed", "1G")
    assert store.database.all_paths() == []
    assert "is not a number of bytes" in shell.fails("store", "gc", "--max-freed", "much", code=2)


def test_equal_files_share_their_blocks(shell: Shell) -> None:
    for name in ("one", "two"):
        Path(name, "d").mkdir(parents=True)
        Path(name, "d/big").write_bytes(b"x" * 100_000)
        Path(name, "own").write_text(name)
    paths = [apart("store", "add", name) for name in ("one", "two")]
    _, told = shell.both("store", "optimise")
    assert told == "97.7 KiB freed by linking 1 files\n"
    first, second = (Path(f"root{path}/d/big").stat() for path in paths)
    assert first.st_ino == second.st_ino
    store = LocalStore(Path("root"))
    assert list(verify(store, contents=True)) == []
    folder = Path(f"root{paths[1]}/d").stat()
    assert (folder.st_mode & 0o777, folder.st_mtime_ns) == (0o555, 1_000_000_000)
    theirs(shell, "nix-store", "--verify", "--check-contents")
    theirs(shell, "nix-store", "--optimise")
    assert shell.both("store", "optimise")[1].startswith("0.0 KiB freed")
    apart("store", "gc")
    assert [path.name for path in Path("root/nix/store/.links").iterdir()] == []


def test_damaged_paths_come_back_from_a_cache(shell: Shell) -> None:
    outer, inner = built(shell)
    shell.run("store", "push", "cache", outer)
    file = Path(f"root{inner}/share/greeting")
    file.chmod(0o644)
    file.write_text("spoilt")
    assert f"path '{inner}' is modified" in shell.run("store", "verify", code=1)
    assert "no cache to repair from" in shell.fails("store", "verify", "--repair", code=2)
    options = ("--option", "require-sigs", "false", "--option", "substituters", "cache")
    _, told = shell.both("store", "verify", "--repair", *options)
    assert f"path '{inner}' is whole again" in told
    assert file.read_text() == "hello"
    shell.run("store", "verify")


@pytest.mark.parametrize("at_once", ["true", "false"])
def test_damage_does_not_come_back_by_sharing(shell: Shell, at_once: str) -> None:
    """What the files of a content share was damaged: no file is linked with that again."""
    outer, inner = built(shell)
    shell.run("store", "push", "cache", outer)
    shell.both("store", "optimise")
    file = Path(f"root{inner}/share/greeting")
    file.chmod(0o644)
    file.write_text("HELLO")  # of the same size
    settings = {"require-sigs": "false", "substituters": "cache", "auto-optimise-store": at_once}
    options = [word for item in settings.items() for word in ("--option", *item)]
    shell.run("store", "verify", "--repair", *options)
    assert file.read_text() == "hello"
    shell.both("store", "optimise")
    assert file.read_text() == "hello"
    shell.run("store", "verify")
    theirs(shell, "nix-store", "--verify", "--check-contents")
