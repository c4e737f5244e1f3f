"""A suite of an archive: its release file, and indices fetched when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.debian import version
from builder.debian.errors import DebianError, NotServed
from builder.debian.index import PackageIndex, build_index, index_path, nearest
from builder.debian.package import BinaryPackage
from builder.debian.release import Release
from builder.fetch.errors import FetchError, NotFound, WrongHash
from builder.fetch.expected import Expected

if TYPE_CHECKING:
    from builder.debian.sources import SourceIndex

ARCHITECTURES = {
    "x86_64-linux": "amd64",
    "aarch64-linux": "arm64",
    "riscv64-linux": "riscv64",
}
"""Debian's name of each system that Nix names."""

NOT_SERVED_HINT = (
    "the archive has moved on since the lock was made: update the lock "
    "(neve flake lock --update-input debian), or name a mirror that keeps old states "
    "(NEVE_DEBIAN_MIRROR, or ?mirror= in the input)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
    """A compressed index: `paths` below a mirror, best first, and what the release says of it."""

    paths: tuple[str, ...]
    expected: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Where a suite's indices come from and where they are kept.

    `suite` is the folder below ``dists/``; `mirrors` are base URLs, best
    first; `cache` is a folder that any number of processes share.
    """

    suite: str
    release: Release
    mirrors: tuple[str, ...]
    cache: Path

    def packages(self, architecture: str, components: Sequence[str] = ("main",)) -> PackageSet:
        """The packages of `components` for a Debian architecture, fetched if need be.

        Raises DebianError for what the release does not have, NotServed when
        no mirror has the index any more, FetchError for trouble on the way.
        """
        return PackageSet([self.index(architecture, component) for component in components])

    def index(self, architecture: str, component: str) -> PackageIndex:
        """One component's packages, as `packages`."""
        found = self.find(architecture, component)
        file = index_path(self.cache, found.expected.sha256)
        self._made(found, file, build_index)
        return PackageIndex(file, architecture)

    def sources(self, component: str = "main") -> SourceIndex:
        """One component's source packages, as `packages`."""
        # Imported here: few evaluations ask for sources.
        from builder.debian.sources import SourceIndex, build_source_index, source_index_path

        found = self._found(f"{component}/source/Sources.xz", component, "source")
        file = source_index_path(self.cache, found.expected.sha256)
        self._made(found, file, build_source_index)
        return SourceIndex(file)

    def _made(self, found: IndexFile, file: Path, build: Callable[[Path, Path], None]) -> None:
        if not file.is_file():
            compressed = self.cache / f"{found.expected.sha256}.xz"
            self._fetch(found, compressed)
            build(compressed, file)
            compressed.unlink(missing_ok=True)

    def find(self, architecture: str, component: str) -> IndexFile:
        """Where a component's index is; raises DebianError when the release has none."""
        path = f"{component}/binary-{architecture}/Packages.xz"
        return self._found(path, component, architecture)

    def _found(self, path: str, component: str, architecture: str) -> IndexFile:
        expected = self.release.files.get(path)
        if expected is None:
            raise DebianError(
                f"suite '{self.suite}' has no component '{component}' for architecture "
                f"'{architecture}'; it has the components {', '.join(self.release.components)} "
                f"for {', '.join(self.release.architectures)}"
            )
        names = [path]
        if self.release.by_hash:
            # The plain name may already be the next state's file.
            names.insert(0, f"{path.rpartition('/')[0]}/by-hash/SHA256/{expected.sha256}")
        paths = tuple(f"dists/{self.suite}/{name}" for name in names)
        return IndexFile(paths=paths, expected=expected)

    def _fetch(self, index: IndexFile, target: Path) -> None:
        # Imported here: most indices are at hand.
        from builder.fetch import http

        failures: list[FetchError] = []
        for mirror in self.mirrors:
            for path in index.paths:
                url = f"{mirror.rstrip('/')}/{path}"
                try:
                    return http.download(url, target, index.expected)
                except FetchError as error:
                    failures.append(error)
        told = "\n".join(f"  {error}" for error in failures)
        if all(isinstance(error, NotFound | WrongHash) for error in failures):
            raise NotServed(
                f"no mirror has the index '{index.paths[-1]}' of '{self.suite}' as of "
                f"{self.release.date:%Y-%m-%d}:\n{told}",
                hint=NOT_SERVED_HINT,
            )
        raise FetchError(f"cannot get the index '{index.paths[-1]}' of '{self.suite}':\n{told}")


class PackageSet:
    """Several indices of one architecture seen as one; of equal names the newest counts."""

    def __init__(self, indices: Sequence[PackageIndex]) -> None:
        self._indices = tuple(indices)
        if not self._indices:
            raise DebianError("a set of packages needs at least one component")

    @property
    def architecture(self) -> str:
        """The Debian architecture of all packages."""
        return self._indices[0].architecture

    def get(self, name: str) -> BinaryPackage | None:
        """The newest package called `name`."""
        found = [package for index in self._indices if (package := index.get(name))]
        return max(found, key=lambda package: version.key(package.version), default=None)

    def providers(self, name: str) -> Sequence[tuple[BinaryPackage, str | None]]:
        """Packages that provide `name`, sorted by name, with the version provided."""
        found = [
            (package, given)
            for index in self._indices
            for package, given in index.providers(name)
            if package == self.get(package.name)
        ]
        return sorted(found, key=lambda item: item[0].name)

    def essential(self) -> tuple[str, ...]:
        """The names of the packages that every Debian machine has, sorted."""
        return tuple(sorted({name for index in self._indices for name in index.essential()}))

    def names(self) -> tuple[str, ...]:
        """All packages' names, sorted."""
        if len(self._indices) == 1:
            return self._indices[0].names()
        return tuple(sorted({name for index in self._indices for name in index.names()}))

    def nearest(self, name: str) -> Sequence[str]:
        """At most three names that look like `name`, best first."""
        return nearest(name, self.names())
