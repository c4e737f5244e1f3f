"""From declared inputs to a lock: what is fetched anew, what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from builder.flake.declaration import Input, read_declaration
from builder.flake.errors import FlakeError
from builder.flake.host import StoreHost
from builder.flake.lock import Edge, Lock, Node
from builder.flake.reference import FlakeRef
from builder.flake.source import Fetcher, Source
from builder.lang.evaluator import Evaluator

LOCK_NAME = "flake.lock"


@dataclass(slots=True, kw_only=True)
class Locker:
    """Computes one lock. `update` names root inputs that are fetched anew (None: all)."""

    fetcher: Fetcher
    evaluator: Evaluator
    host: StoreHost
    base: Path
    old: Lock
    update: frozenset[str] | None
    nodes: dict[str, Node] = field(default_factory=dict)

    def lock(self, inputs: Mapping[str, Input]) -> Lock:
        """The lock of a flake that declares `inputs`."""
        edges = self._lock_all(inputs, {}, (), self.old, self.old.inputs)
        return Lock(inputs=edges, nodes=self.nodes)

    def _lock_all(
        self,
        inputs: Mapping[str, Input],
        overrides: Mapping[str, Input],
        path: tuple[str, ...],
        old: Lock,
        old_edges: Mapping[str, Edge],
    ) -> dict[str, Edge]:
        edges: dict[str, Edge] = {}
        for name in sorted(inputs):
            declared = inputs[name]
            override = overrides.get(name)
            where = (*path, name)
            if override is not None and override.follows is not None:
                # An override belongs to the flake above: its path starts there.
                edges[name] = (*path[:-1], *override.follows)
            elif override is not None and override.reference is not None:
                edges[name] = self._lock_one(name, override, where, old, old_edges)
            elif declared.follows is not None:
                edges[name] = (*path, *declared.follows)
            else:
                edges[name] = self._lock_one(name, declared, where, old, old_edges)
        for name in sorted(overrides.keys() - inputs.keys()):
            raise FlakeError(
                f"input '{'/'.join(path)}' has no input '{name}' that could be overridden"
            )
        return edges

    def _lock_one(
        self,
        name: str,
        declared: Input,
        path: tuple[str, ...],
        old: Lock,
        old_edges: Mapping[str, Edge],
    ) -> str:
        if declared.reference is None:
            raise FlakeError(f"input '{'/'.join(path)}' has neither a url nor follows")
        original = declared.reference
        label = self._label(name)
        kept = self._kept(name, original, declared, path, old, old_edges)
        wanted = kept.locked if kept is not None else original
        self.nodes[label] = Node(original=original, locked=wanted, is_flake=declared.is_flake)
        if kept is not None and not kept.inputs and not declared.overrides:
            return label
        source = self.fetcher.fetch(wanted, base=self.base)
        edges = self._inner(source, declared, path, old, kept)
        self.nodes[label] = Node(
            original=original, locked=source.locked, inputs=edges, is_flake=declared.is_flake
        )
        return label

    def _kept(
        self,
        name: str,
        original: FlakeRef,
        declared: Input,
        path: tuple[str, ...],
        old: Lock,
        old_edges: Mapping[str, Edge],
    ) -> Node | None:
        """The old lock's node, when it is still what is declared."""
        if path[0] in (self.update if self.update is not None else {path[0]}):
            return None
        edge = old_edges.get(name)
        if not isinstance(edge, str) or edge not in old.nodes:
            return None
        node = old.nodes[edge]
        same = node.original == original and node.is_flake == declared.is_flake
        return node if same else None

    def _inner(
        self,
        source: Source,
        declared: Input,
        path: tuple[str, ...],
        old: Lock,
        kept: Node | None,
    ) -> dict[str, Edge]:
        """The edges of an input that is a flake with inputs of its own."""
        if not declared.is_flake or source.locked.type == "debian":
            return {}
        self.host.allow(source.path)
        folder = f"{source.path}/{source.locked.dir}".rstrip("/")
        real = self.host.real(folder)
        if not (real / "flake.nix").is_file():
            raise FlakeError(
                f"input '{'/'.join(path)}' ({source.origin}) has no flake.nix",
                hint=f"if it is no flake, set inputs.{path[-1]}.flake = false",
            )
        declaration = read_declaration(self.evaluator, f"{folder}/flake.nix", real)
        own = real / LOCK_NAME
        if kept is None and own.is_file():
            old = Lock.parse(own.read_text(encoding="utf-8"), str(own))
            old_edges = old.inputs
            inner = Locker(
                fetcher=self.fetcher,
                evaluator=self.evaluator,
                host=self.host,
                base=real,
                old=old,
                update=frozenset(),
                nodes=self.nodes,
            )
            return inner._lock_all(declaration.inputs, declared.overrides, path, old, old_edges)
        old_edges = kept.inputs if kept is not None else {}
        return self._lock_all(declaration.inputs, declared.overrides, path, old, old_edges)

    def _label(self, name: str) -> str:
        label, count = name, 2
        while label in self.nodes or label == "root":
            label, count = f"{name}_{count}", count + 1
        return label
