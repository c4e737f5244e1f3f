"""Debian's packages for one architecture as values of the language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from builder.debian.archive import PackageSet
from builder.debian.closure import closure, unknown_package
from builder.debian.package import BinaryPackage
from builder.fetch.expected import Expected
from builder.flake.debian_values import guarded, text
from builder.lang.deferred import DeferredAttrs
from builder.lang.errors import EvalError
from builder.lang.thunks import call, make_thunk
from builder.lang.values import Value

FETCH_VERSION = 1
UNPACK_VERSION = 1


@dataclass(slots=True, kw_only=True)
class Packages:
    """One system's packages as values of the language, each made once."""

    system: str
    load: Callable[[], PackageSet]
    mirror: str | None
    derivation: Value
    _index: PackageSet | None = None
    _made: dict[str, Value] = field(default_factory=dict)
    _all: dict[str, Value] | None = None

    @property
    def index(self) -> PackageSet:
        """The index, fetched when first needed."""
        if self._index is None:
            self._index = guarded(self.load)
        return self._index

    def all(self) -> dict[str, Value]:
        """Every package by name, lazily."""
        if self._all is None:
            self._all = DeferredAttrs(self._find, self.index.names)
        return self._all

    def _find(self, name: str) -> Value:
        if self.index.get(name) is None:
            raise KeyError(name)
        return self.get(name)

    def get(self, name: str) -> Value:
        """The package called `name`; raises `EvalError` with the nearest names."""
        if name not in self._made:
            found = self.index.get(name)
            if found is None:
                raise EvalError(str(unknown_package(self.index, name)))
            self._made[name] = self._package(found)
        return self._made[name]

    def fetched(self, path: str, expected: Expected) -> Value:
        """The derivation of a file of the archive, lazily; `path` is below a mirror."""
        name = path.rpartition("/")[2]
        return fetched(self.derivation, name, path, expected, self.mirror)

    def _package(self, package: BinaryPackage) -> Value:
        version = _store_name(package.version)
        source = self.fetched(package.filename, Expected(sha256=package.sha256, size=package.size))
        name = f"{_store_name(package.name)}-{version}"
        made: dict[str, Value] = dict(unpacked(self.derivation, name, source))
        made.update(
            {
                "pname": package.name,
                "debianName": package.name,
                "version": package.version,
                "source": _source_of(package),
                "src": source,
                "dependencies": make_thunk(lambda: self._dependencies(package)),
                "meta": {
                    "description": package.description,
                    "homepage": package.homepage or None,
                    "section": package.section,
                    "name": f"{package.name}-{package.version}",
                },
            }
        )
        return made

    def _dependencies(self, package: BinaryPackage) -> list[Value]:
        """Names of the packages that fulfil `package`'s direct dependencies."""
        whole = guarded(lambda: closure(self.index, [package.name]))
        direct = _names(f"{package.pre_depends},{package.depends}")
        return [
            found.name for found in whole if found.name in direct or direct & _names(found.provides)
        ]

    def closure(self, names: list[str], exclude: list[str]) -> list[Value]:
        """The packages needed by those named, as `builder.debian.closure.closure`."""
        found = guarded(lambda: closure(self.index, names, provided=frozenset(exclude)))
        return [self.get(package.name) for package in found]


def served_for(served: Mapping[str, Packages], system: Value) -> Packages:
    """The packages of a system; raises EvalError when the suite has none."""
    name = text(system)
    if name not in served:
        raise EvalError(f"this suite has no packages for '{name}'; it has {', '.join(served)}")
    return served[name]


def fetched(
    derivation: Value, name: str, path: str, expected: Expected, mirror: str | None
) -> Value:
    """The derivation of a file of the archive, lazily; `path` is below a mirror."""
    fetch: dict[str, Value] = {
        "name": _store_name(name),
        "system": "builtin",
        "builder": "builtin:fetch-deb",
        "version": FETCH_VERSION,
        "path": path,
        "sha256": expected.sha256,
        "size": expected.size,
        "outputHashMode": "flat",
        "outputHashAlgo": "sha256",
        "outputHash": expected.sha256,
    }
    if mirror:
        fetch["mirror"] = mirror
    return make_thunk(lambda: call(derivation, fetch))


def unpacked(derivation: Value, name: Value, deb: Value) -> dict[str, Value]:
    """The derivation of a package's files; `deb` is its .deb."""
    unpack: dict[str, Value] = {
        "name": name,
        "system": "builtin",
        "builder": "builtin:unpack-deb",
        "builderVersion": UNPACK_VERSION,
        "deb": deb,
        "outputs": ["out", "doc"],
    }
    made: dict[str, Value] = call(derivation, unpack)
    return made


def _names(field: str) -> set[str]:
    """All package names in a dependency field."""
    return set(re.findall(r"[a-z0-9][a-z0-9+.-]+", field))


def _source_of(package: BinaryPackage) -> Value:
    """The source package that `package` was built of; Debian names its version where it differs."""
    name, _, version = package.source.partition(" ")
    return {"name": name, "version": version.strip("()") or package.version}


def _store_name(text: str) -> str:
    """`text` with what a store path's name may not have replaced: Debian uses ``~`` and ``:``."""
    return re.sub(r"[^A-Za-z0-9+._?=-]", "-", text).lstrip(".")
