"""A store whose disk is full: a clear error, nothing half there, and work goes on with room."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reference.pinned import bubblewrap

ROOM = 12 << 20  # bytes
_BIG, _SMALL = 30 << 20, 1 << 10

# Runs in a mount namespace in which the store's folder is a small disk of its own.
_PROGRAM = """
import json, subprocess, sys
from pathlib import Path
from builder.cli.main import neve
from builder.store.local import LocalStore
from builder.store.verify import verify

def run(*words):
    code = "import sys; from builder.cli.main import neve; sys.exit(neve())"
    command = [sys.executable, "-c", code, *words, "--store", sys.argv[1]]
    done = subprocess.run(command, capture_output=True, text=True)
    return [done.returncode, done.stderr]

told = [run(*words) for words in json.loads(sys.argv[2])]
store = LocalStore(Path(sys.argv[1]))
problems = [str(problem) for problem in verify(store, contents=True)]
valid = {path.base for path in store.database.all_paths()}
files = {file.name for file in store.folder.iterdir()} - {".links"}
print(json.dumps({"told": told, "problems": problems, "extra": sorted(files - valid),
                  "names": sorted(path.name for path in store.database.all_paths())}))
"""


def _on_a_small_disk(folder: Path, commands: list[list[str]]) -> dict[str, object]:
    root = folder / "disk"
    root.mkdir()
    argv = [*bubblewrap(), "--dev-bind", "/", "/", "--size", str(ROOM), "--tmpfs", str(root)]
    argv += [sys.executable, "-c", _PROGRAM, str(root), json.dumps(commands)]
    done = subprocess.run(
        argv, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _tree(name: str, source: Path) -> list[str]:
    """A command that builds a tree with a copy of a file, and looks into it."""
    text = f"""builtins.readDir (derivation {{
      name = "{name}"; system = "builtin"; builder = "builtin:tree"; version = 1;
      spec = builtins.toJSON {{ file.copy = "${{builtins.path {{ path = {source}; }}}}"; }};
    }})"""
    return ["eval", "--impure", "--quiet", "--expr", text]


@pytest.mark.parametrize("kind", ["add", "build"])
def test_a_full_disk_is_told_and_survived(tmp_path: Path, kind: str) -> None:
    """The first command does not fit, the second one does."""
    big, small = tmp_path / "big", tmp_path / "small"
    big.write_bytes(bytes(_BIG if kind == "add" else ROOM // 2 + (1 << 20)))
    small.write_bytes(bytes(_SMALL))
    commands = {
        "add": [["store", "add", str(big)], ["store", "add", str(small)]],
        "build": [_tree("two", big), _tree("one", small)],
    }[kind]
    found = _on_a_small_disk(tmp_path, commands)
    told = found["told"]
    assert isinstance(told, list)
    (first, message), (second, said) = told
    assert first == 1
    assert "No space left on device" in message
    assert f"{tmp_path}/disk" in message and "hint: remove what nothing needs" in message
    assert "Traceback" not in message
    assert second == 0, said
    assert found["problems"] == []
    assert found["extra"] == []
    names = found["names"]
    assert isinstance(names, list)
    assert ("small" if kind == "add" else "one") in names
    assert "two" not in names
    assert kind == "build" or "big" not in names
