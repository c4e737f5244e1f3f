"""A closure as a tree: each path below what refers to it, drawn in full the first time only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A path in the tree; sizes in bytes. `repeated`: what is below was shown before."""

    path: StorePath
    nar_size: int
    closure_size: int
    repeated: bool
    below: tuple[Node, ...]


def closure_tree(store: LocalStore, top: StorePath) -> Node:
    """The tree below `top`, the largest closures first; raises InvalidPath."""
    infos = {info.path: info for info in store.closure([top])}
    sizes = closure_sizes(infos)
    seen: set[StorePath] = set()

    def node(path: StorePath) -> Node:
        repeated = path in seen
        seen.add(path)
        others = [other for other in infos[path].references if other != path]
        others.sort(key=lambda other: (-sizes[other], other))
        below = () if repeated else tuple(node(other) for other in others)
        return Node(
            path=path,
            nar_size=infos[path].nar_size,
            closure_size=sizes[path],
            repeated=repeated and bool(others),
            below=below,
        )

    return node(top)


def closure_sizes(infos: Mapping[StorePath, PathInfo]) -> dict[StorePath, int]:
    """How many bytes each path's closure has; `infos` holds all that they refer to."""
    reached: dict[StorePath, frozenset[StorePath]] = {}
    for start in infos:
        stack = [start]
        while stack:
            path = stack[-1]
            others = [other for other in infos[path].references if other != path]
            missing = [other for other in others if other not in reached]
            if missing and path not in reached:
                stack.extend(missing)
                continue
            stack.pop()
            reached[path] = frozenset([path]).union(*(reached[other] for other in others))
    return {path: sum(infos[p].nar_size for p in below) for path, below in reached.items()}


def drawn(top: Node) -> Iterator[str]:
    """The tree's lines for a terminal."""
    yield _label(top)
    yield from _below(top, "")


def _below(node: Node, prefix: str) -> Iterator[str]:
    for place, child in enumerate(node.below):
        is_last = place == len(node.below) - 1
        yield f"{prefix}{'└───' if is_last else '├───'}{_label(child)}"
        yield from _below(child, prefix + ("    " if is_last else "│   "))


def _label(node: Node) -> str:
    more = " [...]" if node.repeated else ""
    return f"{node.path} {size(node.nar_size)} ({size(node.closure_size)}){more}"


def size(count: int) -> str:
    """A number of bytes as people read it."""
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.1f} KiB"
