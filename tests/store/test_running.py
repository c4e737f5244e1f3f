"""What processes use of a store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from builder.store.running import in_use

NAME = "0123456789abcdfghijklmnpqrsvwxyz"[:32]


def test_a_process_keeps_what_it_runs_opens_and_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "nix/store"
    names = [f"{NAME[:-1]}{letter}-x-1.0" for letter in "0123"]
    for name in names:
        (folder / name).mkdir(parents=True)
    (folder / names[0] / "file").write_text("")
    (folder / names[3] / "mapped").write_text("content")
    code = (
        "import mmap, sys; f = open(sys.argv[1]); m = open(sys.argv[2]);"
        "mapped = mmap.mmap(m.fileno(), 0, access=mmap.ACCESS_READ); m.close();"
        "sys.argv.clear(); print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "../" + names[0] + "/file", "../" + names[3] + "/mapped"],
        env={"PATH": f"/bin:{folder / names[1]}/bin"},
        cwd=folder / names[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stdout.readline()
        found = {
            str(path).rpartition("/")[2]
            for path, user in in_use(folder)
            if user == f"process {process.pid}"
        }
        process.communicate()
    assert found == set(names)


def test_other_stores_are_none_of_ours(tmp_path: Path) -> None:
    other = f"/elsewhere{tmp_path}/nix/store/{NAME}-x"
    process = tmp_path / "proc/1"
    (process / "fd").mkdir(parents=True)
    (process / "environ").write_bytes(b"A=" + os.fsencode(other) + b"\0")
    assert list(in_use(tmp_path / "nix/store", tmp_path / "proc")) == []
    own = f"{tmp_path}/nix/store/{NAME}-y"
    (process / "cmdline").write_bytes(b"run\0" + os.fsencode(own) + b"/bin/z\0")
    assert [user for _, user in in_use(tmp_path / "nix/store", tmp_path / "proc")] == ["process 1"]


def test_in_a_sandbox_the_store_is_where_it_belongs(tmp_path: Path) -> None:
    folder = tmp_path / "nix/store"
    inside, outside = (f"{NAME[:-1]}{letter}-x" for letter in "01")
    script = "echo ready; read line"
    own_view = ["unshare", "--user", "--mount", "--map-root-user", "sh", "-c", script]
    found = {}
    for name, command in ((inside, own_view), (outside, ["sh", "-c", script])):
        env = {**os.environ, "TOLD": f"/nix/store/{name}/bin"}
        with subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None and process.stdout.readline()
            users = {user for path, user in in_use(folder) if path.base == name}
            found[name] = users == {f"process {process.pid}"}
            process.communicate(b"\n")
    assert found == {inside: True, outside: False}
