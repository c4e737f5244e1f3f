"""Unpacking packages: what they may hold, what they may not, and damage."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.debian import xz_blocks
from builder.debian.errors import BadPackage
from builder.debian.unpack import unpack
from tests.debian.conftest import Item, data_tar, make_deb

LONG = "./usr/share/" + "long-" * 30 + "name"
ITEMS = [
    Item("./", kind=tarfile.DIRTYPE, mode=0o755),
    Item("./bin", kind=tarfile.SYMTYPE, target="usr/bin"),
    Item("./usr/", kind=tarfile.DIRTYPE, mode=0o755),
    Item("./usr/bin/", kind=tarfile.DIRTYPE, mode=0o755),
    Item("./usr/bin/tool", b"#!/bin/sh\n", mode=0o4755),
    Item("./usr/bin/same", kind=tarfile.LNKTYPE, target="./usr/bin/tool"),
    Item("./lib/x/libx.so.1", b"lib", mode=0o644),
    Item("./lib/x/libx.so", kind=tarfile.SYMTYPE, target="libx.so.1"),
    Item("./lib/x/up", kind=tarfile.SYMTYPE, target="../../usr/bin/tool"),
    Item("./usr/lib/liby.so", kind=tarfile.SYMTYPE, target="../../lib/x/libx.so.1"),
    Item("./usr/lib/absolute", kind=tarfile.SYMTYPE, target="/lib/x/libx.so.1"),
    Item("./etc/secret", b"s", mode=0o600),
    Item("./usr/share/doc/x/copyright", b"c"),
    Item("./usr/share/man/man1/x.1.gz", b"m"),
    Item(LONG, b"long"),
    Item("./usr/share/big", bytes(range(256)) * 6000),
    Item("./var/lib/empty/", kind=tarfile.DIRTYPE, mode=0o700),
]


def run(tmp_path: Path, deb: bytes, threads: int = 1) -> tuple[Path, Path]:
    file = tmp_path / "x.deb"
    file.write_bytes(deb)
    out, doc = tmp_path / "out", tmp_path / "doc"
    unpack(file, out, doc, threads)
    return out, doc


def listing(root: Path) -> dict[str, str]:
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = f"{path.stat().st_mode & 0o7777:o} {path.stat().st_size}"
    return found


@pytest.mark.parametrize("format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tree(tmp_path: Path, format: int) -> None:
    out, doc = run(tmp_path, make_deb(lzma.compress(data_tar(ITEMS, format))))
    assert listing(doc) == {
        "usr/share/doc/x/copyright": "444 1",
        "usr/share/man/man1/x.1.gz": "444 1",
    }
    found = listing(out)
    assert found == {
        "etc/secret": "444 1",
        "usr/bin/same": "555 10",
        "usr/bin/tool": "555 10",
        "usr/lib/absolute": "-> /lib/x/libx.so.1",
        "usr/lib/liby.so": "-> x/libx.so.1",
        "usr/lib/x/libx.so": "-> libx.so.1",
        "usr/lib/x/libx.so.1": "444 3",
        "usr/lib/x/up": "-> ../../bin/tool",
        LONG[2:]: "444 4",
        "usr/share/big": "444 1536000",
    }
    assert (out / "usr/bin/tool").samefile(out / "usr/bin/same")
    assert (out / "usr/lib/liby.so").read_bytes() == b"lib"
    assert (out / "usr/lib/x/up").read_text() == "#!/bin/sh\n"
    assert (out / "var/lib/empty").is_dir()
    assert (out / "usr/share/big").read_bytes() == bytes(range(256)) * 6000


@pytest.mark.parametrize(
    ("suffix", "compressed"),
    [
        ("", data_tar(ITEMS)),
        (".gz", gzip.compress(data_tar(ITEMS))),
        (".bz2", bz2.compress(data_tar(ITEMS))),
        (".xz", lzma.compress(data_tar(ITEMS))),
    ],
)
def test_compressions(tmp_path: Path, suffix: str, compressed: bytes) -> None:
    out, _ = run(tmp_path, make_deb(compressed, suffix))
    assert (out / "usr/share/big").stat().st_size == 1536000


@pytest.mark.skipif(shutil.which("xz") is None, reason="xz is not on PATH")
def test_blocks_are_read_in_parallel(tmp_path: Path) -> None:
    argv = ["xz", "-c", "-0", "--block-size=200000"]
    data = subprocess.run(argv, input=data_tar(ITEMS), capture_output=True, check=True).stdout
    (tmp_path / "blocks").write_bytes(data)
    with (tmp_path / "blocks").open("rb") as file:
        assert len(xz_blocks.blocks(file.fileno(), 0, len(data))) > 5
        assert xz_blocks.blocks(file.fileno(), 0, len(data) - 4) == []
    out, _ = run(tmp_path, make_deb(data), threads=2)
    assert (out / "usr/share/big").read_bytes() == bytes(range(256)) * 6000
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 1
    (tmp_path / "more").mkdir()
    with pytest.raises(BadPackage, match="damaged"):
        run(tmp_path / "more", make_deb(bytes(damaged)), threads=2)


@pytest.mark.parametrize(
    "item",
    [
        Item("./../evil", b"x"),
        Item("/etc/evil", b"x"),
        Item("./usr/../../evil", b"x"),
        Item("./dev/null", kind=tarfile.CHRTYPE),
        Item("./pipe", kind=tarfile.FIFOTYPE),
        Item("./hard", kind=tarfile.LNKTYPE, target="../../etc/passwd"),
        Item("./hard", kind=tarfile.LNKTYPE, target="usr/nothing"),
    ],
)
def test_refused(tmp_path: Path, item: Item) -> None:
    with pytest.raises(BadPackage, match="cannot unpack"):
        run(tmp_path, make_deb(lzma.compress(data_tar([*ITEMS, item]))))


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for target in (str(outside), "../outside"):
        items = [
            Item("./way", kind=tarfile.SYMTYPE, target=target),
            Item("./way/file", b"x"),
        ]
        folder = tmp_path / target.replace("/", "_")
        folder.mkdir()
        with pytest.raises(BadPackage, match="below something that is no folder"):
            run(folder, make_deb(lzma.compress(data_tar(items))))
        items[1] = Item("./way", b"x")
        shutil.rmtree(folder / "out")
        shutil.rmtree(folder / "doc")
        with pytest.raises(BadPackage, match="there twice"):
            run(folder, make_deb(lzma.compress(data_tar(items))))
    assert list(outside.iterdir()) == []


GOOD = make_deb(lzma.compress(data_tar(ITEMS)))


def test_truncation_is_always_found(tmp_path: Path) -> None:
    for size in (0, 7, 30, 100, len(GOOD) // 2, len(GOOD) - 30):
        folder = tmp_path / str(size)
        folder.mkdir()
        with pytest.raises(BadPackage, match=r"cannot unpack '.*x\.deb'"):
            run(folder, GOOD[:size])


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255), st.booleans())
def test_damage_never_escapes(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int, compressed: bool
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    plain = make_deb(data_tar(ITEMS[:15]), "")
    damaged = bytearray(GOOD if compressed else plain)
    damaged[place % len(damaged)] ^= flip
    with contextlib.suppress(BadPackage):
        run(folder, bytes(damaged))
    assert set(os.listdir(folder)) <= {"x.deb", "out", "doc"}  # noqa: PTH208 -- names only


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not on PATH")
def test_dpkg_unpacks_the_same(tmp_path: Path) -> None:
    out, doc = run(tmp_path, GOOD)
    theirs = tmp_path / "theirs"
    subprocess.run(["dpkg-deb", "-x", tmp_path / "x.deb", theirs], check=True)
    for item in ITEMS:
        if item.kind == tarfile.REGTYPE:
            name = item.name[2:]
            ours = doc if "/doc/" in name or "/man/" in name else out
            folded = f"usr/{name}" if name.startswith("lib/") else name
            assert (ours / folded).read_bytes() == (theirs / name).read_bytes()
