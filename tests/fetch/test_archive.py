"""Archives that are damaged are refused in our own words, whatever the damage."""

from __future__ import annotations

import io
import shutil
import tarfile
import zipfile
from pathlib import Path
from random import Random

import pytest
import zstandard

from builder.fetch.archive import unpack
from builder.fetch.errors import FetchError

_TEXT = b"hello" * 300 + Random(1).randbytes(500)


def _tar(mode: str) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as tape:  # type: ignore[call-overload]
        for name in ("top/one", "top/two"):
            entry = tarfile.TarInfo(name)
            entry.size = len(_TEXT)
            tape.addfile(entry, io.BytesIO(_TEXT))
        link = tarfile.TarInfo("top/link")
        link.type, link.linkname = tarfile.LNKTYPE, "top/one"
        tape.addfile(link)
    return target.getvalue()


def _zip(method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as bundle:
        for name in ("top/one", "top/two", "top/link"):
            bundle.writestr(zipfile.ZipInfo(name), _TEXT, method)
    return target.getvalue()


_ARCHIVES = {
    "tar": _tar("w:"),
    "gz": _tar("w:gz"),
    "bz2": _tar("w:bz2"),
    "xz": _tar("w:xz"),
    "zst": zstandard.compress(_tar("w:")),
    "stored": _zip(zipfile.ZIP_STORED),
    "deflated": _zip(zipfile.ZIP_DEFLATED),
    "lzma": _zip(zipfile.ZIP_LZMA),
}


@pytest.mark.parametrize("kind", _ARCHIVES)
def test_damaged_archives(kind: str, tmp_path: Path) -> None:
    """Whole it is unpacked; with bytes changed or missing it is that or a FetchError."""
    file, target = tmp_path / "file", tmp_path / "tree"
    file.write_bytes(_ARCHIVES[kind])
    assert {path.name: path.read_bytes() for path in unpack(file, target).root.iterdir()} == (
        dict.fromkeys(("one", "two", "link"), _TEXT)
    )
    refused = 0
    for seed in range(150):
        shutil.rmtree(target)
        random, data = Random(f"{kind}-{seed}"), bytearray(_ARCHIVES[kind])
        if seed % 3 == 0:
            del data[random.randrange(len(data)) :]
        else:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        file.write_bytes(data)
        try:
            unpack(file, target)
        except FetchError:
            refused += 1
    assert refused > 20
