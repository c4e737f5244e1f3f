"""A closure's tree as a page for the browser: bars as wide as sizes, branches that open."""

from __future__ import annotations

from html import escape

from builder.store.graph import Node, size

_STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2em; max-width: 70em }
ul { list-style: none; margin: 0; padding-left: 1.4em; border-left: 1px solid #8884 }
summary, .leaf { cursor: default; white-space: nowrap }
summary { cursor: pointer }
.bar { display: inline-block; height: .7em; background: #d23; opacity: .75; min-width: 1px }
.own { background: #26c }
.size { display: inline-block; width: 6.5em; text-align: right; margin-right: .6em;
        font-variant-numeric: tabular-nums; color: #777 }
.again { color: #999 }
@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } }
"""
_WIDTH = 20.0  # em of the widest bar


def page(top: Node) -> str:
    """A whole page without anything from elsewhere."""
    title = escape(top.path.name)
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n<h1>{title}</h1>\n"
        f"<p>{size(top.closure_size)} in all. Each line: the size of the closure, as a bar the "
        "path's own part (blue) and what it brings along (red).</p>\n"
        f"<ul>{_item(top, top.closure_size, depth=0)}</ul>\n</html>\n"
    )


def _item(node: Node, whole: int, *, depth: int) -> str:
    label = _label(node, whole)
    if not node.below:
        return f'<li class="leaf">{label}</li>\n'
    inside = "".join(_item(child, whole, depth=depth + 1) for child in node.below)
    mark = " open" if depth < 1 else ""
    return f"<li><details{mark}><summary>{label}</summary><ul>{inside}</ul></details></li>\n"


def _label(node: Node, whole: int) -> str:
    own = _WIDTH * node.nar_size / max(whole, 1)
    more = _WIDTH * (node.closure_size - node.nar_size) / max(whole, 1)
    again = ' <span class="again">(shown above)</span>' if node.repeated else ""
    told = f"{node.path}: {size(node.nar_size)} of its own"
    return (
        f'<span class="size">{size(node.closure_size)}</span>'
        f'<span class="bar own" style="width:{own:.2f}em"></span>'
        f'<span class="bar" style="width:{more:.2f}em"></span> '
        f'<span title="{escape(told)}">{escape(node.path.name)}</span>{again}'
    )
