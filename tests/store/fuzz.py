"""Damaged and hostile input to every format that the store and the builder read.

``python -m tests.store.fuzz --count 100000 --seed 1 [FORMAT ...]`` changes sound
examples of each format at random: bytes, lengths, pieces cut out, doubled and
moved. Reading what comes out must give a value or a clear error of ours, and must
write nothing outside of the folder that it was told to write into.
"""

from __future__ import annotations

import argparse
import gzip
import io
import lzma
import random
import shutil
import sqlite3
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

from builder.debian.errors import DebianError
from builder.debian.unpack import unpack
from builder.store import nar
from builder.store.cache.errors import CacheError
from builder.store.cache.narinfo import parse_narinfo
from builder.store.canonical import remove_tree
from builder.store.database import Database
from builder.store.derivation import Derivation
from builder.store.errors import FormatError, StoreError
from builder.store.export import export_paths, import_paths
from builder.store.hashes import Hash
from builder.store.local import LocalStore
from builder.store.nar_restore import restore
from builder.store.window import Window

# What tells a user what is wrong.
CLEAR = (StoreError, CacheError, DebianError)
_TOKENS = (
    b"..", b".", b"/", b"\0", b"/etc/passwd", b"../../../escape", b"\xff" * 8, b"\xff\xff\xff\x7f",
    bytes(8), b"entry", b"directory", b"symlink", b"regular", b"executable", b"(", b")",
    b"99999999999999999999", b"-1", b"[", b'"', b"\\", b",", b"\n", b": ", b"sha256:", b"Derive(",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """Sound examples, and how one is read: what may be written goes below the folder."""

    examples: tuple[bytes, ...]
    read: Callable[[bytes, Path], object]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to four changes."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made) + 1)
        size = min(chance.choice((1, 1, 2, 4, 8, 16, 64)), len(made) - at)
        match chance.randrange(8):
            case 0:
                made[at : at + size] = chance.randbytes(size)
            case 1:
                del made[at : at + size]
            case 2:
                made[at:at] = made[at : at + size] * chance.randint(1, 3)
            case 3:
                made[at : at + size] = chance.choice(_TOKENS)
            case 4:
                del made[at:]
            case 5:
                other = chance.randrange(len(made) + 1)
                made[at : at + size] = made[other : other + size]
            case 6 if at < len(made):
                made[at] ^= 1 << chance.randrange(8)
            case _:
                token = chance.choice(_TOKENS)
                made[at : at + len(token)] = token
    return bytes(made)


# The formats.


def _tree(folder: Path) -> Path:
    tree = folder / "tree"
    (tree / "bin").mkdir(parents=True)
    (tree / "bin/run").write_text("#!/bin/sh\n")
    (tree / "bin/run").chmod(0o755)
    (tree / "empty").write_bytes(b"")
    (tree / "link").symlink_to("bin/run")
    (tree / "folder/inner").mkdir(parents=True)
    return tree


def _nar(folder: Path) -> Format:
    data = bytearray()
    nar.dump(_tree(folder), data.extend)
    return Format(
        examples=(bytes(data), nar.dump_file(b"content\n")),
        read=_restored,
    )


def _restored(text: bytes, target: Path) -> None:
    """Restore what comes byte by byte, and what comes in two blocks: with the same outcome."""
    half = len(text) * 2 // 3
    blocks = [text[:half], text[half:]]
    window = Window(lambda _: blocks.pop(0) if blocks else b"")
    told = [_outcome(io.BytesIO(text), target / "out"), _outcome(window, target / "doc")]
    assert str(told[0]) == str(told[1]), told
    if isinstance(told[0], FormatError):
        raise told[0]


def _outcome(source: BinaryIO | Window, tree: Path) -> int | Hash | FormatError:
    try:
        return restore(source, tree) and nar.hash_path(tree)[0]
    except FormatError as error:
        return error


_DIGEST = "igyqgjr9qf4b57k33k7js2m3dbmmj2na"
_NARINFO = f"""StorePath: /nix/store/{_DIGEST}-name
URL: nar/1bn7c3bf5z32cdgylhbp9nzhh6ydib5ngsm6mdhsvf233g0nh1ac.nar.xz
Compression: xz
FileHash: sha256:1bn7c3bf5z32cdgylhbp9nzhh6ydib5ngsm6mdhsvf233g0nh1ac
FileSize: 114980
NarHash: sha256:0lxjvvpr59c2mdram7ympy5ay741f180kv3349hvfc3f8nrmbqf6
NarSize: 464152
References: {_DIGEST}-name 7gx4kiv5m0i7d7qkixq2cwzbr10lvxwc-glibc
Deriver: 10dx1q4ivjb115y3h90mipaaz533nr0d-name.drv
Sig: key:lXQgzCFBA==
CA: fixed:r:sha256:0lxjvvpr59c2mdram7ympy5ay741f180kv3349hvfc3f8nrmbqf6
"""


def _narinfo(folder: Path) -> Format:
    return Format(
        examples=(_NARINFO.encode(),), read=lambda text, _: parse_narinfo(text, "x.narinfo")
    )


def _reread(text: bytes, _: Path) -> None:
    written = Derivation.parse(text, "top").to_aterm()
    assert Derivation.parse(written, "top").to_aterm() == written


def _derivation(folder: Path) -> Format:
    (example,) = (Path(__file__).parent / "data/drv").glob("*-top.drv")
    return Format(examples=(example.read_bytes(),), read=_reread)


def _export(folder: Path) -> Format:
    store = LocalStore(folder / "source")
    first = store.add_text("a", b"text", [])
    store.add_text("b", str(first).encode(), [first])
    path = store.add_path(_tree(folder / "exported"), "tree")
    data = io.BytesIO()
    export_paths(store, store.closure([*store.database.all_paths(), path]), data)
    kept = LocalStore(folder / "kept")

    def read(text: bytes, _: Path) -> None:
        try:
            import_paths(kept, io.BytesIO(text))
        finally:
            left = kept.database.all_paths()
            for table in ("Refs", "ValidPaths"):
                kept.database.connection.execute(f"delete from {table}")
            for path in left:
                remove_tree(kept.real_path(path))

    return Format(examples=(data.getvalue(),), read=read)


def _database(folder: Path) -> Format:
    store = LocalStore(folder / "source")
    first = store.add_text("a", b"text", [])
    second = store.add_text("b", str(first).encode(), [first])
    store.database.close()
    with sqlite3.connect(store.state / "db/db.sqlite") as connection:
        connection.execute("pragma journal_mode=delete")
        connection.execute("vacuum")
    connection.close()
    state = folder / "state"
    shutil.copytree(store.state / "db", state)

    def read(text: bytes, _: Path) -> None:
        for left in state.glob("db.sqlite*"):
            left.unlink()
        (state / "db.sqlite").write_bytes(text)
        database = Database(state)
        try:
            database.all_paths()
            database.closure([second])
            database.query(first)
            database.referrers(first)
            database.by_digest(second.digest)
        finally:
            database.close()

    return Format(examples=((store.state / "db/db.sqlite").read_bytes(),), read=read)


def _tar(folder: Path) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in ("usr", "usr/bin", "usr/share/doc/x"):
            member = tarfile.TarInfo(f"./{name}")
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(member)
        for name in ("usr/bin/run", f"usr/share/doc/x/{'long' * 40}"):
            member = tarfile.TarInfo(f"./{name}")
            member.size, member.mode = 5, 0o755
            archive.addfile(member, io.BytesIO(b"hello"))
        for kind, name in ((tarfile.SYMTYPE, "usr/bin/soft"), (tarfile.LNKTYPE, "usr/bin/hard")):
            member = tarfile.TarInfo(f"./{name}")
            member.type, member.linkname = kind, "./usr/bin/run"
            archive.addfile(member)
    return data.getvalue()


def _ar(*members: tuple[str, bytes]) -> bytes:
    made = b"!<arch>\n"
    for name, data in members:
        made += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
        made += data + b"\n" * (len(data) % 2)
    return made


def _unpacked(text: bytes, target: Path) -> None:
    deb = target.parent / "package.deb"
    deb.write_bytes(text)
    unpack(deb, target / "out", target / "doc", threads=2)


def _package(name: str, data: bytes) -> bytes:
    return _ar(("debian-binary", b"2.0\n"), ("control.tar", b""), (name, data))


def _plain_deb(folder: Path) -> Format:
    """A package whose tar archive lies open: changes hit its headers."""
    return Format(examples=(_package("data.tar", _tar(folder)),), read=_unpacked)


def _deb(folder: Path) -> Format:
    """Packages as Debian compresses them."""
    tar = _tar(folder)
    blocks = lzma.compress(tar[:5120]) + lzma.compress(tar[5120:])
    return Format(
        examples=(
            _package("data.tar.xz", lzma.compress(tar)),
            _package("data.tar.xz", blocks),
            _package("data.tar.gz", gzip.compress(tar, mtime=0)),
            _package("data.tar.zst", zstandard.ZstdCompressor().compress(tar)),
        ),
        read=_unpacked,
    )


FORMATS: dict[str, Callable[[Path], Format]] = {
    "nar": _nar,
    "narinfo": _narinfo,
    "drv": _derivation,
    "export": _export,
    "database": _database,
    "tar": _plain_deb,
    "deb": _deb,
}


def fuzz(name: str, count: int, seed: int, folder: Path) -> tuple[int, int]:
    """Read so many changed examples; how many were read well, and how many refused.

    Raises what is no clear error, and AssertionError for something written elsewhere; the
    input is then in ``<folder>/input``.
    """
    chance = random.Random(f"{name} {seed}")
    sources, around = folder / "sources", folder / "around"
    sources.mkdir()
    form = FORMATS[name](sources)
    good = bad = 0
    for example in form.examples:
        (around / "target").mkdir(parents=True)
        form.read(example, around / "target")
        remove_tree(around)
    for _ in range(count):
        data = mutated(chance.choice(form.examples), chance)
        target = around / "target"
        target.mkdir(parents=True)
        try:
            form.read(data, target)
            good += 1
        except CLEAR as error:
            assert str(error), type(error)
            bad += 1
        except BaseException:
            (folder / "input").write_bytes(data)
            raise
        inside = {path.name for path in around.iterdir()} - {"target", "package.deb"}
        assert not inside, f"{inside} was written outside; see {folder / 'input'}"
        assert {path.name for path in target.iterdir()} <= {"out", "doc"}
        remove_tree(around)
    return good, bad


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Damaged and hostile input.")
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for name in given.formats or FORMATS:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="neve-fuzz-") as folder:
            try:
                good, bad = fuzz(name, given.count, given.seed, Path(folder))
            except BaseException:
                if (found := Path(folder) / "input").exists():
                    kept = shutil.copy(found, tempfile.mkdtemp())
                    print(f"{name}: the input is {kept}", file=sys.stderr)
                raise
        seconds = time.monotonic() - start
        print(f"{name}: {given.count} inputs, {good} read, {bad} refused, {seconds:.0f} s")


if __name__ == "__main__":
    main()
