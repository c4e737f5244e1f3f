"""cpio archives, read back by cpio itself where it is installed."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.realise.cpio import Archive


def read(data: bytes) -> dict[str, tuple[int, bytes]]:
    """Path to mode and content of an archive in the format newc."""
    found: dict[str, tuple[int, bytes]] = {}
    at = 0
    while True:
        assert at % 4 == 0 and data[at : at + 6] == b"070701"
        fields = [int(data[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        name_at = at + 110
        name = data[name_at : name_at + fields[11] - 1].decode()
        body = (name_at + fields[11] + 3) // 4 * 4
        if name == "TRAILER!!!":
            return found
        assert (fields[2], fields[3], fields[5]) == (0, 0, 1)
        found[name] = (fields[1], data[body : body + fields[6]])
        at = (body + fields[6] + 3) // 4 * 4


files = st.dictionaries(st.text("abcdé", min_size=1, max_size=5), st.binary(max_size=9))


@given(files, st.randoms(use_true_random=False))
def test_what_goes_in_comes_out(contents: dict[str, bytes], chance: object) -> None:
    archive, again = Archive(), Archive()
    for name, data in contents.items():
        archive.file(f"d/{name}", data)
    for name, data in reversed(contents.items()):
        again.file(f"/d/{name}", data)
    dumped = archive.dump()
    assert again.dump() == dumped
    found = read(dumped)
    assert {k: v[1] for k, v in found.items() if k != "d"} == {
        f"d/{name}": data for name, data in contents.items()
    }


def test_kinds_and_order() -> None:
    archive = Archive()
    archive.link("init", "bin/sh")
    archive.file("bin/sh", b"x", executable=True)
    archive.folder("dev")
    archive.folder("bin")
    found = read(archive.dump())
    assert list(found) == ["bin", "bin/sh", "dev", "init"]
    assert found["init"] == (stat.S_IFLNK | 0o777, b"bin/sh")
    assert found["bin/sh"][0] == stat.S_IFREG | 0o555
    assert found["dev"][0] == stat.S_IFDIR | 0o755


def test_what_the_kernel_would_unpack_wrongly() -> None:
    archive = Archive()
    archive.link("lib", "usr/lib")
    archive.file("x", b"")
    with pytest.raises(ValueError, match="'lib/a' lies below 'lib', which is not a folder"):
        archive.file("lib/a", b"")
    with pytest.raises(ValueError, match="'x' is in the archive twice"):
        archive.file("x", b"")


@pytest.mark.skipif(shutil.which("cpio") is None, reason="cpio is not installed")
def test_cpio_unpacks_it(tmp_path: Path) -> None:
    archive = Archive()
    archive.file("a/b", b"content", executable=True)
    archive.link("a/l", "b")
    subprocess.run(["cpio", "-id", "--quiet"], input=archive.dump(), cwd=tmp_path, check=True)
    assert (tmp_path / "a/l").read_bytes() == b"content"
