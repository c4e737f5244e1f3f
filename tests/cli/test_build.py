"""Building and what is done with the results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from builder.realise.settings import current_system
from builder.store.local import LocalStore
from builder.store.verify import verify
from tests.cli.conftest import TREE, Shell


def test_build_links_and_prints(shell: Shell) -> None:
    assert shell.run("build", "f", "f#inner") == ""
    outer, inner = Path("result").readlink(), Path("result-1").readlink()
    assert str(outer).startswith(str(shell.folder / "root/nix/store"))
    assert (inner / "share/greeting").read_text() == "hello"
    assert (outer / "bin/greet").stat().st_mode & 0o777 == 0o555
    path = f"/nix/store/{inner.name}"
    assert shell.run("build", "f#inner", "--no-link") == f"{path}\n"
    assert shell.run("build", "f#ok", "-o", "x", "--print-out-paths") == f"{path}\n"
    (told,) = json.loads(shell.run("build", "f#inner", "--json"))
    assert told["outputs"] == {"out": path} and told["drvPath"].endswith("-inner.drv")
    assert str((outer / "inner").readlink()) == path


def test_a_build_that_fails(shell: Shell) -> None:
    told = shell.fails("build", "f#broken")
    assert "'a/../b' is not a plain relative path" in told
    assert "string 'hallo' has 0 entries in its context" in shell.fails("build", "f#greeting")
    assert "to be a derivation or path but found" in shell.fails("build", "f#values", code=2)
    assert not Path("result").exists()


def test_path_info(shell: Shell) -> None:
    shell.run("build", "f")
    outer = f"/nix/store/{Path('result').readlink().name}"
    assert shell.run("store", "path-info", "result") == f"{outer}\n"
    closure = shell.run("store", "path-info", "-r", outer).split()
    assert len(closure) == 2 and outer in closure
    facts = json.loads(shell.run("store", "path-info", "--json", "-S", outer))[outer]
    inner = next(path for path in closure if path != outer)
    assert facts["references"] == [inner] and facts["closureSize"] > facts["narSize"]
    assert facts["narHash"].startswith("sha256-")
    missing = outer.replace("-outer", "-other")
    assert "is not valid" in shell.fails("store", "path-info", missing)
    told = json.loads(shell.run("store", "path-info", "--json", missing, outer))
    assert told[missing] is None and told[outer]["references"] == [inner]
    assert "is not valid" in shell.fails("store", "path-info", "--json", "-r", missing)


def test_several_are_built_together(shell: Shell) -> None:
    out, told = shell.both("build", "f#inner", "f", "f#inner", "--print-out-paths")
    inner, outer, again = out.split()
    assert inner == again and inner.endswith("-inner") and outer.endswith("-outer")
    assert told == "building 2 derivations\n"
    links = [Path(f"result{suffix}").readlink().name for suffix in ("", "-1", "-2")]
    assert [f"/nix/store/{name}" for name in links] == [inner, outer, inner]
    # What cannot be had stops the command before anything is built.
    assert "does not provide" in shell.fails("build", "f#inner", "f#nothing", code=2)


def test_garbage(shell: Shell) -> None:
    shell.run("build", "f")
    shell.run("build", "f#inner", "--no-link")
    outer = Path("result").readlink()
    shell.run("store", "gc")
    assert outer.exists()
    Path("result").unlink()
    listed = shell.run("store", "gc", "--dry-run").split()
    assert f"/nix/store/{outer.name}" in listed and outer.exists()
    _, told = shell.both("store", "gc")
    assert told.startswith("deleted ") and not outer.exists()
    assert "'soon' is not an age" in shell.fails(
        "store", "gc", "--delete-older-than", "soon", code=2
    )


def test_old_generations(shell: Shell) -> None:
    """As with Nix, of every profile, and not what was in use at that time or is now."""
    folder = shell.folder / "root/nix/var/nix/profiles"
    now = time.time()

    def generations(name: str, *ages: int, current: int) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        for number, days in enumerate(ages, 1):
            link = folder / f"{name}-{number}-link"
            link.symlink_to(f"/nix/store/{number}")
            os.utime(link, (0, now - days * 86400 - 60), follow_symlinks=False)
        (folder / name).symlink_to(f"{Path(name).name}-{current}-link")

    def other(*words: str) -> str:
        """By a process of its own: what this one has built it keeps until it ends."""
        argv = [str(Path(sys.executable).with_name("neve")), *words]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout

    def left() -> set[str]:
        links = (link for link in folder.rglob("*-link") if link.is_symlink())
        return {str(link.relative_to(folder)) for link in links}

    generations("system", 50, 40, 35, 10, 1, current=5)
    generations("per-user/anna/home", 90, 80, 70, current=1)
    everything = left()
    _, told = shell.both("store", "gc", "--dry-run", "--delete-older-than", "30d")
    assert "would remove generation 2 of" in told and left() == everything
    built = other("build", "f#inner", "--no-link").strip()
    (folder / "system-1-link").unlink()
    (folder / "system-1-link").symlink_to(shell.folder / f"root{built}")
    os.utime(folder / "system-1-link", (0, now - 50 * 86400), follow_symlinks=False)
    dry = ("store", "gc", "--dry-run")
    assert built not in other(*dry) and built not in other(*dry, "--delete-older-than", "99d")
    assert built in other(*dry, "--delete-older-than", "30d") and built in other(*dry, "-d")
    shell.run("store", "gc", "--delete-older-than", "30d")
    assert everything - left() == {"system-1-link", "system-2-link", "per-user/anna/home-2-link"}
    shell.run("store", "gc", "--delete-old")
    assert left() == {"system-5-link", "per-user/anna/home-1-link"}


def test_only_old_garbage(shell: Shell) -> None:
    """A path that came a month ago goes, unless one that came today refers to it."""
    shell.run("build", "f")
    outer = Path("result").readlink()
    inner = Path((outer / "inner").readlink()).name
    Path("result").unlink()
    shell.run("store", "add", "f/flake.nix")  # now this process keeps that, and not the build
    store = LocalStore(shell.folder / "root")
    change = "update ValidPaths set registrationTime = registrationTime - 86400 * 30"
    store.database.connection.execute(f"{change} where path = '/nix/store/{inner}'")
    dry = ("store", "gc", "--dry-run", "--older-than")
    assert inner not in shell.run(*dry, "4w")
    store.database.connection.execute(f"{change} where path = '/nix/store/{outer.name}'")
    listed = shell.run(*dry, "4w")
    assert inner in listed and outer.name in listed
    assert shell.run(*dry, "5w") == ""


def test_verify(shell: Shell) -> None:
    shell.run("build", "f#inner")
    _, told = shell.both("store", "verify")
    assert told == "the store is sound\n"
    file = Path("result/share/greeting")
    file.chmod(0o644)
    file.write_text("hacked")
    out = shell.run("store", "verify", code=1)
    assert Path("result").readlink().name in out
    assert shell.run("store", "verify", "--no-contents") == ""


def test_verify_named_paths(shell: Shell) -> None:
    outer, inner = shell.run("build", "f", "f#inner", "--no-link").split()
    assert shell.both("store", "verify", inner)[1] == "the paths are sound\n"
    file = shell.folder / f"root{inner}/share/greeting"
    file.chmod(0o644)
    file.write_text("hacked")
    assert shell.both("store", "verify", outer)[1] == "the paths are sound\n"
    for words in ((inner,), (outer, "-r"), ("f", "-r"), ("f#inner",)):
        out, told = shell.both("store", "verify", *words, code=1)
        assert (out, told) == (f"path '{inner}' is modified\n", "1 problem\n")
    told = shell.fails("store", "verify", outer.replace("-outer", "-other"))
    assert "is not valid in the store" in told
    assert "go with paths" in shell.fails("store", "verify", "-r", code=2)
    told = shell.fails("store", "copy", "--from", "x", "--derivation", inner, code=2)
    assert "go with --to, not with --from" in told


def test_copy_to_another_root(shell: Shell) -> None:
    shell.run("build", "f")
    outer = f"/nix/store/{Path('result').readlink().name}"
    other = shell.folder / "other"
    _, told = shell.both("store", "copy", outer, "--to", other)
    assert told == f"copied 2 of 2 store paths to {other}\n"
    target = LocalStore(other)
    assert list(verify(target, contents=True)) == []
    assert (other / outer[1:] / "bin/greet").exists()
    _, told = shell.both("store", "copy", "f#default", "--to", other)
    assert told.endswith(f"copied 0 of 2 store paths to {other}\n")
    told = shell.fails("store", "copy", outer, "--to", "ftp://x")
    assert "'ftp://x' is not a binary cache" in told
    (shell.folder / "file").write_text("")
    assert "error: " in shell.fails("store", "copy", outer, "--to", shell.folder / "file")


def test_log(shell: Shell) -> None:
    shell.run("build", "f#inner")
    told = shell.fails("log", "f#broken", code=2)
    assert "there is no log of" in told


def test_files_of_the_same_content_are_one(shell: Shell) -> None:
    """With `auto-optimise-store` as soon as they come; without it they are two."""
    for index, text in enumerate(("first", "second")):
        (shell.folder / f"dir{index}").mkdir()
        (shell.folder / f"dir{index}/same").write_text("the same")
        (shell.folder / f"dir{index}/own").write_text(text)
    real = shell.folder / "root/nix/store"

    def added(words: tuple[str, ...]) -> list[int]:
        paths = [shell.run("store", "add", f"dir{index}", *words).strip() for index in (0, 1)]
        return [(real / Path(path).name / "same").stat().st_ino for path in paths]

    one, two = added(("--name", "plain"))
    assert one != two
    one, two = added(("--name", "linked", "--option", "auto-optimise-store", "true"))
    assert one == two
    assert not list(verify(LocalStore(shell.folder / "root"), contents=True))


def test_nothing_is_removed_for_words_that_do_not_fit(shell: Shell) -> None:
    folder = shell.folder / "root/nix/var/nix/profiles"
    folder.mkdir(parents=True)
    for number in (1, 2):
        (folder / f"system-{number}-link").symlink_to(f"/nix/store/{number}")
    (folder / "system").symlink_to("system-2-link")
    longer = "9" * 5000  # than a number that Python reads
    for words in (
        ("--max-freed", "soon"),
        ("--max-freed", longer),
        ("--older-than", "1y"),
        ("--older-than", f"{longer}d"),
        ("--option", "timeout", longer),
    ):
        shell.fails("store", "gc", "--delete-old", *words, code=2)
        assert (folder / "system-1-link").is_symlink()


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e300"])
def test_deadlines_that_are_none(shell: Shell, seconds: str) -> None:
    told = shell.fails("build", "f", "--deadline", seconds, code=2)
    assert "--deadline: " in told and "greater than 0" in told


@pytest.mark.parametrize(
    "words", [["--recursive"], ["--check", "--json"], ["--check", "--dry-run"]]
)
def test_options_that_do_not_go_together(shell: Shell, words: list[str]) -> None:
    assert f"{words[0]} goes with" in shell.fails("build", "f", *words, code=2)


def test_an_empty_name_is_none(shell: Shell) -> None:
    assert "name must not be empty" in shell.fails("store", "add", "f", "--name", "")


def test_check_after_a_collection(shell: Shell) -> None:
    """What an output was made from may be gone: it is had again before the second build."""
    folder = shell.folder / "made"
    folder.mkdir()
    (folder / "source").write_text("x")
    flake = """{ outputs = { self }: let TREE in { packages.SYSTEM.default = derivation {
      name = "outer"; system = "builtin"; builder = "builtin:tree";
      input = tree "inner" { a.text = "1"; }; source = ./source;
      spec = builtins.toJSON { b.text = "2"; };
    }; }; }"""
    flake = flake.replace("TREE", TREE).replace("SYSTEM", current_system())
    (folder / "flake.nix").write_text(flake)
    # A process of its own: what this one has built it keeps until it ends.
    subprocess.run([Path(sys.executable).with_name("neve"), "build", "./made"], check=True)
    assert "deleted" in shell.both("store", "gc")[1]
    _, told = shell.both("build", "--check", "./made")
    assert "1 derivations built again, 0 outputs differ" in told
    assert not (shell.folder / "result-1").exists()
