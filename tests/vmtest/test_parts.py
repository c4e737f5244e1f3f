"""Keys, waiting, conditions, names."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vmtest.driver import pythonised
from vmtest.errors import HarnessError, MachineTimeout, RequestedAssertionFailed
from vmtest.keyboard import key_codes
from vmtest.log import Log
from vmtest.polling import PollingCondition
from vmtest.process import Process
from vmtest.tools import find_tools
from vmtest.waiting import retry


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("a", ["a"]),
        ("A", ["shift", "a"]),
        ("7", ["7"]),
        ("&", ["shift", "7"]),
        ("?", ["shift", "slash"]),
        ("\n", ["ret"]),
        ("ctrl-alt-delete", ["ctrl", "alt", "delete"]),
    ],
)
def test_keys(key: str, codes: list[str]) -> None:
    assert key_codes(key) == codes


def test_key_that_no_keyboard_has() -> None:
    with pytest.raises(ValueError, match="no key of a US keyboard types 'é'"):
        key_codes("é")


def test_retry_tells_the_last_try() -> None:
    calls: list[bool] = []

    def fails(last: bool) -> bool:
        calls.append(last)
        return False

    with pytest.raises(MachineTimeout, match=r"within 0\.3 seconds"):
        retry(fails, 0.3)
    assert calls[-1] is True and not any(calls[:-1]) and len(calls) >= 3


def test_polling_condition() -> None:
    log = Log(io.StringIO())
    active: list[PollingCondition] = []
    good = True
    condition = PollingCondition(lambda: good, active, log, seconds_interval=0, description="up")
    with condition:
        assert active == [condition]
        condition.maybe_raise()
        good = False
        with pytest.raises(RequestedAssertionFailed, match="polling condition failed: up"):
            condition.maybe_raise()
    assert active == []


def test_names() -> None:
    assert [pythonised(n) for n in ("web-1", "1st", "ok_2")] == ["web_1", "_st", "ok_2"]


def test_log_knows_what_it_waits_for() -> None:
    stream = io.StringIO()
    log = Log(stream)
    with log.nested("outer"), log.nested("inner"):
        assert log.current == "inner"
        log.log("deep")
    assert log.current is None
    assert "    deep" in stream.getvalue()


def test_host_tools_only_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEVE_VMTEST_HOST_TOOLS", raising=False)
    with pytest.raises(HarnessError, match="the manifest pins no QEMU"):
        find_tools(None, Path, None)


def test_processes_die_with_us(tmp_path: Path) -> None:
    """Kill a process that has started a child through `Process`; the child must vanish."""
    script = (
        "import sys; from pathlib import Path; from vmtest.process import Process\n"
        f"p = Process(['sleep', '100'], output=Path({str(tmp_path / 'out')!r}))\n"
        "print(p._popen.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(child, 0)
    parent.kill()
    parent.wait()
    end = time.monotonic() + 5
    while time.monotonic() < end and _alive(child):
        time.sleep(0.02)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_process_output_and_end(tmp_path: Path) -> None:
    process = Process(["sh", "-c", "echo hello; sleep 100"], output=tmp_path / "out")
    end = time.monotonic() + 5
    while not process.messages() and time.monotonic() < end:
        time.sleep(0.01)
    assert process.running and process.messages() == "hello"
    process.end(grace=2)
    assert not process.running
