"""``flake.lock``, version 7 (versions 5 and 6 are read).

A node has ``inputs`` (a name to a node's label, or to a list of names that is
followed from the root), ``locked``, ``original``, ``flake: false`` and, for a
relative path, ``parent``. The root node has inputs only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.flake.durable import replace_text
from builder.flake.errors import FlakeError
from builder.flake.reference import FlakeRef

InputPath = tuple[str, ...]
Edge = str | InputPath
"""A label, or the path of inputs from the root that is followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A locked input."""

    original: FlakeRef
    locked: FlakeRef
    inputs: Mapping[str, Edge] = field(default_factory=dict)
    is_flake: bool = True
    parent: InputPath | None = None  # inputs from the root to the flake it is relative to

    def to_json(self) -> dict[str, Any]:
        """As the file holds it."""
        data: dict[str, Any] = {}
        if self.inputs:
            data["inputs"] = _edges_to_json(self.inputs)
        if not self.is_flake:
            data["flake"] = False
        data["locked"] = self.locked.to_json()
        data["original"] = self.original.to_json()
        if self.parent is not None:
            data["parent"] = list(self.parent)
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """All locked inputs of a flake: `nodes` by label, without the root's own node."""

    inputs: Mapping[str, Edge] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)

    def dump(self) -> str:
        """The text of the file."""
        root: dict[str, Any] = {"inputs": _edges_to_json(self.inputs)} if self.inputs else {}
        nodes = {label: node.to_json() for label, node in self.nodes.items()}
        data = {"nodes": {**nodes, "root": root}, "root": "root", "version": 7}
        return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @staticmethod
    def parse(text: str, origin: str) -> Lock:
        """Read the file's text; raises `FlakeError`, which names `origin`."""
        try:
            data = json.loads(text)
            version = data["version"]
            if version not in (5, 6, 7):
                raise FlakeError(
                    f"'{origin}' has version {version}", hint="Neve reads versions 5, 6 and 7"
                )
            root = data["root"]
            lock = Lock(
                inputs=_edges(data["nodes"][root].get("inputs", {})),
                nodes={
                    label: _node(node) for label, node in data["nodes"].items() if label != root
                },
            )
            for inputs in (lock.inputs, *(node.inputs for node in lock.nodes.values())):
                for edge in inputs.values():
                    if isinstance(edge, str) and edge not in lock.nodes:
                        raise FlakeError(f"'{origin}' has an input '{edge}' but no such node")
            return lock
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FlakeError(f"'{origin}' is not a lock file: {error!r}") from error

    def follow(self, edge: Edge) -> str | None:
        """The label that an edge leads to, None for the root flake itself.

        Raises `FlakeError` when it leads nowhere or in a circle.
        """
        return self._follow(edge, ())

    def _follow(self, edge: Edge, above: tuple[InputPath, ...]) -> str | None:
        if isinstance(edge, str):
            return edge
        if edge in above:
            ways = " -> ".join("/".join(path) for path in (*above, edge))
            raise FlakeError(f"inputs follow each other in a circle: {ways}")
        label: str | None = None
        for name in edge:
            inputs = self.inputs if label is None else self.nodes[label].inputs
            if name not in inputs:
                raise FlakeError(
                    f"an input follows '{'/'.join(edge)}', which does not exist",
                    hint=f"where '{name}' is looked for there are: {', '.join(inputs) or 'none'}",
                )
            label = self._follow(inputs[name], (*above, edge))
        return label

    def write(self, path: Path) -> None:
        """Replace the file at once and for good."""
        replace_text(path, self.dump())


def _edges(data: Mapping[str, Any]) -> dict[str, Edge]:
    return {name: edge if isinstance(edge, str) else tuple(edge) for name, edge in data.items()}


def _edges_to_json(edges: Mapping[str, Edge]) -> dict[str, Any]:
    return {name: edge if isinstance(edge, str) else list(edge) for name, edge in edges.items()}


def _node(data: Mapping[str, Any]) -> Node:
    return Node(
        original=FlakeRef.from_json(data["original"]),
        locked=FlakeRef.from_json(data["locked"]),
        inputs=_edges(data.get("inputs", {})),
        is_flake=data.get("flake", True),
        parent=tuple(data["parent"]) if "parent" in data else None,
    )
