"""What is shown while things are built: the counts, and on what it is shown."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pexpect

from builder.cli.overview import Activity, Overview, duration
from builder.cli.progress import LogProgress, TerminalProgress, progress_on
from builder.store.paths import StorePath

_DIGESTS = iter(f"{n:032}" for n in range(100))
MIB = 1 << 20


def _path(name: str) -> StorePath:
    return StorePath.parse(f"/nix/store/{next(_DIGESTS)}-{name}")


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_durations() -> None:
    assert [duration(s) for s in (0.4, 61, 3600 + 62)] == ["0:00", "1:01", "1:01:02"]


def test_rate_and_time_left() -> None:
    """10 MiB in 5 s are 2 MiB/s; the other 30 MiB take 15 s more."""
    come = [0]
    view = Overview(downloads=2, size=40 * MIB)
    view.activities["a"] = Activity(
        verb="fetching", title="a", since=0.0, size=40 * MIB, so_far=lambda: come[0]
    )
    assert view.left(0.0, view.rate(0.0)) is None
    come[0] = 10 * MIB
    rate = view.rate(5.0)
    assert rate == 2 * MIB
    assert view.left(5.0, rate) == 15.0
    assert view.summary(5.0) == "0/2 downloaded, 10.0/40.0 MiB, 2.0 MiB/s, about 0:15 left"
    assert view.activities["a"].shown(5.0) == "fetching a 10.0/40.0 MiB 0:05"


def test_builds_are_guessed_from_builds() -> None:
    """Two of ten took 4 s together: the other eight, two at a time, take 8 s."""
    view = Overview(jobs=2, builds=10, built=2, seconds=4.0)
    assert view.left(0.0, 0.0) == 8.0
    view.activities["a"] = Activity(verb="building", title="a", since=-1.0)
    assert view.left(0.0, 0.0) == 7.5
    assert Overview(builds=10, built=1, seconds=1.0).left(0.0, 0.0) is None


def test_what_is_there_already_is_counted_as_what_it_is() -> None:
    log = LogProgress(io.StringIO(), 1, Clock())
    log.planned(1, 2, 3 * MIB)
    other, file, build = _path("other.drv"), _path("file.drv"), _path("build.drv")
    log.waiting(file)
    log.found(file, MIB)
    log.downloading(other, 2 * MIB, lambda: MIB)
    log.finished(other, 0.1)
    log.found(build, None)
    assert log.overview.summary(0.0) == "1/1 built, 2/2 downloaded, 3.0/3.0 MiB"


def test_a_log_has_lines_and_no_silence() -> None:
    out, clock = io.StringIO(), Clock()
    log = LogProgress(out, 2, clock)
    log.planned(2, 1, 3 * MIB)
    file, short, long = _path("file.drv"), _path("short.drv"), _path("long.drv")
    log.downloading(file, 3 * MIB, lambda: MIB)
    log.finished(file, 0.1)
    log.started(short)
    log.finished(short, 0.2)
    log.started(long)
    clock.now += 29
    log.tick()
    clock.now += 2
    log.tick()
    log.finished(long, 31.0)
    log.tick()
    assert out.getvalue().splitlines() == [
        "downloading 1 files (3.0 MiB), building 2 derivations",
        "1/2 built, 1/1 downloaded, 3.0/3.0 MiB: building long 0:31",
        "built long in 31.0 s (2/2)",
    ]


def test_a_terminal_has_a_picture_that_goes() -> None:
    """The picture is erased before each line that stays, and at the end."""
    out, clock = io.StringIO(), Clock()
    view = TerminalProgress(out, 2, clock)
    view.planned(2, 0, 0)
    one, two = _path("one.drv"), _path("two.drv")
    view.started(one)
    view.waiting(two)
    clock.now += 1
    view.tick()
    assert out.getvalue().endswith(
        "[0/2 built, 1 built by others]\n  building one 0:01\n  waiting for two 0:01\n"
    )
    view.warn("a cache is dead")
    assert out.getvalue().endswith("\x1b[3F\x1b[Jwarning: a cache is dead\n")
    view.tick()
    view.finished(one, 1.0)
    view.finished(two, 0.0)
    assert out.getvalue().endswith("\x1b[J")


def test_where_it_is_shown() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert isinstance(progress_on(Terminal(), 1, {"TERM": "xterm"}), TerminalProgress)
    assert isinstance(progress_on(Terminal(), 1, {"TERM": "dumb"}), LogProgress)
    assert isinstance(progress_on(Terminal(), 1, {"TERM": "xterm", "CI": "true"}), LogProgress)
    assert isinstance(progress_on(io.StringIO(), 1, {"TERM": "xterm"}), LogProgress)


_SLOW = """
import sys, time
from builder.realise import tree
plain = tree.build
def slow(context):
    print("begun", flush=True)
    time.sleep(60)
tree.build = slow
from builder.cli.main import neve
sys.exit(neve(sys.argv[1:]))
"""
_EXPR = (
    'builtins.readDir (derivation { name = "slow"; system = "builtin"; builder = "builtin:tree"; '
    'version = 1; spec = "{}"; })'
)


def test_on_a_real_terminal(tmp_path: Path) -> None:
    """The picture is drawn anew while a build goes on; Ctrl-C ends it and leaves nothing."""
    command = ["-c", _SLOW, "eval", "--impure", "--store", str(tmp_path), "--expr", _EXPR]
    environment = {"TERM": "xterm", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    child = pexpect.spawn(
        sys.executable, command, env=environment, encoding="utf-8", dimensions=(24, 80), timeout=30
    )
    child.expect_exact("building 1 derivations")
    child.expect_exact("begun")
    child.expect(r"\[0/1 built\]\r\n  building slow 0:0[1-5]\r\n")
    worker = next(iter(_children(child.pid)))
    child.sendintr()
    child.expect_exact("interrupted")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert not Path(f"/proc/{worker}").exists()


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in re.findall(r"\d+", task.read_text())]
