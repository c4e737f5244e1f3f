"""From package names to all packages that they need: a pure function of the index."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from builder.debian import relation, version
from builder.debian.errors import UnknownPackage, Unsatisfiable
from builder.debian.package import BinaryPackage
from builder.debian.relation import Group, Relation

_PRIORITIES = ("required", "important", "standard", "optional", "extra")


class Packages(Protocol):
    """What can be asked of an index for one architecture."""

    @property
    def architecture(self) -> str:
        """The Debian architecture that the index is for."""
        ...

    def get(self, name: str) -> BinaryPackage | None:
        """The newest package called `name`."""
        ...

    def providers(self, name: str) -> Sequence[tuple[BinaryPackage, str | None]]:
        """Packages that provide `name`, sorted by name, with the version provided."""
        ...

    def nearest(self, name: str) -> Sequence[str]:
        """Names that look like `name`, best first."""
        ...


def unknown_package(index: Packages, name: str) -> UnknownPackage:
    """The error for a name that the index does not have."""
    near = index.nearest(name)
    meant = f"; did you mean {' or '.join(near)}?" if near else ""
    return UnknownPackage(
        f"there is no package '{name}' for {index.architecture} in this suite{meant}",
        hint="look at the package's name in Debian, or at the suite and components of the input",
    )


def closure(
    index: Packages, names: Iterable[str], *, provided: Collection[str] = ()
) -> tuple[BinaryPackage, ...]:
    """`names` and all that they depend on, sorted by name.

    Depends and Pre-Depends are followed, Recommends are not, and essential
    packages are not implied. Of alternatives, one that is needed anyway wins,
    else the first that can be had; of several providers of a virtual package
    the one of the highest priority, then the first by name. The packages
    `provided` count as there, with what these provide in turn, and are left
    out. The result does not depend on the order of `names`. Conflicts are not
    looked at.

    Raises UnknownPackage for a name, and Unsatisfiable for a dependency, that
    the index does not have.
    """
    return _Solver(index, frozenset(provided)).solve(sorted(set(names)))


def build_closure(
    index: Packages,
    groups: Iterable[Group],
    names: Iterable[str],
    *,
    provided: Collection[str] = (),
    wanted_by: str,
) -> tuple[BinaryPackage, ...]:
    """As `closure`, for what `wanted_by`, which is in no index, depends on besides `names`."""
    return _Solver(index, frozenset(provided)).solve(sorted(set(names)), groups, wanted_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A dependency with more than one way to fulfil it, put off until the end."""

    package: str
    group: Group


class _Solver:
    def __init__(self, index: Packages, provided: frozenset[str]) -> None:
        self.index = index
        self.provided = provided
        self.chosen: dict[str, BinaryPackage] = {}
        self.wanted_by: dict[str, str] = {}
        self.queue: deque[BinaryPackage] = deque()

    def solve(
        self, names: list[str], groups: Iterable[Group] = (), wanted_by: str = ""
    ) -> tuple[BinaryPackage, ...]:
        for name in names:
            if name in self.provided:
                continue
            package = self.index.get(name)
            if package is None:
                raise unknown_package(self.index, name)
            self.choose(package, "")
        if wanted_by:
            self.wanted_by[wanted_by] = ""
        choices = deque(self.meet(wanted_by, groups))
        while self.queue or choices:
            while self.queue:
                choices.extend(self.follow(self.queue.popleft()))
            if choices:
                self.decide(choices.popleft())
        return tuple(self.chosen[name] for name in sorted(self.chosen))

    def choose(self, package: BinaryPackage, wanted_by: str) -> None:
        if package.name not in self.chosen:
            self.chosen[package.name] = package
            self.wanted_by[package.name] = wanted_by
            self.queue.append(package)

    def follow(self, package: BinaryPackage) -> Iterable[_Choice]:
        """Choose what `package` needs without alternative; return what has some."""
        for field in (package.pre_depends, package.depends):
            yield from self.meet(package.name, relation.parse(field))

    def meet(self, name: str, groups: Iterable[Group]) -> Iterable[_Choice]:
        """The same for the dependencies `groups` of what is called `name`."""
        for group in groups:
            if self.is_fulfilled(group):
                continue
            found = self.candidates(group)
            if not found:
                raise self.unsatisfiable(name, group)
            if len(found) == 1:
                self.choose(found[0], name)
            else:
                yield _Choice(package=name, group=group)

    def decide(self, choice: _Choice) -> None:
        if not self.is_fulfilled(choice.group):
            self.choose(self.candidates(choice.group)[0], choice.package)

    def is_fulfilled(self, group: Group) -> bool:
        for wanted in group:
            if wanted.name in self.provided:
                return True
            for found in self.fulfilling(wanted):
                if found.name in self.chosen or found.name in self.provided:
                    return True
        return False

    def candidates(self, group: Group) -> list[BinaryPackage]:
        found: dict[str, BinaryPackage] = {}
        for wanted in group:
            for package in self.fulfilling(wanted):
                if package.name not in self.provided:
                    found.setdefault(package.name, package)
        return list(found.values())

    def fulfilling(self, wanted: Relation) -> list[BinaryPackage]:
        """Packages that fulfil `wanted`, the real one first."""
        fits = self.qualified(wanted)
        found: list[BinaryPackage] = []
        package = self.index.get(wanted.name)
        if package is not None and fits(package) and _has(package.version, wanted):
            found.append(package)
        virtual = [
            package
            for package, given in self.index.providers(wanted.name)
            if fits(package) and _has(given, wanted)
        ]
        return found + sorted(virtual, key=_rank)

    def qualified(self, wanted: Relation) -> Callable[[BinaryPackage], bool]:
        if wanted.qualifier == "any":
            return lambda package: package.multi_arch == "allowed"
        here = wanted.qualifier in (None, "native", self.index.architecture)
        return lambda package: here

    def unsatisfiable(self, package: str, group: Group) -> Unsatisfiable:
        chain = [package]
        while self.wanted_by[chain[-1]]:
            chain.append(self.wanted_by[chain[-1]])
        notes = []
        for wanted in group:
            real = self.index.get(wanted.name)
            if real is None:
                notes.append(f"'{wanted.name}' is not in the index")
            else:
                notes.append(f"'{wanted.name}' is there in version {real.version}")
        return Unsatisfiable(
            f"package '{package}' depends on '{relation.describe(group)}', which nothing in "
            f"this suite fulfils for {self.index.architecture}: {'; '.join(notes)} "
            f"(wanted by {' ← '.join(chain)})",
            hint="add the suite or component that has it to the input, or leave the package out",
        )


def _has(given: str | None, wanted: Relation) -> bool:
    if wanted.operator is None or wanted.version is None:
        return True
    return given is not None and version.fulfils(given, wanted.operator, wanted.version)


def _rank(package: BinaryPackage) -> tuple[int, str]:
    known = package.priority in _PRIORITIES
    place = _PRIORITIES.index(package.priority) if known else len(_PRIORITIES)
    return place, package.name
