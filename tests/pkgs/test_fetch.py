"""The fetchers, from files and repositories of this machine: URLs are no part of what they give."""

from __future__ import annotations

import hashlib
import io
import lzma
import tarfile
import uuid
import zipfile
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.repo import Repo

from builder.store.hashes import Hash
from builder.store.nar import dump, hash_path
from tests.pkgs.conftest import Packages
from tests.reference.building import real_builds

PATCH = """\
diff --git a/sub/b.txt b/sub/b.txt
index 1111111..2222222 100644
--- a/sub/b.txt
+++ b/sub/b.txt
@@ -1 +1 @@
-old b
+new b
diff --git a/a.txt b/a.txt
index 3333333..4444444 100644
--- a/a.txt
+++ b/a.txt
@@ -1 +1 @@
-old a
+new a
"""


@pytest.fixture
def unique() -> str:
    """Content that no store has yet."""
    return uuid.uuid4().hex


def sri(data: bytes) -> str:
    return Hash(algo="sha256", digest=hashlib.sha256(data).digest()).sri


def archive(path: Path, names: dict[str, bytes]) -> str:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as bundle:
            for name, data in names.items():
                bundle.writestr(name, data)
    else:
        with tarfile.open(path, "w:gz") as tape:
            for name, data in names.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tape.addfile(info, io.BytesIO(data))
    return f"file://{path}"


def tree_hash(folder: Path, names: dict[str, bytes]) -> str:
    for name, data in names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return hash_path(folder)[0].sri


def test_fetchurl_takes_the_first_that_is_right(
    packages: Packages, tmp_path: Path, unique: str
) -> None:
    (tmp_path / "right").write_text(unique)
    (tmp_path / "wrong").write_text("something else")
    urls = " ".join(f'"file://{tmp_path}/{name}"' for name in ("absent", "wrong", "right"))
    digest = sri(unique.encode())
    built = packages.build(f'pkgs: pkgs.fetchurl {{ urls = [ {urls} ]; hash = "{digest}"; }}')
    assert built.read_text() == unique
    assert built.name.endswith("-absent")
    base16 = hashlib.sha512(unique.encode()).hexdigest()
    text = f"""pkgs: pkgs.fetchurl {{
        url = "file://{tmp_path}/right"; sha512 = "{base16}"; name = "n"; }}"""
    assert packages.build(text).name.endswith("-n")


def test_fetchurl_says_what_is_wrong(packages: Packages, tmp_path: Path, unique: str) -> None:
    (tmp_path / "file").write_text(unique)
    url = f'url = "file://{tmp_path}/file";'
    for hash_, told in (
        ('hash = "";', f"got:    {sri(unique.encode())}"),
        ("hash = pkgs.lib.fakeHash;", f"got:    {sri(unique.encode())}"),
        ("", "give the result's `hash`"),
        ('hash = "a"; sha256 = "b";', "multiple hashes passed: hash, sha256"),
        (f'hash = "{sri(b"")}"; curlOpts = "-L";', "there is no argument curlOpts"),
    ):
        assert told in packages.failure(f"pkgs: pkgs.fetchurl {{ {url} {hash_} }}")
    gone = f'pkgs: pkgs.fetchurl {{ url = "file://{tmp_path}/gone"; hash = "{sri(b"gone")}"; }}'
    assert "cannot fetch the file from any of its URLs" in packages.failure(gone)


def test_fetchurl_runs_commands_over_the_result(
    packages: Packages, tmp_path: Path, unique: str
) -> None:
    (tmp_path / "file").write_text(unique)
    text = f"""pkgs: pkgs.fetchurl {{
        url = "file://{tmp_path}/file"; hash = "{sri(f"{unique}!".encode())}";
        postFetch = ''printf '!' >> $out; [ "$(cat $downloadedFile)" = {unique} ]'';
    }}"""
    assert packages.build(text).read_text() == f"{unique}!"
    failing = f"""pkgs: pkgs.fetchurl {{
        url = "file://{tmp_path}/file"; hash = "{sri(f"{unique}?".encode())}";
        postFetch = "printf x >> $out; false"; }}"""
    assert "failed with 1" in packages.failure(failing)
    program = f"""pkgs: pkgs.fetchurl {{
        url = "file://{tmp_path}/file"; executable = true; hash = "HASH"; }}"""
    (tmp_path / "program").write_text(unique)
    (tmp_path / "program").chmod(0o755)
    digest = hash_path(tmp_path / "program")[0].sri
    assert packages.build(program.replace("HASH", digest)).stat().st_mode & 0o111 == 0o111


@pytest.mark.parametrize("suffix", ["tar.gz", "zip"])
def test_fetchzip(packages: Packages, tmp_path: Path, unique: str, suffix: str) -> None:
    inner = {"a": unique.encode(), "b/c": b"c"}
    outer = {f"top/{name}": data for name, data in inner.items()}
    url = archive(tmp_path / f"x.{suffix}", outer)
    stripped, whole = tree_hash(tmp_path / "1", inner), tree_hash(tmp_path / "2", outer)
    built = packages.build(f'pkgs: pkgs.fetchzip {{ url = "{url}"; hash = "{stripped}"; }}')
    assert (built / "a").read_text() == unique
    text = f'pkgs: pkgs.fetchzip {{ url = "{url}"; hash = "{whole}"; stripRoot = false; }}'
    assert (packages.build(text) / "top/a").read_text() == unique
    less = tree_hash(tmp_path / "3", {"a": inner["a"]})
    text = f"""pkgs: pkgs.fetchzip {{
        url = "{url}"; hash = "{less}"; postFetch = "rm -r $out/b"; }}"""
    assert [path.name for path in packages.build(text).iterdir()] == ["a"]
    two = archive(tmp_path / f"two.{suffix}", {"x/1": b"", "y/2": unique.encode()})
    text = f'pkgs: pkgs.fetchzip {{ url = "{two}"; hash = "{sri(unique.encode())}"; }}'
    assert "has not exactly one folder at its top: x, y" in packages.failure(text)


def test_fetchpatch_leaves_out_what_changes(packages: Packages, tmp_path: Path) -> None:
    (tmp_path / "one.patch").write_text(PATCH)
    other = PATCH.split("diff --git a/a.txt")
    swapped = f"diff --git a/a.txt{other[1]}{other[0]}"
    (tmp_path / "two.patch").write_text(swapped.replace("1111111", "5555555"))

    def fetched(name: str, hash_: str, more: str = "") -> str:
        return (
            f'pkgs: pkgs.fetchpatch {{ url = "file://{tmp_path}/{name}.patch"; name = "p"; '
            f'hash = "{hash_}"; {more} }}'
        )

    def right(name: str, more: str = "") -> str:
        told = packages.failure(fetched(name, sri(more.encode() + b"unknown"), more))
        return told.split("got:")[1].split()[0]

    assert right("one") == right("two")
    text = packages.build(fetched("one", right("one"))).read_text()
    assert text == (
        "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-old a\n+new a\n"
        "--- a/sub/b.txt\n+++ b/sub/b.txt\n@@ -1 +1 @@\n-old b\n+new b\n"
    )
    for more, kept in (
        ('excludes = [ "sub/*" ];', "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-old a\n+new a\n"),
        ('relative = "sub";', "--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-old b\n+new b\n"),
        (
            'includes = [ "new/x/sub/*" ]; stripLen = 1; extraPrefix = "new/x/";',
            "--- a/new/x/sub/b.txt\n+++ b/new/x/sub/b.txt\n@@ -1 +1 @@\n-old b\n+new b\n",
        ),
    ):
        assert packages.build(fetched("one", right("one", more), more)).read_text() == kept, more
    two = fetched("one", sri(b"unknown"), "").replace("fetchpatch ", "fetchpatch2 ")
    digest = packages.failure(two).split("got:")[1].split()[0]
    assert (
        "index 1111111..2222222" in packages.build(two.replace(sri(b"unknown"), digest)).read_text()
    )
    turned = packages.build(fetched("one", right("one", "revert = true;"), "revert = true;"))
    assert "+old a\n-new a\n" in turned.read_text()


def test_fetchgit(packages: Packages, tmp_path: Path, unique: str) -> None:
    root = tmp_path / "repository"
    names = {"a": unique.encode(), "one/b": b"b", "two/c": b"c"}
    digest = tree_hash(root, names)
    repository = Repo.init(str(root))
    porcelain.add(repository, [str(root / name) for name in names])
    commit = porcelain.commit(
        repository, b"first", author=b"A <a@b>", committer=b"A <a@b>"
    ).decode()
    porcelain.tag_create(repository, b"v1")
    for which in (f'rev = "{commit}";', 'tag = "v1";', ""):
        text = f"""pkgs: pkgs.fetchgit {{ url = "file://{root}"; hash = "{digest}"; {which}
            name = "n{hash(which) % 1000}"; }}"""
        assert (packages.build(text) / "a").read_text() == unique, which
    sparse = tree_hash(tmp_path / "sparse", {"a": names["a"], "one/b": b"b"})
    text = f"""pkgs: pkgs.fetchgit {{ url = "file://{root}"; rev = "{commit}"; hash = "{sparse}";
        sparseCheckout = [ "one" ]; }}"""
    assert not (packages.build(text) / "two").exists()
    folder = tree_hash(tmp_path / "folder", {"c": b"c", "d": unique.encode()})
    text = f"""pkgs: pkgs.fetchgit {{ url = "file://{root}"; rev = "{commit}"; hash = "{folder}";
        rootDir = "two"; postFetch = "printf {unique} > $out/d"; }}"""
    assert sorted(path.name for path in packages.build(text).iterdir()) == ["c", "d"]
    missing = f'pkgs: pkgs.fetchgit {{ url = "file://{root}"; rev = "{"0" * 40}"; hash = ""; }}'
    assert "Cannot find Git revision" in packages.failure(missing)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            'fetchgit { url = "file:///x"; fetchLFS = true; }',
            "fetchgit: there is no argument fetchLFS",
        ),
        (
            'fetchgit { url = "file:///x"; leaveDotGit = true; }',
            "leaveDotGit and deepClone are refused",
        ),
        (
            'fetchzip { url = "file:///x"; stripRot = 1; }',
            "fetchzip: there is no argument stripRot",
        ),
        (
            'fetchurl { url = "file:///x"; curlOpts = ""; }',
            "fetchurl: there is no argument curlOpts",
        ),
    ],
)
def test_arguments_that_nobody_heeds_are_refused(packages: Packages, call: str, told: str) -> None:
    assert told in packages.failure(f"pkgs: pkgs.{call}")


def test_forges_know_their_archives(packages: Packages) -> None:
    rest = f'owner = "o"; repo = "r"; hash = "{sri(b"")}";'
    for function, more, archive_, repository in (
        (
            "fetchFromGitHub",
            'tag = "v1"; githubBase = "h";',
            "https://h/o/r/archive/refs/tags/v1.tar.gz",
            "https://h/o/r.git",
        ),
        (
            "fetchFromGitLab",
            'rev = "abc"; domain = "h"; group = "g";',
            "https://h/api/v4/projects/g%2Fo%2Fr/repository/archive.tar.gz?sha=abc",
            "https://h/g/o/r.git",
        ),
        (
            "fetchFromSourcehut",
            'rev = "abc"; domain = "h"; vc = "hg";',
            "https://hg.h/o/r/archive/abc.tar.gz",
            "https://hg.h/o/r",
        ),
        (
            "fetchFromGitea",
            'tag = "v1"; domain = "h";',
            "https://h/o/r/archive/v1.tar.gz",
            "https://h/o/r.git",
        ),
    ):
        call = f"pkgs.{function} {{ {rest} {more} }}"
        assert packages.text(f"pkgs: ({call}).urls") == f'["{archive_}"]'
        assert packages.text(f"pkgs: ({call}).gitRepoUrl") == repository
        by_git = f"pkgs.{function} {{ {rest} {more} fetchSubmodules = true; }}"
        assert packages.text(f"pkgs: ({by_git}).drvAttrs.url") == repository
    assert "give either `rev` or `tag`" in packages.failure(
        f"pkgs: pkgs.fetchFromGitHub {{ {rest} }}"
    )


def test_nix_fetchurl_builds_what_the_reference_builds(
    packages: Packages, tmp_path: Path, unique: str
) -> None:
    """``<nix/fetchurl.nix>``: a file, a program and the tree of a NAR, hashes checked by both."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").write_text(unique)
    (tree / "link").symlink_to("a")
    archive, packed = tmp_path / "tree.nar", tmp_path / "tree.nar.xz"
    with archive.open("wb") as file:
        dump(tree, file.write)
    packed.write_bytes(lzma.compress(archive.read_bytes()))
    program = tmp_path / "program"
    program.write_text(unique)
    program.chmod(0o755)
    wanted = {
        "program": f'hash = "{sri(unique.encode())}";',
        "program ": f'hash = "{hash_path(program)[0].sri}"; executable = true; name = "run";',
        "tree.nar": f'hash = "{hash_path(tree)[0].sri}"; unpack = true;',
        "tree.nar.xz": f'hash = "{hash_path(tree)[0].sri}"; unpack = true; name = "other";',
    }
    builds = real_builds(tmp_path)
    for name, given in wanted.items():
        url = f"file://{tmp_path}/{name.strip()}"
        text = f'import <nix/fetchurl.nix> {{ url = "{url}"; {given} }}'
        built = packages.build(f"pkgs: {text}")
        ran = builds.run("-E", text, see=[tmp_path])
        assert ran.status == 0, ran.err
        assert ran.out.strip() == f"/nix/store/{built.name}"
        assert hash_path(builds.made(ran)) == hash_path(built)


def test_nix_fetchurl_says_what_is_wrong(packages: Packages, tmp_path: Path, unique: str) -> None:
    (tmp_path / "file").write_text(unique)
    call = f'pkgs: import <nix/fetchurl.nix> {{ url = "file://{tmp_path}/file"; '
    assert "is no NAR archive" in packages.failure(f'{call} unpack = true; sha256 = ""; }}')
    assert "hash mismatch" in packages.failure(f'{call} hash = "{sri(b"other")}"; }}')
    (tmp_path / "file.xz").write_text(unique)
    call = f'pkgs: import <nix/fetchurl.nix> {{ url = "file://{tmp_path}/file.xz"; '
    assert "not compressed by xz" in packages.failure(f'{call} unpack = true; sha256 = ""; }}')
    plain = 'pkgs: derivation { name = "x"; system = "builtin"; builder = "builtin:fetchurl"; '
    assert "whose hash is not known" in packages.failure(f'{plain} url = "file:///a"; }}')
    fixed = f'{plain} outputHash = "{sri(b"other")}"; }}'
    assert "attribute 'url' missing" in packages.failure(fixed)
