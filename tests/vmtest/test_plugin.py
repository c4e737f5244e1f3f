"""The pytest plugin, on manifests without machines: collection, reports, JUnit, deadlines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree


def run(
    folder: Path, scripts: dict[str, str], *options: str, timeout: int = 60
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "vmtest.plugin", "-p", "no:cacheprovider"]
    for name, script in scripts.items():
        file = folder / f"{name}.json"
        data = {"name": name, "globalTimeout": timeout, "testScript": script, "nodes": {}}
        file.write_text(json.dumps(data | {"tools": None}))
        command += ["--vm-manifest", str(file)]
    command += ["--vm-output", str(folder / "out"), *options]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "NEVE_VMTEST_HOST_TOOLS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_pass_fail_subtests_and_junit(tmp_path: Path) -> None:
    scripts = {
        "good": "with subtest('a'):\n  pass\nwith subtest('b'):\n  start_all()\n",
        "bad": "x = 1\nwith subtest('c'):\n  t.assertEqual(x, 2)\n",
    }
    result = run(tmp_path, scripts, "--junit-xml", str(tmp_path / "j.xml"))
    assert result.returncode == 1
    assert "test script, line 3:  t.assertEqual(x, 2)\nAssertionError: 1 != 2" in result.stdout
    assert "run it again by hand: " in result.stdout
    lines = result.stdout.splitlines()
    assert any(line.split()[:2] == ["good", "passed"] and "2/2" in line for line in lines)
    assert any(line.split()[:2] == ["bad", "FAILED"] and "0/1" in line for line in lines)
    cases = ElementTree.parse(tmp_path / "j.xml").getroot().iter("testcase")
    properties = {
        case.get("name"): [p.get("name") for p in case.iter("property")] for case in cases
    }
    assert properties == {"good": ["subtest a", "subtest b"], "bad": ["subtest c"]}


def test_selection_and_workers(tmp_path: Path) -> None:
    scripts = dict.fromkeys(("one", "two", "three"), "pass")
    chosen = run(tmp_path, scripts, "-k", "two")
    assert "1 passed, 2 deselected" in chosen.stdout
    spread = run(tmp_path, scripts, "-n", "2")
    assert "3 passed" in spread.stdout
    assert spread.stdout.count(" passed  ") == 3, "the table comes from the workers too"


def test_global_deadline(tmp_path: Path) -> None:
    script = "with log.nested('dreaming'):\n  while True: pass\n"
    result = run(tmp_path, {"slow": script}, timeout=1)
    assert result.returncode == 1
    assert "the test did not end within its 1 seconds; it was: dreaming" in result.stdout


def test_wrong_manifest_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"name": "m", "testScript": "", "nodez": {}}')
    result = run(tmp_path, {}, "--vm-manifest", str(tmp_path / "m.json"))
    assert result.returncode != 0
    assert "unknown member 'nodez'" in result.stdout
