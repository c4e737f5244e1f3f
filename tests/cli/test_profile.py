"""``neve eval --profile``: a flame graph of what was evaluated."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from builder.lang.flamegraph import flame_graph
from builder.lang.profile import Called, Profile
from tests.cli.conftest import Shell

SVG = "{http://www.w3.org/2000/svg}"
# Most of the time goes to `slow`, which two others call; it calls itself.
PROGRAM = """let
  slow = n: if n < 2 then n else slow (n - 1) + slow (n - 2);
  once = slow 21;
  thrice = x: slow 18 + slow 19 + x;
in {
  sum = builtins.foldl' (a: b: a + thrice b) 0 (builtins.genList (n: n) 12) + once;
}
"""


def titles(svg: str) -> dict[str, float]:
    """The boxes' names and places, and the share of all time of the widest one of each."""
    found: dict[str, float] = {}
    for title in ElementTree.fromstring(svg).iter(f"{SVG}title"):
        head, _, told = (title.text or "").partition("\n")
        share = re.search(r"([0-9.]+) %", told)
        assert share is not None
        found[head] = max(found.get(head, 0.0), float(share[1]))
    return found


def test_where_the_time_goes(shell: Shell) -> None:
    Path("p.nix").write_text(PROGRAM)
    out = shell.run("eval", "--impure", "--file", "p.nix", "--profile", "out.svg")
    assert out == shell.run("eval", "--impure", "--file", "p.nix")
    boxes = titles(Path("out.svg").read_text())
    where = f"{shell.folder}/p.nix"
    # Shares of each other only: how long the rest of the program takes depends on the machine.
    assert boxes[f"thrice {where}:4"] > boxes[f"once {where}:3"] > 0
    assert boxes[f"sum {where}:6"] > boxes[f"thrice {where}:4"]
    assert boxes[f"slow {where}:2"] > boxes[f"thrice {where}:4"] / 2
    assert "builtins.foldl'" in boxes


def test_what_fails_is_shown_too(shell: Shell) -> None:
    Path("p.nix").write_text(PROGRAM.replace("+ once;", '+ once + throw "no";'))
    assert "no" in shell.fails("eval", "-f", "p.nix", "sum", "--profile", "out.svg")
    assert f"slow {shell.folder}/p.nix:2" in titles(Path("out.svg").read_text())


def test_nothing_is_recalled(shell: Shell) -> None:
    assert shell.run("eval", "f#number") == "42\n"
    assert shell.run("eval", "f#number", "--profile", "out.svg") == "42\n"
    ElementTree.fromstring(Path("out.svg").read_text())


def test_widths_and_names() -> None:
    """Boxes are as wide as their time; names cannot break the file."""
    outer, inner = Called("a<&\x00>b", "/f.nix:1"), Called("i", "/f.nix:2")
    profile = Profile()
    profile.seconds[(outer,)] = 1.0
    profile.seconds[(outer, inner)] = 3.0
    svg = flame_graph(profile)
    widths = {
        (group.find(f"{SVG}title").text or "").split("\n")[0]: group.find(f"{SVG}rect").get("width")  # type: ignore[union-attr]
        for group in ElementTree.fromstring(svg).iter(f"{SVG}g")
    }
    assert widths == {"evaluation": "1200.0", "a<&?>b /f.nix:1": "1200.0", "i /f.nix:2": "900.0"}
    assert svg == flame_graph(profile)
    ElementTree.fromstring(flame_graph(Profile()))
