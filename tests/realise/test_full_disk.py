"""Programs that fill the disk of the store: stopped in time, or told when it is too late."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reference.pinned import bubblewrap

ROOM = 32 << 20  # bytes

# Runs in a mount namespace in which the store's folder is a small disk of its own.
_PROGRAM = """
import json, os, sys
from pathlib import Path
from builder.realise.errors import BuildError
from builder.realise.limits import Limits
from builder.store.gc import collect
from builder.store.local import LocalStore
from builder.store.verify import verify
from tests.realise.conftest import Bench

root, outside, script, keep = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
wrap = tuple(json.loads(sys.argv[5]))
bench = Bench(LocalStore(root))
bench.add_tools(outside)
free = os.statvfs(root).f_bfree
drv = bench.shell("greedy", script, env={"PATH": "/bin"})
told = {}
try:
    bench.realise(drv, bubblewrap=wrap, limits=Limits(keep_free=keep))
except BuildError as error:
    told = {"message": str(error), "hint": error.hint}
told["registered"] = bench.store.is_valid(bench.out(drv))
told["builds"] = [file.name for file in (bench.store.state / "builds").iterdir()]
told["lost"] = (free - os.statvfs(root).f_bfree) * os.statvfs(root).f_bsize
small = bench.shell("small", "echo small > $out")
bench.realise(small, bubblewrap=wrap)
told["next"] = bench.read(small)
# Nothing at all fits any more, and yet what is not needed can be collected.
with open(root / "ballast", "wb", buffering=0) as ballast:
    try:
        while True:
            ballast.write(bytes(1 << 16))
    except OSError:
        pass
bench.store.database.close()
store = LocalStore(root)
(store.state / "temproots" / str(os.getpid())).unlink(missing_ok=True)
told["collected"] = len(collect(store).paths)
(root / "ballast").unlink()
told["problems"] = [str(problem) for problem in verify(store, contents=True)]
print(json.dumps(told))
"""


def _on_a_small_disk(folder: Path, script: str, keep: int) -> dict[str, object]:
    root = folder / "disk"
    root.mkdir()
    wrap = bubblewrap()
    argv = [*wrap, "--dev-bind", "/", "/", "--size", str(ROOM), "--tmpfs", str(root)]
    argv += [sys.executable, "-c", _PROGRAM, str(root), str(folder), script, str(keep)]
    done = subprocess.run(
        [*argv, json.dumps(wrap)], cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    assert told.pop("registered") is False
    assert told.pop("builds") == []
    assert told.pop("next") == "small\n"
    assert told.pop("problems") == []
    collected, lost = told.pop("collected"), told.pop("lost")
    assert isinstance(collected, int) and collected >= 3
    assert isinstance(lost, int) and lost < 2 << 20
    return told


SLOWLY = "while :; do cat /bin/cat /bin/cat >> $out; sleep 0.01; done"
AT_ONCE = "cat /dev/zero > {}"


@pytest.mark.parametrize("place", ["$out", "$TMPDIR/x", "/dev/stdout"])
def test_a_disk_that_gets_full_stops_the_build(tmp_path: Path, place: str) -> None:
    """Outputs, the build's own folder and its log are all on the store's disk."""
    told = _on_a_small_disk(tmp_path, SLOWLY.replace("$out", place), 1 << 30)
    message, hint = str(told["message"]), str(told["hint"])
    assert "greedy.drv' failed: it was stopped, for the disk that holds" in message
    assert f"{tmp_path}/disk" in message and "MiB are left of the" in message
    assert "neve store gc" in hint and "keep-free" in hint


@pytest.mark.parametrize("place", ["$out", "$TMPDIR/x", "/dev/stdout"])
def test_a_disk_that_is_full_is_told(tmp_path: Path, place: str) -> None:
    told = _on_a_small_disk(tmp_path, AT_ONCE.format(place), 0)
    message = str(told["message"])
    assert f"failed: No space left on device: the disk that holds '{tmp_path}/disk'" in message
    assert "neve store gc" in str(told["hint"])


def test_a_builder_that_made_room_again_has_told_why_it_failed(tmp_path: Path) -> None:
    script = "cat /dev/zero > $out 2> /tmp/why || { : > $out; cat /tmp/why >&2; exit 1; }"
    told = _on_a_small_disk(tmp_path, script, 0)
    message, hint = str(told["message"]), str(told["hint"])
    assert "greedy.drv' failed: exit code 1" in message
    assert "No space left on device" in message
    assert f"a disk was full: the one of '{tmp_path}/disk" in hint and "neve store gc" in hint
