"""A locked flake and its outputs as values of the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.flake.debian_outputs import debian_outputs
from builder.flake.declaration import Declaration, read_declaration
from builder.flake.errors import FlakeError
from builder.flake.host import StoreHost
from builder.flake.inputs import LockedInputs
from builder.flake.lock import InputPath, Lock
from builder.flake.locker import LOCK_NAME, Locker
from builder.flake.place import Place
from builder.flake.reference import FlakeRef, locate, parse_reference
from builder.flake.source import Fetcher, Source, watched_root
from builder.lang.evaluator import Evaluator
from builder.lang.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Flake:
    """An opened flake: `lock_changed` says that its lock file is not up to date."""

    place: Place
    origin: Path  # where flake.nix was read from
    is_local: bool  # whether that is the user's own folder and no copy
    declaration: Declaration
    lock: Lock
    lock_changed: bool

    @property
    def source(self) -> Source:
        """What was fetched."""
        return self.place.source

    @property
    def folder(self) -> str:
        """Logical, where flake.nix lies."""
        return self.place.folder

    @property
    def lock_file(self) -> Path:
        """Where the lock belongs."""
        return self.origin / LOCK_NAME


@dataclass(slots=True, kw_only=True)
class Flakes:
    """Opens flakes and calls their outputs.

    `cache` is where Debian's indices are kept; `mirrors` gives the mirrors to
    use, its argument being the one that an input names.
    """

    evaluator: Evaluator
    host: StoreHost
    fetcher: Fetcher
    cache: Path
    mirrors: Callable[[str | None], tuple[str, ...]]
    _made: dict[tuple[str, str, str], LockedInputs] = field(default_factory=dict)

    def open(
        self,
        text: str,
        cwd: Path,
        *,
        update: frozenset[str] | None = frozenset(),
        given: Mapping[InputPath, FlakeRef] | None = None,
    ) -> Flake:
        """The flake that the reference `text` names, with a lock that fits its inputs.

        `update` names inputs to lock anew; None: all. `given` are references in the
        place of inputs'. Nothing is written.
        Raises `FlakeError`, and what fetching and evaluation raise.
        """
        reference = locate(self.fetcher.resolve(parse_reference(text, cwd)), cwd)
        source = self.fetcher.fetch(reference, base=cwd)
        made = Place.of(source)
        root = watched_root(reference)
        self.host.access.allow(source.path, Path(root) if root is not None else None)
        folder = self.host.access.real(made.folder)
        origin = Path(root) / reference.dir if root is not None else folder
        if not (folder / "flake.nix").is_file():
            raise _no_flake(origin)
        declaration = read_declaration(self.evaluator, f"{made.folder}/flake.nix", origin)
        old = self._read_lock(origin)
        locker = Locker(
            fetcher=self.fetcher,
            evaluator=self.evaluator,
            host=self.host,
            update=update,
            given=given or {},
        )
        lock = locker.lock(declaration.inputs, made, old)
        return Flake(
            place=made,
            origin=origin,
            is_local=root is not None,
            declaration=declaration,
            lock=lock,
            lock_changed=lock != old,
        )

    def _read_lock(self, origin: Path) -> Lock:
        file = origin / LOCK_NAME
        return Lock.parse(file.read_text(encoding="utf-8"), str(file)) if file.is_file() else Lock()

    def get(self, reference: str) -> Value:
        """The outputs of the flake that an evaluation names; its lock is only read."""
        return self.outputs(self.open(reference, Path("/")))

    def outputs(self, flake: Flake) -> Value:
        """The flake as its own `self`: its outputs with what is known of its source."""
        return self._inputs(flake).root(flake.declaration.outputs)

    def _inputs(self, flake: Flake) -> LockedInputs:
        key = (str(flake.source.path), flake.folder, flake.lock.dump())
        if key not in self._made:
            self._made[key] = LockedInputs(
                evaluator=self.evaluator,
                host=self.host,
                fetcher=self.fetcher,
                lock=flake.lock,
                place=flake.place,
                debian=self._debian,
                changed=flake.lock_changed and not flake.is_local,
            )
        return self._made[key]

    def _debian(self, source: Source) -> dict[str, Value]:
        return debian_outputs(
            reference=source.locked,
            release=self.host.access.real(f"{source.path}/InRelease"),
            mirrors=self.mirrors,
            cache=self.cache,
            derivation=self.evaluator.builtins["derivation"],
        )

    def debian_closure(self, flake: Flake, system: str, package: str) -> list[str] | None:
        """The ``.drv`` paths of a package and all it needs, from the first ``debian:`` input
        of the flake or of its inputs; None when there is none."""
        for label, node in sorted(flake.lock.nodes.items()):
            if node.locked.type == "debian":
                outputs: Any = self._inputs(flake).at(label)
                wanted: Value = {"system": system, "packages": [package]}
                found = self.evaluator.call(outputs["lib"]["closure"], wanted)
                return [self.evaluator.coerce_to_string(item["drvPath"])[0] for item in found]
        return None


def _no_flake(origin: Path) -> FlakeError:
    if (origin / "flake.nix").is_file():
        return FlakeError(
            f"'{origin / 'flake.nix'}' is there, but git does not track it",
            hint=f"run: git -C '{origin}' add flake.nix",
        )
    return FlakeError(f"there is no flake.nix in '{origin}'", hint="name a folder that holds one")
