"""Building again: the same bytes, or what is different and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.realise.recheck import recheck, with_inputs
from builder.realise.settings import Settings
from builder.realise.tree_difference import tree_differences
from builder.store.errors import InvalidPath
from builder.store.verify import verify
from tests.realise.conftest import Bench
from tests.reference.pinned import bubblewrap

PATH = {"PATH": "/bin"}


def settings() -> Settings:
    return Settings(bubblewrap=bubblewrap(), jobs=2)


def test_a_build_that_depends_on_how_many_cores_there_are(bench: Bench) -> None:
    good = bench.shell("good", "mkdir $out; echo 1 > $out/b; echo 2 > $out/a", env=PATH)
    script = f"mkdir $out; cat {bench.out(good)}/a > $out/a; echo cores $NIX_BUILD_CORES > $out/b"
    bad = bench.shell("bad", script, input_drvs={good: ("out",)}, env=PATH)
    tree = bench.drv(
        "tree",
        system="builtin",
        builder="builtin:tree",
        env={"spec": json.dumps({"x": {"text": "1"}, "a/b": {"text": "2"}})},
    )
    bench.realise(bad, tree)
    lookup = bench.drvs.__getitem__
    drvs = with_inputs([bad, tree], lookup)
    assert set(drvs) == {good, bad, tree}
    found = {c.drv: c.differences for c in recheck(bench.store, drvs, settings(), lookup)}
    assert found[good] == found[tree] == {}
    (difference,) = found[bad]["out"]
    assert str(difference) == "b: from byte 6: 33 0a, then 31 0a"
    assert list(verify(bench.store, contents=True)) == []
    assert not list((bench.store.state / "builds").iterdir())


def test_nothing_is_checked_that_was_not_built(bench: Bench) -> None:
    drv = bench.shell("new", "echo 1 > $out", env=PATH)
    with pytest.raises(InvalidPath):
        list(recheck(bench.store, [drv], settings(), bench.drvs.__getitem__))


def test_every_kind_of_difference(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "same").mkdir(parents=True)
        (tmp_path / name / "same/file").write_text("x" * 5000)
    one, two = tmp_path / "one", tmp_path / "two"
    (one / "gone").write_text("")
    (two / "new").mkdir()
    (one / "kind").write_text("")
    (two / "kind").mkdir()
    (one / "link").symlink_to("a")
    (two / "link").symlink_to("b")
    (one / "run").write_text("")
    (two / "run").write_text("")
    (two / "run").chmod(0o755)
    (one / "long").write_bytes(bytes(2 << 20))
    (two / "long").write_bytes(bytes(2 << 20) + b"\1")
    assert [str(difference) for difference in tree_differences(one, two)] == [
        "gone: only the first time",
        "kind: first a regular, then a directory",
        "link: leads to 'a', then to 'b'",
        "long: from byte 2097152: the end, then 01; 2097152 bytes, then 2097153",
        "new: only the second time",
        "run: not executable, then executable",
    ]
