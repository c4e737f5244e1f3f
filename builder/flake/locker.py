"""From declared inputs to a lock: what is fetched anew, what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from builder.flake.declaration import Input, read_declaration
from builder.flake.errors import FlakeError
from builder.flake.host import StoreHost
from builder.flake.lock import Edge, InputPath, Lock, Node
from builder.flake.place import Place, is_relative
from builder.flake.reference import FlakeRef
from builder.flake.source import Fetcher
from builder.lang.evaluator import Evaluator

LOCK_NAME = "flake.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Above:
    """The flake whose inputs are being locked.

    `path` is the way to it from the root; `old` and `edges` are the lock that
    may be kept, which is `own` when it comes with the flake itself.
    """

    path: InputPath
    place: Place
    old: Lock
    edges: Mapping[str, Edge]
    own: bool


@dataclass(slots=True, kw_only=True)
class Locker:
    """Computes one lock. `update` names root inputs that are fetched anew (None: all).

    `given` are references that the user wants in the place of inputs'.
    """

    fetcher: Fetcher
    evaluator: Evaluator
    host: StoreHost
    update: frozenset[str] | None
    given: Mapping[InputPath, FlakeRef] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    _overrides: dict[InputPath, Input] = field(default_factory=dict)

    def lock(self, inputs: Mapping[str, Input], place: Place, old: Lock) -> Lock:
        """The lock of the flake at `place` that declares `inputs`; `old` is its present one."""
        for path, reference in self.given.items():
            self._overrides[path] = Input(reference=reference)
        root = _Above(path=(), place=place, old=old, edges=old.inputs, own=False)
        return Lock(inputs=self._lock_all(inputs, root), nodes=self.nodes)

    def _lock_all(self, inputs: Mapping[str, Input], above: _Above) -> dict[str, Edge]:
        for name in sorted(inputs):
            for path, override in _flattened(inputs[name].overrides, (*above.path, name)):
                if override.follows is not None:
                    follows = (*above.path, *override.follows)
                    override = replace(override, follows=follows)
                # What a flake further up wants goes before.
                self._overrides.setdefault(path, override)
        edges: dict[str, Edge] = {}
        for name in sorted(inputs):
            declared = self._effective(inputs[name], (*above.path, name), above)
            if declared.follows is not None:
                edges[name] = declared.follows
            else:
                written = inputs[name].reference if (*above.path, name) in self.given else None
                edges[name] = self._lock_one(name, declared, above, written)
        self._warn_of_strangers(inputs, above.path)
        return edges

    def _effective(self, declared: Input, path: InputPath, above: _Above) -> Input:
        """The input with its override, `follows` from the root."""
        override = self._overrides.get(path)
        if override is not None and override.follows is not None:
            return override
        if override is not None and override.reference is not None:
            if path in self.given:
                return replace(override, is_flake=declared.is_flake)
            return override
        if declared.follows is not None:
            return replace(declared, follows=(*above.path, *declared.follows))
        return declared

    def _warn_of_strangers(self, inputs: Mapping[str, Input], path: InputPath) -> None:
        for other in sorted(self._overrides):
            if other[:-1] == path and other[-1] not in inputs:
                self.host.trace(
                    f"warning: input '{'/'.join(path)}' has an override for a non-existent "
                    f"input '{other[-1]}'"
                )

    def _lock_one(self, name: str, declared: Input, above: _Above, written: FlakeRef | None) -> str:
        """The label of an input's node; `written` is what its flake says where the user says
        otherwise."""
        path = (*above.path, name)
        original = declared.reference
        if original is None:
            raise FlakeError(f"input '{'/'.join(path)}' has neither a url nor follows")
        label = self._label(name)
        kept = self._kept(name, declared, path, above)
        relative = is_relative(original)
        parent = above.path if relative else None
        wanted = kept.locked if kept is not None else original
        node = Node(
            original=written or original, locked=wanted, is_flake=declared.is_flake, parent=parent
        )
        self.nodes[label] = node
        if kept is not None and not kept.inputs and not relative and not self._is_overridden(path):
            return label
        if relative:
            place = above.place.inside(original)
        else:
            source = self.fetcher.fetch(wanted, base=self.host.access.real(above.place.folder))
            place = Place.of(source)
            if source.locked.type == "git" and "rev" not in source.locked.attributes:
                raise FlakeError(
                    f"input '{'/'.join(path)}' is the git tree '{source.origin}' with changes that "
                    "are not committed: a lock cannot pin it",
                    hint="commit them, or use path: instead",
                )
            node = replace(node, locked=source.locked)
            self.nodes[label] = node
        self.host.access.allow(place.source.path)
        if declared.is_flake and node.locked.type != "debian":
            self.nodes[label] = replace(node, inputs=self._inner(place, path, above, kept))
        return label

    def _is_overridden(self, path: InputPath) -> bool:
        return any(other[: len(path)] == path and other != path for other in self._overrides)

    def _kept(self, name: str, declared: Input, path: InputPath, above: _Above) -> Node | None:
        """The old lock's node, when it is still what is declared."""
        if path in self.given:
            return None
        if not above.own and (self.update is None or path[0] in self.update):
            return None
        edge = above.edges.get(name)
        if not isinstance(edge, str):
            return None
        node = above.old.nodes[edge]
        same = node.original == declared.reference and node.is_flake == declared.is_flake
        return node if same else None

    def _inner(
        self, place: Place, path: InputPath, above: _Above, kept: Node | None
    ) -> dict[str, Edge]:
        """The edges of an input that is a flake, with inputs of its own or without."""
        real = self.host.access.real(place.folder)
        if not (real / "flake.nix").is_file():
            raise FlakeError(
                f"input '{'/'.join(path)}' ({place.source.origin}) has no flake.nix",
                hint=f"if it is no flake, set inputs.{path[-1]}.flake = false",
            )
        declaration = read_declaration(self.evaluator, f"{place.folder}/flake.nix", real)
        inner = replace(above, path=path, place=place, edges=kept.inputs if kept else {})
        file = real / LOCK_NAME
        if kept is None and file.is_file():
            own = Lock.parse(file.read_text(encoding="utf-8"), str(file))
            inner = replace(inner, old=own, edges=own.inputs, own=True)
        return self._lock_all(declaration.inputs, inner)

    def _label(self, name: str) -> str:
        label, count = name, 2
        while label in self.nodes or label == "root":
            label, count = f"{name}_{count}", count + 1
        return label


def _flattened(
    overrides: Mapping[str, Input], path: InputPath
) -> Iterator[tuple[InputPath, Input]]:
    """All overrides below `path`, of inputs' inputs too, with the whole way to each."""
    for name, override in overrides.items():
        if override.reference is not None or override.follows is not None:
            yield (*path, name), override
        yield from _flattened(override.overrides, (*path, name))
