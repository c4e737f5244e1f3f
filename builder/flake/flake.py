"""A locked flake and its outputs as values of the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from builder.flake.debian_outputs import debian_outputs
from builder.flake.declaration import Declaration, read_declaration
from builder.flake.errors import FlakeError
from builder.flake.host import StoreHost
from builder.flake.lock import Edge, Lock, Node
from builder.flake.locker import LOCK_NAME, Locker
from builder.flake.reference import FlakeRef, locate, parse_reference
from builder.flake.source import Fetcher, Source
from builder.lang.context import PlainPath
from builder.lang.evaluator import Evaluator
from builder.lang.thunks import call, force, make_thunk
from builder.lang.values import ContextString, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Flake:
    """An opened flake: `lock_changed` says that its lock file is not up to date."""

    source: Source
    folder: str  # logical, where flake.nix lies
    origin: Path  # where flake.nix was read from
    declaration: Declaration
    lock: Lock
    lock_changed: bool

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
    _values: dict[str, Value] = field(default_factory=dict)

    def open(self, text: str, cwd: Path, *, update: frozenset[str] | None = frozenset()) -> Flake:
        """The flake that the reference `text` names, with a lock that fits its inputs.

        `update` names inputs to lock anew; None: all. Nothing is written.
        Raises `FlakeError`, and what fetching and evaluation raise.
        """
        reference = locate(parse_reference(text, cwd), cwd)
        source = self.fetcher.fetch(reference, base=cwd)
        origin = _origin(reference, self.host.real, source)
        place = reference.get("url" if reference.type == "git" else "path")
        root = Path(place.removeprefix("file://"))
        self.host.allow(source.path, root)
        folder = f"{source.path}/{reference.dir}".rstrip("/")
        if not (self.host.real(folder) / "flake.nix").is_file():
            raise _no_flake(origin)
        declaration = read_declaration(self.evaluator, f"{folder}/flake.nix", origin)
        old = self._read_lock(origin)
        locker = Locker(
            fetcher=self.fetcher,
            evaluator=self.evaluator,
            host=self.host,
            base=origin,
            old=old,
            update=update,
        )
        lock = locker.lock(declaration.inputs)
        return Flake(
            source=source,
            folder=folder,
            origin=origin,
            declaration=declaration,
            lock=lock,
            lock_changed=lock != old,
        )

    def _read_lock(self, origin: Path) -> Lock:
        file = origin / LOCK_NAME
        return Lock.parse(file.read_text(encoding="utf-8"), str(file)) if file.is_file() else Lock()

    def outputs(self, flake: Flake) -> Value:
        """The flake as its own `self`: its outputs with what is known of its source."""
        return self._call(
            flake.declaration.outputs, flake.source, flake.folder, flake.lock.inputs, flake.lock
        )

    def _call(
        self,
        outputs: Value,
        source: Source,
        folder: str,
        edges: Mapping[str, Edge],
        lock: Lock,
    ) -> Value:
        inputs: dict[str, Value] = {
            name: make_thunk(partial(self._input_at, edge, lock)) for name, edge in edges.items()
        }
        facts = source_info(source)
        own: dict[str, Value] = {
            **facts,
            "outPath": ContextString(folder, frozenset({PlainPath(str(source.path))})),
            "inputs": inputs,
            "sourceInfo": facts,
            "_type": "flake",
        }

        def whole() -> Value:
            made = call(outputs, {**inputs, "self": result})
            if not isinstance(made, dict):
                raise FlakeError(f"'outputs' of the flake in '{folder}' must give a set")
            return {**made, **own, "outputs": made}

        result = make_thunk(whole)
        return result

    def debian_closure(self, flake: Flake, system: str, package: str) -> list[str] | None:
        """The ``.drv`` paths of a package and all it needs, from the flake's first
        ``debian:`` input; None when it has none."""
        for edge in flake.lock.inputs.values():
            label = flake.lock.follow(edge)
            if flake.lock.nodes[label].locked.type == "debian":
                outputs: Any = self._input(label, flake.lock)
                wanted: Value = {"system": system, "packages": [package]}
                found = self.evaluator.call(outputs["lib"]["closure"], wanted)
                return [self.evaluator.coerce_to_string(item["drvPath"])[0] for item in found]
        return None

    def _input_at(self, edge: Edge, lock: Lock) -> Value:
        return self._input(lock.follow(edge), lock)

    def _input(self, label: str, lock: Lock) -> Value:
        if label not in self._values:
            self._values[label] = self._input_value(lock.nodes[label], lock)
        return force(self._values[label])

    def _input_value(self, node: Node, lock: Lock) -> Value:
        source = self.fetcher.fetch(node.locked, base=Path("/"))
        self.host.allow(source.path)
        if not node.is_flake:
            return source_info(source)
        if node.locked.type == "debian":
            return {
                **source_info(source),
                **debian_outputs(
                    reference=node.locked,
                    release=self.host.real(f"{source.path}/InRelease"),
                    mirrors=self.mirrors,
                    cache=self.cache,
                    derivation=self.evaluator.builtins["derivation"],
                ),
            }
        folder = f"{source.path}/{node.locked.dir}".rstrip("/")
        declaration = read_declaration(
            self.evaluator, f"{folder}/flake.nix", self.host.real(folder)
        )
        return self._call(declaration.outputs, source, folder, node.inputs, lock)


def source_info(source: Source) -> dict[str, Value]:
    """The attributes that every fetched tree has."""
    facts: dict[str, Value] = {
        "outPath": ContextString(str(source.path), frozenset({PlainPath(str(source.path))})),
        "narHash": source.nar_hash,
        "lastModified": source.last_modified,
        "lastModifiedDate": datetime.fromtimestamp(source.last_modified, UTC).strftime(
            "%Y%m%d%H%M%S"
        ),
    }
    attributes = source.locked.attributes
    if "rev" in attributes:
        facts["rev"] = str(attributes["rev"])
        facts["shortRev"] = str(attributes["rev"])[:7]
    for name in ("dirtyRev", "dirtyShortRev", "revCount"):
        if name in attributes:
            facts[name] = attributes[name]
    return facts


def _origin(reference: FlakeRef, real: Callable[[str], Path], source: Source) -> Path:
    match reference.type:
        case "git" if "rev" not in reference.attributes and "ref" not in reference.attributes:
            return Path(reference.get("url").removeprefix("file://")) / reference.dir
        case "path":
            return Path(reference.get("path")) / reference.dir
        case _:
            raise FlakeError(
                f"'{reference}' cannot be built from directly",
                hint="give a folder that holds a flake.nix, with or without ?dir=",
            )


def _no_flake(origin: Path) -> FlakeError:
    if (origin / "flake.nix").is_file():
        return FlakeError(
            f"'{origin / 'flake.nix'}' is there, but git does not track it",
            hint=f"run: git -C '{origin}' add flake.nix",
        )
    return FlakeError(f"there is no flake.nix in '{origin}'", hint="name a folder that holds one")
