"""Versions, relations and closures."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.debian import relation, version
from builder.debian.closure import closure
from builder.debian.errors import DebianError, UnknownPackage, Unsatisfiable
from builder.debian.index import nearest
from builder.debian.package import BinaryPackage

ORDERED = [
    "0~~", "0~", "0", "0+a", "1~rc1", "1", "1-0.1", "1-1", "1-1a", "1-1+b1", "1a", "1.0~a", "1.0.1",
    "1.2", "1.10", "1.10a~", "1.10a", "1.10aa", "1.10+", "1:0.1", "1:0.1-1~deb", "10:1",
]  # fmt: skip

versions = st.from_regex(
    r"([0-9]{1,3}:)?[0-9][0-9A-Za-z.+~]{0,8}(-[0-9A-Za-z.+~]{1,6})?", fullmatch=True
)


def test_known_order() -> None:
    for (i, a), (j, b) in itertools.product(enumerate(ORDERED), repeat=2):
        assert version.compare(a, b) == (i > j) - (i < j), (a, b)


def test_equal_spellings_and_refusals() -> None:
    for a, b in (("1.0", "0:1.0-0"), ("1.0", "1.00"), ("1.", "1.0")):
        assert version.compare(a, b) == 0
    for bad in ("", "1-", "a b", "x:1", ":1", "1_2"):
        with pytest.raises(DebianError, match="not a version"):
            version.key(bad)


@given(versions, versions, versions)
def test_order_is_total(a: str, b: str, c: str) -> None:
    assert version.compare(a, b) == -version.compare(b, a)
    if version.compare(a, b) <= 0 and version.compare(b, c) <= 0:
        assert version.compare(a, c) <= 0


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not on PATH")
def test_dpkg_agrees() -> None:
    for a, b in itertools.product(ORDERED[::2], ORDERED[1::2]):
        done = subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False)
        assert (done.returncode == 0) == version.fulfils(a, "<<", b), (a, b)


def test_relations() -> None:
    groups = relation.parse("libc6 (>= 2.36), a:any | b (<<1), c")
    assert [relation.describe(group) for group in groups] == [
        "libc6 (>= 2.36)",
        "a:any | b (<< 1)",
        "c",
    ]
    assert relation.parse(" ,") == ()
    with pytest.raises(DebianError, match="'b c' in"):
        relation.parse("a, b c")


class Index:
    """An index of packages made on the spot."""

    architecture = "amd64"

    def __init__(self, *packages: BinaryPackage) -> None:
        self.packages = {package.name: package for package in packages}

    def get(self, name: str) -> BinaryPackage | None:
        return self.packages.get(name)

    def providers(self, name: str) -> Sequence[tuple[BinaryPackage, str | None]]:
        return [
            (package, one.version)
            for _, package in sorted(self.packages.items())
            for group in relation.parse(package.provides)
            for one in group
            if one.name == name
        ]

    def nearest(self, name: str) -> Sequence[str]:
        return nearest(name, self.packages)


def package(
    name: str,
    depends: str = "",
    *,
    version: str = "1",
    pre: str = "",
    provides: str = "",
    multi_arch: str = "no",
    priority: str = "optional",
) -> BinaryPackage:
    return BinaryPackage(
        name=name,
        version=version,
        architecture="amd64",
        filename="",
        size=0,
        sha256="",
        depends=depends,
        pre_depends=pre,
        provides=provides,
        recommends="never-there",
        essential=False,
        multi_arch=multi_arch,
        priority=priority,
        section="",
        source=name,
        homepage="",
        description="",
        installed_size=0,
    )


def names(index: Index, *wanted: str, provided: Sequence[str] = ()) -> str:
    return " ".join(p.name for p in closure(index, wanted, provided=provided))


def test_depends_and_pre_depends_with_a_cycle() -> None:
    index = Index(package("a", "b"), package("b", "c", pre="d"), package("c", "a"), package("d"))
    assert names(index, "a") == "a b c d"
    assert names(index) == ""


def test_alternatives() -> None:
    index = Index(
        package("app", "x | y, z"), package("x"), package("y"), package("z", "y | x"),
        package("late", "missing | y"),
    )  # fmt: skip
    assert names(index, "app") == "app x z"
    assert names(index, "app", "y") == "app y z"
    assert names(index, "late") == "late y"
    # What something else needs without alternative wins over the first one.
    index = Index(package("app", "x | y, w"), package("x"), package("y"), package("w", "y"))
    assert names(index, "app") == "app w y"


def test_virtual_packages() -> None:
    index = Index(
        package("app", "awk"),
        package("gawk", provides="awk"),
        package("mawk", provides="awk", priority="required"),
        package("old", "abi (>= 3)"),
        package("libabi", provides="abi (= 3.1)"),
        package("bad", "abi (>= 4)"),
        package("unversioned", "awk (>= 1)"),
    )
    assert names(index, "app") == "app mawk"
    assert names(index, "app", "gawk") == "app gawk"
    assert names(index, "old") == "libabi old"
    for name in ("bad", "unversioned"):
        with pytest.raises(Unsatisfiable):
            names(index, name)


def test_versions_and_architectures() -> None:
    index = Index(
        package("lib", version="1:2.0-1"),
        package("new", "lib (>= 1:2)"),
        package("newer", "lib (>> 1:2.0-1)"),
        package("python", multi_arch="allowed"),
        package("tool", "python:any, lib:native"),
        package("tool2", "lib:any"),
        package("tool3", "lib:amd64"),
        package("tool4", "lib:arm64"),
    )
    assert names(index, "new") == "lib new"
    assert names(index, "tool") == "lib python tool"
    assert names(index, "tool3") == "lib tool3"
    for name in ("tool2", "tool4", "newer"):
        with pytest.raises(Unsatisfiable):
            names(index, name)


def test_provided_is_left_out() -> None:
    index = Index(
        package("app", "debconf (>= 0.5) | debconf-2.0, adduser, lib"),
        package("adduser", "passwd"),
        package("passwd"),
        package("debconf"),
        package("lib", "debconf"),
    )
    assert names(index, "app", provided=["debconf", "adduser"]) == "app lib"
    assert names(index, "app", "adduser", provided=["debconf", "adduser"]) == "app lib"


def test_what_a_provided_package_provides_is_there_too() -> None:
    index = Index(
        package("app", "perlapi"), package("perl-base", provides="perlapi"), package("lib")
    )
    assert names(index, "app", provided=["perl-base"]) == "app"


def test_errors_tell_the_way_and_the_nearest_name() -> None:
    index = Index(package("top", "middle"), package("middle", "gone (>= 2)"), package("systemd"))
    with pytest.raises(Unsatisfiable) as caught:
        names(index, "top")
    text = str(caught.value)
    assert "'middle' depends on 'gone (>= 2)'" in text
    assert "wanted by middle ← top" in text
    with pytest.raises(UnknownPackage, match=r"no package 'sytemd' .* did you mean systemd"):
        names(index, "sytemd")


@given(st.permutations(["app", "z", "y", "late"]))
def test_order_of_names_does_not_matter(wanted: list[str]) -> None:
    index = Index(
        package("app", "x | y2"), package("x"), package("y"), package("z", "y2 | x"),
        package("late", "x | y"), package("y2"),
    )  # fmt: skip
    assert names(index, *wanted) == names(index, "app", "z", "y", "late")
