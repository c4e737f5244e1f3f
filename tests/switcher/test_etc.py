"""/etc over generations. As root only: copies have owners."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switcher.etc import STATIC, apply_etc

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="copies have owners")
IDS = {"users": {"root": 0, "web": 33}, "groups": {"root": 0, "web": 33}}


def generation(
    folder: Path,
    links: dict[str, str] | None = None,
    copies: dict[str, str] | None = None,
    owner: str = "root",
) -> str:
    """A toplevel; `links` map a path to its target, `copies` a path to its text."""
    shutil.rmtree(folder, ignore_errors=True)
    tree = folder / "etc"
    tree.mkdir(parents=True)
    for path, target in (links or {}).items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).symlink_to(target)
    for path, text in (copies or {}).items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    declared = {path: {"mode": "0640", "user": owner, "group": owner} for path in copies or {}}
    (folder / "etc-copies.json").write_text(json.dumps(declared))
    return str(folder)


def contents(etc: Path) -> dict[str, str]:
    """Path to a link's target, or to a file's text; folders end in a slash when empty."""
    found = {}
    for path in sorted(etc.rglob("*")):
        name = str(path.relative_to(etc))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_text()
        elif not any(path.iterdir()):
            found[f"{name}/"] = ""
    found.pop("static", None)
    return found


STORE = "/nix/store/00000000000000000000000000000000-x"


@needs_root
def test_links_copies_and_foreign_links(tmp_path: Path) -> None:
    root = tmp_path / "root"
    one = generation(
        tmp_path / "one",
        {"hosts": STORE, "a/b/c": STORE, "localtime": "/usr/share/zoneinfo/UTC"},
        {"secret": "s\n"},
        owner="web",
    )
    apply_etc(one, IDS, root=str(root))
    etc = root / "etc"
    assert contents(etc) == {
        "a/b/c": f"-> {STATIC}/a/b/c",
        "hosts": f"-> {STATIC}/hosts",
        "localtime": "-> /usr/share/zoneinfo/UTC",
        "secret": "s\n",
    }
    assert str((etc / "static").readlink()) == f"{one}/etc"
    status = (etc / "secret").stat()
    assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o640, 33, 33)
    (etc / "a/mine").write_text("made here")
    (etc / "a/lookalike").symlink_to(f"{STATIC}/hosts")
    apply_etc(generation(tmp_path / "two"), IDS, root=str(root))
    assert contents(etc) == {"a/lookalike": f"-> {STATIC}/hosts", "a/mine": "made here"}


@needs_root
@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("second", range(4))
def test_every_form_becomes_every_other(tmp_path: Path, first: int, second: int) -> None:
    forms = [
        generation(tmp_path / "link", {"x": STORE}),
        generation(tmp_path / "copy", {}, {"x": "text"}),
        generation(tmp_path / "folder", {"x/y": STORE}),
        generation(tmp_path / "foreign", {"x": "/usr/y"}),
    ]
    shown = [
        {"x": f"-> {STATIC}/x"},
        {"x": "text"},
        {"x/y": f"-> {STATIC}/x/y"},
        {"x": "-> /usr/y"},
    ]
    root = str(tmp_path / "root")
    for number in (first, second, first):
        apply_etc(forms[number], IDS, root=root)
        assert contents(tmp_path / "root/etc") == shown[number]


@needs_root
def test_a_folder_of_the_machine_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "root/etc/x").mkdir(parents=True)
    with pytest.raises(OSError, match="/etc/x is declared as a file, but the machine has a folder"):
        apply_etc(generation(tmp_path / "one", {"x": STORE}), IDS, root=str(tmp_path / "root"))
    assert (tmp_path / "root/etc/x").is_dir()


@needs_root
def test_an_unknown_owner_is_named(tmp_path: Path) -> None:
    one = generation(tmp_path / "one", {}, {"x": ""}, owner="nobody-knows")
    with pytest.raises(ValueError, match=r'environment.etc."x".user is \'nobody-knows\''):
        apply_etc(one, IDS, root=str(tmp_path / "root"))


paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
tree = st.dictionaries(paths, st.sampled_from(["store", "foreign", "copy"]), max_size=5).map(
    lambda files: {
        path: kind
        for path, kind in files.items()
        if not any(other != path and path.startswith(f"{other}/") for other in files)
    }
)


@needs_root
@settings(max_examples=60, deadline=None)
@given(st.lists(tree, min_size=1, max_size=4))
def test_what_it_made_goes_and_what_it_did_not_stays(generations: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        (root / "etc/kept").mkdir(parents=True)
        (root / "etc/kept/file").write_text("mine")
        (root / "etc/kept/empty").mkdir()
        mine = contents(root / "etc")
        for files in [*generations, {}]:
            links = {
                path: STORE if kind == "store" else "/usr/x"
                for path, kind in files.items()
                if kind != "copy"
            }
            copies = {path: "text" for path, kind in files.items() if kind == "copy"}
            top = generation(Path(folder) / "top", links, copies)
            apply_etc(top, IDS, root=str(root))
            expected = dict(mine)
            for path, kind in files.items():
                shown = {"store": f"-> {STATIC}/{path}", "foreign": "-> /usr/x", "copy": "text"}
                expected[path] = shown[kind]
            assert contents(root / "etc") == expected
