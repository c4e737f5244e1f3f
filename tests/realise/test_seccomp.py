"""What the kernel refuses to a builder, asked by a program in a sandbox."""

from __future__ import annotations

import json
import os
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from builder.realise.sandbox import Bind
from builder.realise.seccomp import open_program, program
from tests.reference import pinned

ASK = """
import ctypes, errno, json, os
libc = ctypes.CDLL(None, use_errno=True)
os.chdir("/w")
found = {}
def ask(name, call):
    try:
        got = call()
        found[name] = "worked" if got is None or got >= 0 else errno.errorcode[ctypes.get_errno()]
    except OSError as error:
        found[name] = errno.errorcode[error.errno]
open("f", "w").close()
ask("chmod", lambda: os.chmod("f", 0o755))
ask("chmod u+s", lambda: os.chmod("f", 0o4755))
ask("chmod g+s", lambda: os.chmod("f", 0o2755))
handle = os.open("f", os.O_RDONLY)
ask("fchmod", lambda: os.fchmod(handle, 0o4755))
ask("fchmodat2", lambda: libc.syscall(452, -100, b"f", 0o4755, 0))
ask("open", lambda: os.open("g", os.O_CREAT | os.O_WRONLY, 0o4755))
ask("plain open", lambda: os.open("h", os.O_CREAT | os.O_WRONLY, 0o755))
ask("openat2", lambda: libc.syscall(437, -100, b"f", None, 0))
ask("setxattr", lambda: os.setxattr("f", "user.x", b"1"))
ask("x32", lambda: libc.syscall(0x40000000 + 39))
print(json.dumps(found))
"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86_64")
def test_set_id_and_attributes_are_refused(tmp_path: Path) -> None:
    handle = open_program()
    assert handle is not None
    sandbox = replace(
        pinned.sandbox("python"),
        binds=(Bind(source=tmp_path, target="/w", writable=True),),
        seccomp=handle,
    )
    try:
        argv = sandbox.argv(["python3", "-c", ASK])
        told = subprocess.run(argv, capture_output=True, check=True, pass_fds=[handle]).stdout
    finally:
        os.close(handle)
    assert json.loads(told) == {
        "chmod": "worked",
        "chmod u+s": "EPERM",
        "chmod g+s": "EPERM",
        "fchmod": "EPERM",
        "fchmodat2": "EPERM",
        "open": "EPERM",
        "plain open": "worked",
        "openat2": "ENOSYS",
        "setxattr": "ENOTSUP",
        "x32": "ENOSYS",
    }
    assert not any(file.stat().st_mode & 0o6000 for file in tmp_path.iterdir())


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_jumps_stay_in_the_program(machine: str) -> None:
    code = program(machine)
    assert code is not None
    steps = list(struct.iter_unpack("<HBBI", code))
    for place, (_, yes, no, _) in enumerate(steps):
        assert place + 1 + max(yes, no) < len(steps) + (steps[place][0] == 0x06)
    assert steps[-1][0] == 0x06
    assert program("pdp11") is None
