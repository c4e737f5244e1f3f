"""Which outputs are built, and the names of the links to them, as the real Nix has both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.cli.attribute import split_outputs
from builder.cli.errors import UsageError
from tests.cli.beside import Both, both
from tests.cli.conftest import Shell

__all__ = ["both"]


def test_links_have_the_names_that_nix_gives_them(both: Both) -> None:
    for words in (
        ("@",),
        ("@^dev",),
        ("@#multi", "@#multi^dev", "@#later"),
        ("@#multi^lib,dev,lib",),
        ("@#multi^*", "-o", "further/name"),
        ("@#later",),
        ("@#without^*",),
        ("@#marked", "@#multi^dev"),
        ("@#dev", "@#dev^out,lib"),
        ("@#multi^*", "--no-link"),
    ):
        links, _ = both.by_nix(*words)
        assert links or "--no-link" in words
        assert both.by_neve(*words)[0] == links, words
        assert both.by_neve(*words)[0] == links, words  # as remembered


def test_outputs_are_printed_as_nix_prints_them(both: Both) -> None:
    words = ("@#marked", "@#multi^*")
    printed = both.by_nix(*words, "--print-out-paths")[1]
    assert len(printed.split()) == 5
    assert both.by_neve(*words, "--print-out-paths")[1] == printed
    links, listed = both.by_nix(*words, "--json", "--no-link")
    again, ours = both.by_neve(*words, "--json", "--no-link")
    assert links == again == {}
    assert json.loads(ours) == json.loads(listed)


def test_other_choices(both: Both) -> None:
    """Where Nix builds another output than the one that is named, or none."""
    assert set(both.by_neve("@#multi.dev")[0]) == {"result-dev"}
    assert set(both.by_neve("@#without")[0]) == {"result-dev"}
    # Nix makes four links here.
    assert set(both.by_neve("@", "@")[0]) == {"result", "result-1"}


def test_outputs_that_are_not_there(both: Both) -> None:
    for name, told in (
        ("multi^nothing,dev", "does not have wanted outputs 'nothing'"),
        ("wrong", "does not have wanted outputs 'nothing'"),
        ("multi^", "'' after the ^ in"),
        ("multi^dev,*", "'dev,*' after the ^ in"),
    ):
        err = both.shell.fails("build", f"f#{name}", code=2)
        assert told in err and "hint: " in err
    assert not Path("result").exists()


def test_all_outputs_are_copied(both: Both) -> None:
    other = both.shell.folder / "other"
    _, told = both.shell.both("store", "copy", "f#multi^dev,lib", "--to", other)
    assert told.endswith(f"copied 2 of 2 store paths to {other}\n")
    assert both.shell.run("store", "path-info", "f#multi^*").count("\n") == 3


@pytest.mark.parametrize("link", [".", "/", "", "f"])
def test_a_link_that_cannot_be_made(shell: Shell, link: str) -> None:
    told = shell.fails("build", "f#inner", "-o", link)
    assert "cannot create the link" in told and "--out-link" in told


def test_texts_with_outputs() -> None:
    assert split_outputs("f#a.b") == ("f#a.b", ())
    assert split_outputs("f#a.b^*") == ("f#a.b", ("*",))
    assert split_outputs("f#a^b^dev,x.y,dev") == ("f#a^b", ("dev", "x.y"))
    for text in ("f^", "f^a,", "f^.", "f^a b", "f^..,a", "f^**"):
        with pytest.raises(UsageError):
            split_outputs(text)
