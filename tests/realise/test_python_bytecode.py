"""``builtin:python-bytecode``, by the pinned Python."""

from __future__ import annotations

from pathlib import Path

from tests.realise.context import Workshop
from tests.reference import pinned


def test_modules_are_compiled_for_where_they_will_be(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    one = shop.add("one", {"a.py": "x = {'b', 'a'}\n", "pkg/__init__.py": "", "note.txt": ""})
    two = shop.add("two", {"pkg/b.py": "def f(): pass\n", "test/t.py": "", "l.py": "-> b.py"})
    given = {
        "sources": [one, two],
        "target": "lib/py",
        "skip": ["test"],
        "tools": pinned.logical("python"),
    }
    out = shop.build("python-bytecode", **given)
    files = {str(path.relative_to(out)): path for path in out.rglob("*") if path.is_file()}
    names = {name.partition(".cpython")[0] for name in files}
    assert names == {
        "lib/py/__pycache__/a",
        "lib/py/pkg/__pycache__/__init__",
        "lib/py/pkg/__pycache__/b",
    }
    again = shop.build("python-bytecode", **given)
    for name, path in files.items():
        data = path.read_bytes()
        assert int.from_bytes(data[4:8], "little") == 1  # hash-based, never checked
        assert (again / name).read_bytes() == data
        assert b"/usr/lib/py/" in data and str(tmp_path).encode() not in data


def test_there_may_be_nothing_to_compile(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    empty, tools = shop.add("empty", {}), pinned.logical("python")
    out = shop.build("python-bytecode", sources=[empty], target="lib", tools=tools)
    assert out.is_dir() and not list(out.iterdir())
