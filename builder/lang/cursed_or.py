"""`or` as a name where newer versions of Nix will read something else.

``f (x: x) or`` calls f with ``(x: x) or``, since `or` was a name before it was a keyword.
Nix 2.26 warns where such a call is an argument, an item of a list or a default without
parentheses of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.lang.loaded import children
from builder.lang.source import Source
from builder.lang.tree import Apply, Expr, ListLit, Select, Var


def warnings(tree: Expr, source: Source) -> list[str]:
    """What Nix says of a tree, from left to right."""
    return [_warning(call, source) for call in sorted(_found(tree), key=lambda call: call.end)]


def _found(tree: object) -> Iterator[Apply]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        places: tuple[Expr | None, ...] = ()
        if isinstance(node, Apply):
            places = node.args
        elif isinstance(node, ListLit):
            places = node.items
        elif isinstance(node, Select):
            places = (node.default,)
        for place in places:
            if isinstance(place, Apply) and _is_bare(place):
                yield place
        waiting += children(node)


def _is_bare(call: Apply) -> bool:
    """Whether it is ``x or`` without parentheses around it."""
    match call.args:
        case (Var(name="or") as word,):
            return word.end == call.end
    return False


def _warning(call: Apply, source: Source) -> str:
    return (
        f"warning: at {source.at(call.start)}: This expression uses `or` as an identifier in a "
        "way that will change in a future Nix release.\n"
        "Wrap this entire expression in parentheses to preserve its current meaning:\n"
        f"    ({source.text[call.start : call.end]})\n"
        "Give feedback at https://github.com/NixOS/nix/pull/11121"
    )
