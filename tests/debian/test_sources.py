"""Source packages: build dependencies with their restrictions, and the index."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from builder.debian.errors import DebianError
from builder.debian.relation import describe, parse_build
from builder.debian.sources import SourceIndex, build_source_index

STANZA = """\
Package: thing
Binary: thing, libthing1,
 libthing-dev
Version: {version}
Build-Depends: debhelper-compat (= 13), zlib1g-dev,
 check <!nocheck>
Build-Depends-Indep: python3
Directory: pool/main/t/thing
Checksums-Sha256:
 {digest} 10 thing_{version}.dsc
 {digest} 20 thing_{version}.tar.xz
"""


@pytest.mark.parametrize(
    ("field", "architecture", "profiles", "kept"),
    [
        ("a, b (>= 1)", "amd64", (), "a, b (>= 1)"),
        ("a [amd64], b [!amd64]", "amd64", (), "a"),
        ("a [amd64 arm64], b [i386]", "arm64", (), "a"),
        ("a [linux-any], b [kfreebsd-any], c [any-amd64]", "amd64", (), "a, c"),
        ("a [!hurd-any !i386]", "amd64", (), "a"),
        ("a <!nocheck>, b <nocheck>", "amd64", (), "a"),
        ("a <!nocheck>, b <nocheck>", "amd64", ("nocheck",), "b"),
        ("a <!nocheck !cross>, b <!nocheck> <stage1>", "amd64", ("nocheck", "stage1"), "b"),
        (
            "a [amd64] <!nocheck> | b, c:native (>> 2) [arm64] | d",
            "arm64",
            (),
            "b, c:native (>> 2) | d",
        ),
        ("a [i386]", "amd64", (), ""),
    ],
)
def test_build_dependencies(
    field: str, architecture: str, profiles: tuple[str, ...], kept: str
) -> None:
    groups = parse_build(field, architecture, profiles)
    assert ", ".join(describe(group) for group in groups) == kept


def index(folder: Path, *versions: str) -> SourceIndex:
    text = "\n".join(STANZA.format(version=version, digest="ab" * 32) for version in versions)
    (folder / "Sources.xz").write_bytes(lzma.compress(text.encode()))
    build_source_index(folder / "Sources.xz", folder / "sources.sqlite")
    return SourceIndex(folder / "sources.sqlite")


def test_a_source_package(tmp_path: Path) -> None:
    found = index(tmp_path, "1.9", "1.10").get("thing")
    assert (found.name, found.version) == ("thing", "1.10")
    assert found.binaries == ("thing", "libthing1", "libthing-dev")
    assert [(file.name, file.path, file.expected.size) for file in found.files] == [
        ("thing_1.10.dsc", "pool/main/t/thing/thing_1.10.dsc", 10),
        ("thing_1.10.tar.xz", "pool/main/t/thing/thing_1.10.tar.xz", 20),
    ]
    groups = parse_build(found.build_depends, "amd64")
    assert [group[0].name for group in groups] == [
        *("debhelper-compat", "zlib1g-dev", "check", "python3")
    ]
    assert index(tmp_path, "1.9", "1.10").get("thing", "1.9").version == "1.9"


def test_a_source_package_that_is_not_there(tmp_path: Path) -> None:
    sources = index(tmp_path, "1.9", "1.10")
    with pytest.raises(DebianError, match=r"no source package 'thin' .*did you mean thing\?"):
        sources.get("thin")
    with pytest.raises(DebianError, match=r"not there in version 2, only in 1\.9, 1\.10"):
        sources.get("thing", "2")


def test_a_damaged_index(tmp_path: Path) -> None:
    (tmp_path / "Sources.xz").write_bytes(lzma.compress(b"Package: x\nVersion: 1\n"))
    with pytest.raises(DebianError, match="has no 'Directory'"):
        build_source_index(tmp_path / "Sources.xz", tmp_path / "out")
    assert not (tmp_path / "out").exists()
