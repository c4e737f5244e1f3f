"""Store formats against what the real Nix computed (files in data/), and in both directions."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.store import base32, nar
from builder.store.derivation import Derivation
from builder.store.errors import FormatError
from builder.store.hash_modulo import HashModulo
from builder.store.hashes import Hash, hash_bytes
from builder.store.instantiate import derivation_path, instantiate
from builder.store.nar_restore import restore
from builder.store.paths import StorePath, make_fixed_output_path, make_text_path
from tests.reference import nix

DATA = Path(__file__).parent / "data"


@given(st.binary(max_size=80))
def test_base32_round_trip(data: bytes) -> None:
    text = base32.encode(data)
    assert len(text) == base32.encoded_length(len(data))
    assert base32.decode(text) == data


def test_base32_known_and_refused() -> None:
    digest = hashlib.sha256(b"hello").digest()
    assert base32.encode(digest) == "094qif9n4cq4fdg459qzbhg1c6wywawwaaivx0k0x8xhbyx4vwic"
    for bad in ("e", "0u", "z"):
        with pytest.raises(FormatError, match="base 32"):
            base32.decode(bad)


@pytest.mark.parametrize("algo", ["md5", "sha1", "sha256", "sha512"])
def test_hash_notations(algo: str) -> None:
    value = hash_bytes(algo, b"neve")
    for text in (value.sri, str(value), f"{algo}:{value.base32}", f"{algo}:{value.base64}"):
        assert Hash.parse(text) == value
        assert Hash.parse(text, algo) == value
    for bare in (value.base16, value.base32, value.base64):
        assert Hash.parse(bare, algo) == value
    with pytest.raises(FormatError):
        Hash.parse(value.base16)
    with pytest.raises(FormatError):
        Hash.parse(value.sri, "sha1" if algo != "sha1" else "md5")
    with pytest.raises(FormatError):
        Hash.parse(value.base16[1:], algo)


def test_store_path_is_validated() -> None:
    path = StorePath.parse("/nix/store/igyqgjr9qf4b57k33k7js2m3dbmmj2na-src.txt")
    assert (path.digest, path.name) == ("igyqgjr9qf4b57k33k7js2m3dbmmj2na", "src.txt")
    assert StorePath.split(f"{path}/a/b") == (path, "/a/b")
    for bad in (
        "/nix/store",
        "/nix/storeigyqgjr9qf4b57k33k7js2m3dbmmj2na-x",
        "/nix/store/igyqgjr9qf4b57k33k7js2m3dbmmj2na-",
        "/nix/store/igyqgjr9qf4b57k33k7js2m3dbmmj2na-a/b",
        "/nix/store/igyqgjr9qf4b57k33k7js2m3dbmmj2na-..",
        "/nix/store/igyqgjr9qf4b57k33k7js2m3dbmmj2na-a\n",
        "/nix/store/egyqgjr9qf4b57k33k7js2m3dbmmj2na-src",
    ):
        with pytest.raises(FormatError):
            StorePath.parse(bad)


def test_known_content_paths() -> None:
    assert str(make_text_path("src.txt", b"hello\n")) == (
        "/nix/store/igyqgjr9qf4b57k33k7js2m3dbmmj2na-src.txt"
    )
    with pytest.raises(FormatError, match="must not refer"):
        make_fixed_output_path(
            "x",
            hash_bytes("sha1", b""),
            recursive=True,
            references=[make_text_path("src.txt", b"hello\n")],
        )


def golden() -> dict[StorePath, Derivation]:
    found = {}
    for file in sorted((DATA / "drv").iterdir()):
        path = StorePath(file.name)
        found[path] = Derivation.parse(file.read_bytes(), path.name.removesuffix(".drv"))
    return found


def test_derivations_are_written_and_named_as_nix_does() -> None:
    for path, derivation in golden().items():
        assert derivation.to_aterm() == (DATA / "drv" / path.base).read_bytes()
        assert derivation_path(derivation) == path


def again(derivation: Derivation, modulo: HashModulo) -> tuple[StorePath, Derivation]:
    """`derivation` made anew from what its expression gave."""
    fixed = derivation.outputs["out"] if derivation.is_fixed else None
    return instantiate(
        name=derivation.name,
        system=derivation.system,
        builder=derivation.builder,
        args=derivation.args,
        env={k: v for k, v in derivation.env.items() if k not in derivation.outputs},
        outputs=list(derivation.outputs),
        output_hash=fixed.content if fixed else None,
        recursive=fixed.recursive if fixed else False,
        input_srcs=derivation.input_srcs,
        input_drvs=derivation.input_drvs,
        modulo=modulo,
    )


def test_instantiate_computes_the_same_outputs() -> None:
    known = golden()
    assert any(d.env.get("__json") for d in known.values())
    assert any(len(d.outputs) == 3 for d in known.values())
    for path, derivation in known.items():
        assert again(derivation, HashModulo(known.__getitem__)) == (path, derivation)


def test_real_nix_instantiates_the_same(tmp_path: Path) -> None:
    root = tmp_path / "root"
    expression = DATA / "derivations.nix"
    command = ("nix-instantiate", "--store", str(root), str(expression))
    done = nix().run(*command, see=[DATA], write=[tmp_path])
    assert done.status == 0, done.err
    found = {file.name for file in (root / "nix/store").glob("*.drv")}
    assert found == {path.base for path in golden()}


def test_derivation_damage_is_named() -> None:
    content = next((DATA / "drv").iterdir()).read_bytes()
    with pytest.raises(FormatError, match="derivation 'x' is damaged: expected"):
        Derivation.parse(content[:-10], "x")
    with pytest.raises(FormatError, match="expected the end"):
        Derivation.parse(content + b" ", "x")


def test_fixed_and_bad_outputs() -> None:
    none: dict[StorePath, Derivation] = {}
    modulo = HashModulo(none.__getitem__)
    common = {"system": "s", "builder": "b", "args": (), "env": {}, "input_drvs": {}}
    for name, outputs, wrong in (
        ("a", (), "empty set"),
        ("a", ("out", "out"), "duplicate"),
        ("a.drv", ("out",), "end in '.drv'"),
        ("a b", ("out",), "illegal character ' '"),
    ):
        with pytest.raises(FormatError, match=wrong):
            instantiate(name=name, outputs=outputs, modulo=modulo, **common)  # type: ignore[arg-type]


def sample(folder: Path) -> Path:
    tree = folder / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "empty").mkdir()
    (tree / "sub/big").write_bytes(bytes(range(256)) * 8000)
    (tree / "sub/nothing").touch()
    (tree / "a.sh").write_text("#!/bin/sh\n")
    (tree / "a.sh").chmod(0o755)
    (tree / "ünïcode").write_text("x")
    (tree / "link").symlink_to("../nowhere")
    return tree


def test_nar_round_trip_and_real_nix(tmp_path: Path) -> None:
    tree = sample(tmp_path)
    pieces: list[bytes] = []
    nar.dump(tree, pieces.append)
    archive = b"".join(pieces)
    copy = tmp_path / "copy"
    assert restore(io.BytesIO(archive), copy) == len(archive)
    value, size = nar.hash_path(copy)
    assert size == len(archive)
    assert value.digest == hashlib.sha256(archive).digest()
    done = nix().run("nix-store", "--dump", str(tree), see=[tree])
    assert done.out.encode("utf-8", "surrogateescape") == archive


def test_nar_filter_and_single_file(tmp_path: Path) -> None:
    tree = sample(tmp_path)
    seen: list[tuple[str, str]] = []

    def keep(path: str, kind: str) -> bool:
        seen.append((Path(path).name, kind))
        return kind != "directory"

    pieces: list[bytes] = []
    nar.dump(tree, pieces.append, keep)
    assert seen == [
        ("a.sh", "regular"),
        ("empty", "directory"),
        ("link", "symlink"),
        ("sub", "directory"),
        ("ünïcode", "regular"),
    ]
    assert b"nothing" not in b"".join(pieces)
    pieces.clear()
    nar.dump(tree / "a.sh", pieces.append)
    assert b"".join(pieces) == nar.dump_file(b"#!/bin/sh\n", executable=True)


def evil(name: bytes) -> bytes:
    t = nar.text
    file = t(b"(") + t(b"type") + t(b"regular") + t(b"contents") + t(b"x") + t(b")")
    entry = t(b"entry") + t(b"(") + t(b"name") + t(name) + t(b"node") + file + t(b")")
    return t(nar.MAGIC) + t(b"(") + t(b"type") + t(b"directory") + entry * 2 + t(b")")


@pytest.mark.parametrize("name", [b"..", b".", b"", b"a/b", b"/a", b"same", b"a\0"])
def test_nar_refuses_bad_names(tmp_path: Path, name: bytes) -> None:
    with pytest.raises(FormatError, match="damaged NAR at byte"):
        restore(io.BytesIO(evil(name)), tmp_path / "out")
    assert {p.name for p in tmp_path.iterdir()} <= {"out"}


@given(st.data())
def test_nar_survives_damage(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("nar")
    archive = bytearray(evil(b"same"))
    place = data.draw(st.integers(0, len(archive) - 1))
    archive[place] ^= data.draw(st.integers(1, 255))
    try:
        restore(io.BytesIO(bytes(archive)), folder / "out")
    except FormatError:
        return
    # What is accepted is canonical: it gives the same bytes again.
    pieces: list[bytes] = []
    nar.dump(folder / "out", pieces.append)
    assert b"".join(pieces) == bytes(archive)
