"""A lock's inputs as values of the language, each made when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from builder.flake.declaration import read_declaration
from builder.flake.errors import FlakeError
from builder.flake.host import StoreHost
from builder.flake.lock import Edge, Lock, Node
from builder.flake.place import Place, is_relative
from builder.flake.source import Fetcher, Source
from builder.lang.context import PlainPath
from builder.lang.evaluator import Evaluator
from builder.lang.thunks import call, force, make_thunk
from builder.lang.values import ContextString, Value


@dataclass(slots=True, kw_only=True)
class LockedInputs:
    """The inputs of one root flake at `place`; `debian` makes a ``debian:`` input's outputs.

    With `changed` the lock is not what the flake's own commit says.
    """

    evaluator: Evaluator
    host: StoreHost
    fetcher: Fetcher
    lock: Lock
    place: Place
    debian: Callable[[Source], Mapping[str, Value]]
    changed: bool = False
    _root: Value = None
    _values: dict[str, Value] = field(default_factory=dict)
    _places: dict[str, Place] = field(default_factory=dict)

    def root(self, outputs: Value) -> Value:
        """The root flake, whose function `outputs` is called when its outputs are needed."""
        if self._root is None:
            self._root = self._called(outputs, self.place, self.lock.inputs)
        return self._root

    def at(self, edge: Edge) -> Value:
        """The input that an edge of the lock leads to."""
        label = self.lock.follow(edge)
        if label is None:
            return force(self._root)
        if label not in self._values:
            self._values[label] = self._value(label, self.lock.nodes[label])
        return force(self._values[label])

    def _place(self, label: str) -> Place:
        if label not in self._places:
            node = self.lock.nodes[label]
            if is_relative(node.locked):
                above = self.lock.follow(node.parent or ())
                parent = self.place if above is None else self._place(above)
                self._places[label] = parent.inside(node.locked)
            else:
                source = self.fetcher.fetch(node.locked, base=Path("/"))
                self._places[label] = Place.of(source)
            self.host.access.allow(self._places[label].source.path)
        return self._places[label]

    def _value(self, label: str, node: Node) -> Value:
        place = self._place(label)
        if not node.is_flake:
            return {**source_info(place.source), "outPath": _out_path(place)}
        if node.locked.type == "debian":
            return {**source_info(place.source), **self.debian(place.source)}
        file = f"{place.folder}/flake.nix"
        declaration = read_declaration(self.evaluator, file, self.host.access.real(place.folder))
        return self._called(declaration.outputs, place, node.inputs)

    def _called(self, outputs: Value, place: Place, edges: Mapping[str, Edge]) -> Value:
        inputs: dict[str, Value] = {
            name: make_thunk(partial(self.at, edge)) for name, edge in edges.items()
        }
        facts = source_info(place.source, changed=self.changed and place == self.place)
        own: dict[str, Value] = {
            **facts,
            "outPath": _out_path(place),
            "inputs": inputs,
            "sourceInfo": facts,
            "_type": "flake",
        }

        def whole() -> Value:
            made = force(call(outputs, {**inputs, "self": result}))
            if not isinstance(made, dict):
                raise FlakeError(f"'outputs' of the flake in '{place.folder}' must give a set")
            return {**made, **own, "outputs": made}

        result = make_thunk(whole)
        return result


def _out_path(place: Place) -> ContextString:
    return ContextString(place.folder, frozenset({PlainPath(str(place.source.path))}))


def source_info(source: Source, *, changed: bool = False) -> dict[str, Value]:
    """The attributes that every fetched tree has; what was `changed` is no commit."""
    facts: dict[str, Value] = {
        "outPath": ContextString(str(source.path), frozenset({PlainPath(str(source.path))})),
        "narHash": source.nar_hash,
        "lastModified": source.last_modified,
        "lastModifiedDate": datetime.fromtimestamp(source.last_modified, UTC).strftime(
            "%Y%m%d%H%M%S"
        ),
    }
    attributes = source.locked.attributes
    if source.locked.type == "git":
        facts["submodules"] = bool(attributes.get("submodules", False))
    if "rev" in attributes and not changed:
        facts["rev"] = str(attributes["rev"])
        facts["shortRev"] = str(attributes["rev"])[:7]
    for name in ("dirtyRev", "dirtyShortRev", *(() if changed else ("revCount",))):
        if name in attributes:
            facts[name] = attributes[name]
    return facts
