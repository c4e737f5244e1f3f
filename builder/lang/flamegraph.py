"""A profile as a flame graph: one SVG file that needs nothing else.

Time runs to the right, calls go up; a box is as wide as the time spent in it
and what it called. Resting the pointer on a box tells its name, place and time.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from html import escape

from builder.lang.profile import Called, Profile

_WIDTH, _LEVEL, _HEAD = 1200.0, 17, 34  # pixels
_LETTER = 6.6  # pixels of a letter
_LEAST = 0.4  # pixels of the narrowest box that is drawn


@dataclass(slots=True)
class _Box:
    """A level of stacks that have all levels below it in common."""

    called: Called
    seconds: float = 0.0
    inner: dict[Called, _Box] = field(default_factory=dict)


def flame_graph(profile: Profile) -> str:
    """The SVG text."""
    root = _Box(Called("evaluation", ""))
    depth = 0
    for stack, seconds in profile.seconds.items():
        box = root
        box.seconds += seconds
        for called in stack:
            box = box.inner.setdefault(called, _Box(called))
            box.seconds += seconds
        depth = max(depth, len(stack))
    height = _HEAD + (depth + 1) * _LEVEL + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH:.0f}" height="{height}" '
        f'viewBox="0 0 {_WIDTH:.0f} {height}" font-family="monospace" font-size="11">',
        '<rect width="100%" height="100%" fill="#fffdf5"/>',
        f'<text x="8" y="20">{root.seconds:.2f} s of evaluation, '
        f"looked at {profile.looks} times</text>",
    ]
    if root.seconds > 0:
        _draw(root, root.seconds, height, lines)
    return "\n".join([*lines, "</svg>", ""])


def _draw(root: _Box, total: float, height: int, lines: list[str]) -> None:
    waiting: list[tuple[_Box, float, int]] = [(root, 0.0, 0)]
    while waiting:
        box, left, level = waiting.pop()
        width = box.seconds / total * _WIDTH
        if width < _LEAST:
            continue
        lines.append(_rectangle(box, total, left, width, height - 10 - (level + 1) * _LEVEL))
        for inner in sorted(box.inner.values(), key=lambda b: (b.called.name, b.called.place)):
            waiting.append((inner, left, level + 1))
            left += inner.seconds / total * _WIDTH


def _rectangle(box: _Box, total: float, left: float, width: float, top: int) -> str:
    name, place = box.called.name, box.called.place
    share = 100 * box.seconds / total
    told = f"{name} {place}".rstrip() + f"\n{box.seconds:.3f} s, {share:.1f} %"
    # The colour is the file's, the same in every graph.
    hue = zlib.crc32(place.rpartition(":")[0].encode("utf-8", "surrogateescape")) % 60
    fill = f"hsl({hue} 85% 68%)" if place else "hsl(200 50% 75%)"
    letters = int((width - 6) / _LETTER)
    shown = name if len(name) <= letters else f"{name[: letters - 1]}…" if letters > 2 else ""
    text = f'<text x="{left + 3:.1f}" y="{top + 12}">{_xml(shown)}</text>' if shown else ""
    return (
        f"<g><title>{_xml(told)}</title>"
        f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_LEVEL - 1}" '
        f'fill="{fill}" rx="1"/>{text}</g>'
    )


def _xml(text: str) -> str:
    """Text for XML, which no name or path can break."""
    plain = text.encode("utf-8", "replace").decode("utf-8")
    return escape("".join(char if char == "\n" or char.isprintable() else "?" for char in plain))
