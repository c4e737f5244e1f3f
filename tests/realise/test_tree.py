"""``builtin:tree``."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.realise.tree import BadTree
from tests.realise.context import Workshop, shown


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_all_kinds_of_entries(shop: Workshop) -> None:
    source = shop.add("source", {"d/x": "x", "d/l": "-> x", "file": "f"})
    out = shop.build(
        "tree",
        spec={
            "a/text": {"text": "ü\n"},
            "a/run": {"text": "#!/bin/sh\n", "executable": True},
            "link": {"link": "/anywhere"},
            "copied": {"copy": f"{source}/d"},
            "copied/more": {"text": "more"},
            "one": {"copy": f"{source}/file"},
            "merged": {"merge": source},
            "merged/more": {"text": "more"},
            "empty": {"folder": True},
        },
    )
    assert shown(out) == {
        "a/text": "ü\n",
        "a/run": "#!/bin/sh\n",
        "link": "-> /anywhere",
        "copied/x": "x",
        "copied/l": "-> x",
        "copied/more": "more",
        "one": "f",
        "merged/d": f"-> {source}/d",
        "merged/file": f"-> {source}/file",
        "merged/more": "more",
    }
    assert (out / "empty").is_dir()
    assert (out / "a/run").stat().st_mode & 0o777 == 0o555
    assert (out / "a/text").stat().st_mode & 0o777 == 0o444


def test_the_output_may_be_one_entry(shop: Workshop) -> None:
    assert shop.build("tree", spec={"": {"text": "only"}}).read_text() == "only"
    assert str(shop.build("tree", spec={"": {"link": "/x"}}).readlink()) == "/x"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"/a": {"text": ""}}, "is not a plain relative path"),
        ({"a/../b": {"text": ""}}, "is not a plain relative path"),
        ({"": {"text": ""}, "a": {"text": ""}}, "is not a plain relative path"),
        ({"a": {"text": ""}, "a/b": {"text": ""}}, "'a/b' lies below 'a', a file or a link"),
        ({"a": {"link": "/x"}, "a/b": {"text": ""}}, "'a/b' lies below 'a', a file or a link"),
        ({"a": {"txt": ""}}, "'a' has no text, link, copy, merge or folder"),
        ({"a/b": {"text": ""}, "a": {"link": "x"}}, "'a/b' lies below 'a'"),
    ],
)
def test_what_contradicts_itself(shop: Workshop, spec: object, message: str) -> None:
    with pytest.raises(BadTree, match=message):
        shop.build("tree", spec=spec)


def test_nothing_is_written_through_a_link(shop: Workshop) -> None:
    source = shop.add("source", {"d/x": "x"})
    merged = {"merge": source}
    with pytest.raises(BadTree, match="is given twice"):
        shop.build("tree", spec={"m": merged, "m/d": {"text": ""}})
    inside = {"link": str(shop.real(source))}  # leads to a folder that is there
    with pytest.raises(BadTree, match="'a/d/new' lies below 'a'"):
        shop.build("tree", spec={"a": inside, "a/d/new": {"text": ""}})
    assert shown(shop.real(source)) == {"d/x": "x"}
