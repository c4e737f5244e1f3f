"""``debian.lib.source``: a source package of a ``debian:`` input as a value of the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from builder.debian.archive import ARCHITECTURES
from builder.debian.closure import build_closure
from builder.debian.errors import DebianError
from builder.debian.relation import parse_build
from builder.flake.debian_packages import Packages, served_for
from builder.flake.debian_values import arguments, guarded, text, texts
from builder.lang.thunks import force, make_thunk
from builder.lang.values import Value

if TYPE_CHECKING:
    from builder.debian.sources import SourceIndex, SourcePackage


def source_function(
    served: Mapping[str, Packages], open_indices: Callable[[], Sequence[SourceIndex]]
) -> Value:
    """The function; `open_indices` is called once, when a source package is first asked for."""
    opened: list[SourceIndex] = []

    def run(argument: Value) -> Value:
        given = arguments("source", argument, ("system", "name"))
        packages = served_for(served, given["system"])
        name = text(given["name"])
        version = force(given.get("version"))
        wanted = None if version is None else text(version)
        if not opened:
            opened.extend(guarded(open_indices))
        found = guarded(lambda: _find(opened, name, wanted))
        profiles = texts(given.get("profiles", []))
        exclude = texts(given.get("exclude", []))
        return {
            "name": found.name,
            "version": found.version,
            "files": [
                {"name": file.name, "file": packages.fetched(file.path, file.expected)}
                for file in found.files
            ],
            "binaries": list(found.binaries),
            "buildInputs": make_thunk(lambda: _inputs(packages, found, profiles, exclude)),
        }

    return run


def _find(indices: Sequence[SourceIndex], name: str, version: str | None) -> SourcePackage:
    error: DebianError | None = None
    for index in indices:
        try:
            return index.get(name, version)
        except DebianError as trouble:
            error = error or trouble
    assert error is not None  # a suite has at least one component
    raise error


def _inputs(
    packages: Packages, source: SourcePackage, profiles: list[str], exclude: list[str]
) -> list[Value]:
    def solve() -> list[Value]:
        groups = parse_build(source.build_depends, ARCHITECTURES[packages.system], profiles)
        found = build_closure(
            packages.index,
            groups,
            [*packages.index.essential(), "build-essential"],
            provided=exclude,
            wanted_by=f"source of {source.name}",
        )
        return [packages.get(package.name) for package in found]

    return guarded(solve)
