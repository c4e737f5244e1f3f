"""The outputs of a ``debian:`` input: each binary package as a derivation.

- ``legacyPackages.<system>.<package>``: a derivation with the outputs ``out``
  and ``doc``, and the attributes ``pname``, ``debianName``, ``version``,
  ``src`` (the .deb), ``dependencies`` (names, resolved), ``meta``
- ``lib.packages { system, extend }``: the same packages, each as the function `extend` makes it
- ``lib.closure { system, packages, exclude ? [] }``: the packages that the
  named ones need, themselves included, sorted by name
- ``lib.source { system, name, version ? null, profiles ? [], exclude ? [] }``: a source package:
  ``name``, ``version``, ``files`` (each ``{ name, file }``, a derivation), ``binaries`` (names) and
  ``buildInputs``, all packages that building it needs, with the essential ones and build-essential
- ``lib.unpacked { name, deb }``: another .deb, unpacked as the suite's own are
- ``indices.<system>``: the package indices, a list of ``{ path, file }``: `path` below a mirror,
  `file` a derivation. With the input's own InRelease they make a mirror for a machine without
  network, on which the same lock is evaluated
- ``suite``, ``date`` (YYYYMMDD)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from builder.debian.archive import ARCHITECTURES, Archive, IndexFile, PackageSet
from builder.debian.release import Release
from builder.flake.debian_packages import Packages, fetched, served_for, unpacked
from builder.flake.debian_sources import source_function
from builder.flake.debian_values import arguments, guarded, texts
from builder.flake.reference import FlakeRef
from builder.lang.deferred import DeferredAttrs
from builder.lang.thunks import call, force, make_thunk
from builder.lang.values import Value

if TYPE_CHECKING:
    from builder.debian.sources import SourceIndex


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
            "unpacked": _unpacked_function(derivation),
        },
        "indices": {
            system: make_thunk(partial(guarded, partial(indices, system))) for system in served
        },
        "suite": parsed.codename or suite,
        "date": f"{parsed.date:%Y%m%d}",
    }


def _index(found: IndexFile, derivation: Value, mirror: str | None) -> Value:
    path, name = found.paths[0], found.paths[-1].rpartition("/")[2]
    return {"path": path, "file": fetched(derivation, name, path, found.expected, mirror)}


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

    return run


def _closure_function(served: dict[str, Packages]) -> Value:
    def run(argument: Value) -> Value:
        given = arguments("closure", argument, ("system", "packages"))
        return served_for(served, given["system"]).closure(
            texts(given["packages"]), texts(given.get("exclude", []))
        )

    return run


def _unpacked_function(derivation: Value) -> Value:
    def run(argument: Value) -> Value:
        given = arguments("unpacked", argument, ("name", "deb"))
        return unpacked(derivation, given["name"], given["deb"])

    return run
