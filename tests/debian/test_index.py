"""An index as a database: whatever pieces it comes in, each package is found in it."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from builder.debian import index
from builder.debian.errors import DebianError
from builder.debian.index import PackageIndex, build_index

COUNT = 500


def _stanza(number: int) -> str:
    more = f"Provides: virtual-{number % 7} (= {number}), also\n" if number % 3 == 0 else ""
    more += "Essential: yes\n" if number % 100 == 0 else ""
    first = f"Package: p{number}\nArchitecture: all\n"
    if number % 50 == 1:  # a name need not come first
        first = f"Architecture: all\nPackage: p{number}\n"
    return (
        f"{first}Version: {number}\n{more}Filename: pool/p{number}.deb\n"
        f"Size: {number}\nSHA256: {number:064x}\nDescription: números {number}\n"
    )


@pytest.mark.parametrize(("chunk", "block"), [(1, 1), (97, 1000), (1 << 20, 1 << 14)])
def test_pieces_do_not_matter(
    chunk: int, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks that end within a name or a letter, blocks of one stanza and of all."""
    monkeypatch.setattr(index, "_CHUNK", chunk)
    monkeypatch.setattr(index, "_BLOCK", block)
    packed = tmp_path / "Packages.xz"
    packed.write_bytes(lzma.compress("\n".join(map(_stanza, range(COUNT))).encode()))
    build_index(packed, tmp_path / "index.sqlite")
    packages = PackageIndex(tmp_path / "index.sqlite", "amd64")
    assert packages.names() == tuple(sorted(f"p{number}" for number in range(COUNT)))
    assert packages.essential() == ("p0", "p100", "p200", "p300", "p400")
    for number in range(COUNT):
        found = packages.get(f"p{number}")
        assert found is not None
        assert (found.version, found.size) == (str(number), number)
        assert found.description == f"números {number}"
    provided = packages.providers("virtual-3")
    wanted = sorted(f"p{number}" for number in range(COUNT) if number % 21 == 3)
    assert [package.name for package, _ in provided] == wanted
    assert {f"p{version}" for _, version in provided} == set(wanted)
    assert packages.get("p") is None


@pytest.mark.parametrize("cut", [10, 2000])
def test_an_index_that_ends_too_early(cut: int, tmp_path: Path) -> None:
    """It is damaged, and no database is there."""
    packed = tmp_path / "Packages.xz"
    packed.write_bytes(lzma.compress("\n".join(map(_stanza, range(COUNT))).encode())[:cut])
    with pytest.raises(DebianError, match="ends too early"):
        build_index(packed, tmp_path / "index.sqlite")
    assert [file.name for file in tmp_path.iterdir()] == ["Packages.xz"]
