"""``builtin:link-tree``."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.realise.link_tree import TreeCollision
from tests.realise.context import Workshop, shown


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_folders_of_one_package_are_one_link(shop: Workshop) -> None:
    a = shop.add("a", {"bin/a": "a", "share/a/x": "x", "share/a/y/z": "z"})
    b = shop.add("b", {"bin/b": "b", "lib/b": "b"})
    assert shown(shop.build("link-tree", paths=[a, b, a, f"{a}/none"])) == {
        "bin/a": f"-> {a}/bin/a",
        "bin/b": f"-> {b}/bin/b",
        "lib": f"-> {b}/lib",
        "share": f"-> {a}/share",
    }


def test_collisions(shop: Workshop) -> None:
    a = shop.add("a", {"x": "1", "same": "s", "link": "-> y"})
    b = shop.add("b", {"x": "2", "same": "s", "link": "-> y"})
    with pytest.raises(TreeCollision) as caught:
        shop.build("link-tree", paths=[a, b])
    assert f"'x' with different content:\n  {a}/x\n  {b}/x\n" in str(caught.value)
    for first in ([a, b], [b, a]):
        made = shown(shop.build("link-tree", paths=first, priority=[b]))
        assert made["x"] == f"-> {b}/x"
    assert "x" not in shown(shop.build("link-tree", paths=[a, b], exclude=["x"]))
    folder = shop.add("c", {"x/y": ""})
    with pytest.raises(TreeCollision, match="'x'"):
        shop.build("link-tree", paths=[a, folder])
    with pytest.raises(TreeCollision, match="'x'"):
        shop.build("link-tree", paths=[folder, a])


def test_what_is_left_out_or_copied_opens_its_folders(shop: Workshop) -> None:
    a = shop.add("a", {"share/doc/x": "x", "share/a/y": "y", "lib/d/p/run": "r", "lib/e/q": "q"})
    made = shown(shop.build("link-tree", paths=[a], exclude=["share/doc"], copy=["lib/d/*/run"]))
    assert made == {
        "share/a": f"-> {a}/share/a",
        "lib/d/p/run": "r",
        "lib/e": f"-> {a}/lib/e",
    }


def test_links_stand_instead(shop: Workshop) -> None:
    a = shop.add("a", {"bin/sh": "sh", "bin/x": "x", "share/d/e": "e"})
    links = {"bin/sh": "/new", "share/d/f": "/f", "fresh/deep": "/g", "share/x": "/y"}
    assert shown(shop.build("link-tree", paths=[a], links=links)) == {
        "bin/sh": "-> /new",
        "bin/x": f"-> {a}/bin/x",
        "share/d/e": f"-> {a}/share/d/e",
        "share/d/f": "-> /f",
        "share/x": "-> /y",
        "fresh/deep": "-> /g",
    }
    with pytest.raises(TreeCollision, match="'bin/x'"):
        shop.build("link-tree", paths=[a], links={"bin/x/y": "/z"})


def test_relative_links_hold(shop: Workshop) -> None:
    a = shop.add(
        "a/usr",
        {
            "lib/a/own": "-> file",
            "lib/a/file": "f",
            "share/a/other": "-> ../../lib/b/file",
            "share/etc/conf": "-> ../../../etc/conf",
            "bin/tool": "-> ../lib/a/file",
            "lib/c/abs": "-> /etc/abs",
        },
    )
    shop.add("a/etc", {"conf": ""})
    b = shop.add("b", {"lib/b/file": "f", "bin/b": ""})
    assert shown(shop.build("link-tree", paths=[a, b])) == {
        "bin/tool": "-> ../lib/a/file",
        "bin/b": f"-> {b}/bin/b",
        "lib/a": f"-> {a}/lib/a",
        "lib/b": f"-> {b}/lib/b",
        "lib/c": f"-> {a}/lib/c",
        "share/a/other": "-> ../../lib/b/file",
        "share/etc/conf": "-> /etc/conf",
    }


def test_a_tree_of_links_can_be_merged_again(shop: Workshop) -> None:
    a = shop.add("a", {"lib/x": "x"})
    linked = shop.add("linked", {"lib": f"-> {a}/lib"})
    b = shop.add("b", {"lib/y": "y"})
    wanted = {"lib/x": f"-> {a}/lib/x", "lib/y": f"-> {b}/lib/y"}
    assert shown(shop.build("link-tree", paths=[linked, b])) == wanted
    assert shown(shop.build("link-tree", paths=[b, linked])) == wanted


name = st.sampled_from("abc")
path = st.lists(name, min_size=1, max_size=3).map("/".join)


def plain(files: set[str]) -> set[str]:
    """Without those that would be both a file and a folder."""
    return {f for f in files if not any(g.startswith(f"{f}/") for g in files)}


@settings(max_examples=60, deadline=None)
@given(st.sets(path, max_size=10), st.data())
def test_every_file_is_where_it_was(files: set[str], data: st.DataObject) -> None:
    wanted = plain(files)
    owner = {file: data.draw(st.sampled_from(["p", "q"])) for file in sorted(wanted)}
    exclude = data.draw(st.sets(path, max_size=2))
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(Path(folder))
        paths = [
            shop.add(p, {file: file for file in owner if owner[file] == p}) for p in ("p", "q")
        ]
        out = shop.build("link-tree", paths=paths, exclude=sorted(exclude))
        other = shop.build("link-tree", paths=paths[::-1], exclude=sorted(exclude))
        assert shown(out) == shown(other)
        for base, folders, names in os.walk(out):
            for entry in [*folders, *names]:
                place = Path(base, entry)
                if place.is_symlink():  # what the store's own place would make of it
                    target = shop.real(str(place.readlink()))
                    place.unlink()
                    place.symlink_to(target)
        found = {file: (out / file).read_text() for file in wanted if (out / file).is_file()}
        kept = {
            file
            for file in wanted
            if not any(file == gone or file.startswith(f"{gone}/") for gone in exclude)
        }
        assert found == {file: file for file in kept}
