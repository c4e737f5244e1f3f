"""References in text and as attributes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.flake.errors import FlakeError
from builder.flake.reference import FlakeRef, Scalar, locate, parse_reference
from tests.flake.conftest import commit

BASE = Path("/base")


@pytest.mark.parametrize(
    ("text", "kind", "attributes"),
    [
        (".", "path", {"path": "."}),
        ("./x", "path", {"path": "./x"}),
        ("", "path", {"path": "."}),
        ("/x?dir=y", "path", {"path": "/x", "dir": "y"}),
        ("path:/a%20b", "path", {"path": "/a b"}),
        ("git+file:///x?ref=main", "git", {"url": "file:///x", "ref": "main"}),
        ("git+file:/x?ref=b&dir=d", "git", {"url": "file:///x", "ref": "b", "dir": "d"}),
        ("git+https://h/x?shallow=1", "git", {"url": "https://h/x", "shallow": True}),
        ("github:o/r/main", "github", {"owner": "o", "repo": "r", "ref": "main"}),
        ("tarball+http://h/x?dir=d", "tarball", {"url": "http://h/x", "dir": "d"}),
        ("no-such-file", "indirect", {"id": "no-such-file"}),
        ("git+file:./x", "git", {"url": "file:///base/x"}),
        ("debian:trixie", "debian", {"suite": "trixie"}),
        (
            "debian:trixie?components=main,contrib&mirror=http://m:1/x",
            "debian",
            {"suite": "trixie", "components": "main,contrib", "mirror": "http://m:1/x"},
        ),
    ],
)
def test_reading(text: str, kind: str, attributes: dict[str, str]) -> None:
    reference = parse_reference(text, BASE)
    assert reference == FlakeRef(type=kind, attributes=attributes)
    assert parse_reference(str(reference), BASE) == reference
    assert FlakeRef.from_json(reference.to_json()) == reference


text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)


@given(text, text, st.integers(0, 2**40))
def test_a_reference_reads_back(path: str, inner: str, number: int) -> None:
    attributes: dict[str, Scalar] = {
        "path": path,
        "dir": inner,
        "lastModified": number,
        "narHash": "sha256-a+/=",
    }
    reference = FlakeRef(type="path", attributes=attributes)
    read = parse_reference(f"{reference}&lastModified={number}", BASE)
    assert read == reference


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("github:a", "cannot read the flake reference 'github:a'"),
        ("gopher:a/b", "input 'gopher:a/b' is unsupported"),
        ("debian:", "'debian:' names no suite"),
        ("path:x?colour=red", "a reference of type 'path' has no attribute 'colour'"),
        ("path:x?lastModified=soon", "'lastModified' .* must be a number, not 'soon'"),
    ],
)
def test_what_cannot_be_read(reference: str, message: str) -> None:
    with pytest.raises(FlakeError, match=message):
        parse_reference(reference, BASE)


def test_unknown_types_name_the_known() -> None:
    with pytest.raises(FlakeError, match="input type 'svn' is not supported") as caught:
        FlakeRef.from_json({"type": "svn"})
    assert caught.value.hint == (
        "the types are debian, file, git, github, gitlab, hg, indirect, path, sourcehut, tarball"
    )


def test_a_folder_of_a_work_tree_is_git(tmp_path: Path) -> None:
    inner = tmp_path / "repo/sub"
    inner.mkdir(parents=True)
    (inner / "flake.nix").write_text("{}")
    plain = locate(parse_reference("repo/sub", tmp_path), tmp_path)
    assert plain == FlakeRef(type="path", attributes={"path": str(inner)})
    commit(tmp_path / "repo")
    wanted = {"url": f"file://{tmp_path}/repo", "dir": "sub"}
    for text in ("repo/sub", "repo/sub/flake.nix", "repo?dir=sub"):
        found = locate(parse_reference(text, tmp_path), tmp_path)
        assert found == FlakeRef(type="git", attributes=wanted)
    explicit = locate(parse_reference("path:repo/sub", tmp_path), tmp_path)
    assert explicit == FlakeRef(type="path", attributes={"path": str(inner)})
    with pytest.raises(FlakeError, match="does not exist"):
        locate(parse_reference("./nowhere", tmp_path), tmp_path)
