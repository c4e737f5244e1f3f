"""The outputs of a ``debian:`` input: each binary package as a derivation.

- ``legacyPackages.<system>.<package>``: a derivation with the outputs ``out``
  and ``doc``, and the attributes ``pname``, ``debianName``, ``version``,
  ``src`` (the .deb), ``dependencies`` (names, resolved), ``meta``
- ``lib.packages { system, extend }``: the same packages, each as the function `extend` makes it
- ``lib.closure { system, packages, exclude ? [] }``: the packages that the
  named ones need, themselves included, sorted by name
- ``lib.source { system, name, version ? null, profiles ? [] }``: a source package: ``name``,
  ``version``, ``files`` (each ``{ name, file }``, a derivation), ``binaries`` (names) and
  ``buildInputs``, all packages that building it needs, with the essential ones and build-essential
- ``indices.<system>``: the package indices, a list of ``{ path, file }``: `path` below a mirror,
  `file` a derivation. With the input's own InRelease they make a mirror for a machine without
  network, on which the same lock is evaluated
- ``suite``, ``date`` (YYYYMMDD)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from builder.debian.archive import ARCHITECTURES, Archive, IndexFile, PackageSet
from builder.debian.closure import closure, unknown_package
from builder.debian.errors import DebianError
from builder.debian.package import BinaryPackage
from builder.debian.release import Release
from builder.debian.sources import SourceIndex
from builder.fetch.http import Expected
from builder.flake.debian_sources import source_function
from builder.flake.reference import FlakeRef
from builder.lang.deferred import DeferredAttrs
from builder.lang.errors import EvalError
from builder.lang.thunks import call, force, make_thunk
from builder.lang.values import ContextString, Value

T = TypeVar("T")
FETCH_VERSION = 1
UNPACK_VERSION = 1


def debian_outputs(
    *,
    reference: FlakeRef,
    release: Path,
    mirrors: Callable[[str | None], tuple[str, ...]],
    cache: Path,
    derivation: Value,
) -> dict[str, Value]:
    """The outputs of the input locked as `reference`, whose InRelease is at `release`.

    `derivation` is the language's builtin of that name.
    """
    parsed = Release.parse(release.read_bytes())
    suite = reference.get("suite")
    mirror = reference.get("mirror") or None
    components = tuple(reference.get("components", "main").replace(",", " ").split())

    def source_indices() -> list[SourceIndex]:
        archive = Archive(suite=suite, release=parsed, mirrors=mirrors(mirror), cache=cache)
        return [archive.sources(component) for component in components]

    def package_set(system: str) -> PackageSet:
        archive = Archive(suite=suite, release=parsed, mirrors=mirrors(mirror), cache=cache)
        return archive.packages(ARCHITECTURES[system], components)

    def indices(system: str) -> list[Value]:
        archive = Archive(suite=suite, release=parsed, mirrors=(), cache=cache)
        found = [archive.find(ARCHITECTURES[system], component) for component in components]
        return [_index(file, derivation, mirror) for file in found]

    served = {
        system: Packages(
            system=system,
            load=partial(package_set, system),
            mirror=mirror,
            derivation=derivation,
        )
        for system, architecture in ARCHITECTURES.items()
        if architecture in parsed.architectures
    }
    return {
        "legacyPackages": {system: make_thunk(packages.all) for system, packages in served.items()},
        "lib": {
            "closure": _closure_function(served),
            "packages": _packages_function(served),
            "source": source_function(served, source_indices),
        },
        "indices": {
            system: make_thunk(partial(guarded, partial(indices, system))) for system in served
        },
        "suite": parsed.codename or suite,
        "date": f"{parsed.date:%Y%m%d}",
    }


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
        return _fetched(self.derivation, name, path, expected, self.mirror)

    def _package(self, package: BinaryPackage) -> Value:
        version = _store_name(package.version)
        source = self.fetched(package.filename, Expected(sha256=package.sha256, size=package.size))
        unpack: dict[str, Value] = {
            "name": f"{_store_name(package.name)}-{version}",
            "system": "builtin",
            "builder": "builtin:unpack-deb",
            "builderVersion": UNPACK_VERSION,
            "deb": source,
            "outputs": ["out", "doc"],
        }
        made: dict[str, Value] = dict(call(self.derivation, unpack))
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


def _fetched(
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


def _index(found: IndexFile, derivation: Value, mirror: str | None) -> Value:
    path, name = found.paths[0], found.paths[-1].rpartition("/")[2]
    return {"path": path, "file": _fetched(derivation, name, path, found.expected, mirror)}


def _names(field: str) -> set[str]:
    """All package names in a dependency field."""
    return set(re.findall(r"[a-z0-9][a-z0-9+.-]+", field))


def _source_of(package: BinaryPackage) -> Value:
    """The source package that `package` was built of; Debian names its version where it differs."""
    name, _, version = package.source.partition(" ")
    return {"name": name, "version": version.strip("()") or package.version}


def _packages_function(served: dict[str, Packages]) -> Value:
    def run(argument: Value) -> Value:
        given = arguments("packages", argument, ("system", "extend"))
        packages = served_for(served, given["system"])
        every = packages.all()
        extend = given["extend"]

        def find(name: str) -> Value:
            found = every[name]
            return make_thunk(lambda: call(force(extend), found))

        return DeferredAttrs(find, packages.index.names)

    return lambda argument: run(argument)


def arguments(who: str, argument: Value, names: tuple[str, ...]) -> dict[str, Value]:
    """The set that the function `who` is called with, which must have `names`."""
    given = force(argument)
    if not isinstance(given, dict):
        raise EvalError(f"debian.lib.{who} takes a set with {', '.join(names)}")
    for name in names:
        if name not in given:
            raise EvalError(f"debian.lib.{who} needs the argument '{name}'")
    return given


def served_for(served: Mapping[str, Packages], system: Value) -> Packages:
    """The packages of a system; raises EvalError when the suite has none."""
    name = text(system)
    if name not in served:
        raise EvalError(f"this suite has no packages for '{name}'; it has {', '.join(served)}")
    return served[name]


def _closure_function(served: dict[str, Packages]) -> Value:
    def run(argument: Value) -> Value:
        given = arguments("closure", argument, ("system", "packages"))
        return served_for(served, given["system"]).closure(
            texts(given["packages"]), texts(given.get("exclude", []))
        )

    return lambda argument: run(argument)


def text(value: Value) -> str:
    """A string of the language."""
    forced: Any = force(value)
    return forced.text if isinstance(forced, ContextString) else str(forced)


def texts(value: Value) -> list[str]:
    """A list of strings of the language."""
    forced: Any = force(value)
    return [text(item) for item in forced]


def guarded(work: Callable[[], T]) -> T:
    """What `work` gives; what is wrong with the archive is an error of the evaluation."""
    try:
        return work()
    except DebianError as error:
        hint = getattr(error, "hint", "")
        raise EvalError(f"{error}\n{hint}" if hint else str(error)) from error


def _store_name(text: str) -> str:
    """`text` with what a store path's name may not have replaced: Debian uses ``~`` and ``:``."""
    return re.sub(r"[^A-Za-z0-9+._?=-]", "-", text).lstrip(".")
