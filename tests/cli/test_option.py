"""``neve option``: who set this, and where is an option for that."""

# ruff: noqa: E501
from __future__ import annotations

import json
import shutil

import pytest

from builder.manual.library import LIBRARY
from tests.cli.conftest import Shell

FLAKE = """{
  outputs = { self }: let lib = import ./lib; in {
    nixosConfigurations.box = lib.evalModules { modules = [ ./options.nix ./a.nix ./b.nix ]; };
  };
}
"""
OPTIONS = """{ lib, config, ... }:
let inherit (lib) mkOption types; in
{
  options.web = {
    enable = lib.mkEnableOption "the web server";
    port = mkOption { type = types.port; default = 80; description = "Where to listen. Or so."; example = "8080"; };
    title = mkOption { type = types.str; default = "${toString config.web.port}!"; defaultText = lib.literalMD "the port"; };
    broken = mkOption { type = types.int; };
    hidden = mkOption { internal = true; };
    sites = mkOption {
      default = { };
      description = "Sites by their names.";
      type = types.attrsOf (types.submodule {
        options.root = mkOption { type = types.path; description = "The site's files."; };
      });
    };
    headers = mkOption { type = types.attrsOf types.str; default = { }; };
    tags = mkOption { type = types.listOf types.str; default = [ ]; };
    odd = mkOption { type = types.raw; default = { file = ./a.nix; run = x: x; }; };
    settings = mkOption {
      default = { };
      type = types.submodule { freeformType = types.attrsOf types.anything; options.known = mkOption { default = 1; }; };
    };
  };
  imports = [ (lib.mkRenamedOptionModule [ "web" "name" ] [ "web" "title" ]) ];
}
"""
A = """{ lib, ... }:
{
  web.enable = true;
  web.port = lib.mkDefault 8080;
  web.sites.home.root = "/srv/home";
  web.headers.x = lib.mkForce "1";
  web.tags = [ "a" ];
  web.broken = throw "no such thing";
  web.settings.log.level = lib.mkDefault 3;
}
"""
B = """{ lib, config, ... }:
{
  web.port = lib.mkForce 443;
  web.title = lib.mkIf (config.web.port == 1) "one";
  web.headers.x = "2";
  web.tags = lib.mkMerge [ (lib.mkAfter [ "z" ]) (lib.mkBefore [ "b" ]) (lib.mkForce (lib.mkIf false [ ])) ];
  web.settings.log = lib.genAttrs [ "level" ] (_: 4);
  web.name = lib.mkForce "named";
}
"""


@pytest.fixture
def box(shell: Shell) -> Shell:
    """A flake with one machine."""
    folder = shell.folder / "f"
    shutil.copytree(LIBRARY, folder / "lib")
    for name, text in {"flake": FLAKE, "options": OPTIONS, "a": A, "b": B}.items():
        (folder / f"{name}.nix").write_text(text)
    return shell


def test_show(box: Shell) -> None:
    """The whole report on an option with several definitions."""
    assert box.run("option", "show", "web.port", "f#box") == (
        "web.port\n"
        "\n"
        "Type:\n"
        "  16 bit unsigned integer; between 0 and 65535 (both inclusive)\n"
        "Value:\n"
        "  443\n"
        "Default:\n"
        "  80\n"
        "Example:\n"
        '  "8080"\n'
        "Description:\n"
        "  Where to listen. Or so.\n"
        "Declared in:\n"
        "  options.nix:6:5\n"
        "Defined in:\n"
        "* b.nix:3:3\n"
        "    priority 50 (mkForce): the only one of the strongest priority\n"
        "    443\n"
        "  a.nix:4:3\n"
        "    priority 1000 (mkDefault): priority 1000 is weaker than 50\n"
        "    8080\n"
        "  options.nix:6:5\n"
        "    priority 1500 (the option's default): priority 1500 is weaker than 50\n"
        "    80\n"
    )


def test_show_json(box: Shell) -> None:
    """The same for programs."""
    view = json.loads(box.run("option", "show", "web.port", "f#box", "--json"))
    assert view["name"] == "web.port"
    assert (view["value"], view["default"], view["isDefined"]) == (443, "80", True)
    assert [(d["file"], d["line"], d["priority"], d["wins"]) for d in view["definitions"]] == [
        ("b.nix", 3, 50, True),
        ("a.nix", 4, 1000, False),
        ("options.nix", 6, 1500, False),
    ]


def test_conditions_and_texts(box: Shell) -> None:
    """A definition whose condition is false is listed as such; a default may be described."""
    out = box.run("option", "show", "web.title", "f#box")
    assert "Default:\n  the port\n" in out
    assert "its condition (mkIf) is false" in out
    assert 'Value:\n  "named"\n' in out


def test_merged(box: Shell) -> None:
    """Definitions of one priority are all marked."""
    out = box.run("option", "show", "web.tags", "f#box")
    assert out.count("one of 3 of the strongest priority, merged") == 3
    assert "priority 50 (mkForce): its condition (mkIf) is false" in out
    view = json.loads(box.run("option", "show", "web.tags", "f#box", "--json"))
    assert view["value"] == ["b", "a", "z"]
    assert [(d["order"], d["value"]) for d in view["definitions"] if d["wins"]] == [
        (500, ["b"]),
        (1000, ["a"]),
        (1500, ["z"]),
    ]
    assert "priority 100 (plain), order 500 (mkBefore): one of 3" in out


def test_undeclared_names(box: Shell) -> None:
    """What a freeform type admits has its definitions too."""
    view = json.loads(box.run("option", "show", "web.settings.log.level", "f#box", "--json"))
    assert (view["value"], view["type"], view["declarations"]) == (4, "anything", [])
    # The second is bound by a function of the library, which is no place to look at.
    assert [(d["file"], d["line"], d["wins"]) for d in view["definitions"]] == [
        ("b.nix", None, True),
        ("a.nix", 9, False),
    ]
    assert json.loads(box.run("option", "show", "web.settings", "f#box", "--json"))["value"] == {
        "known": 1,
        "log": {"level": 4},
    }


def test_properties_are_calls(box: Shell) -> None:
    """What stands in a definition is shown as it is written."""
    out = box.run("option", "show", "web.settings", "f#box")
    assert "        level = mkDefault 3;\n" in out


def test_renamed(box: Shell) -> None:
    """A definition by an old name is found where it stands, with its priority."""
    view = json.loads(box.run("option", "show", "web.title", "f#box", "--json"))
    assert (view["value"], view["definitions"][0]["priority"]) == ("named", 50)
    assert [(d["file"], d["line"]) for d in view["definitions"][:1]] == [("b.nix", 8)]


def test_set_of_options(box: Shell) -> None:
    """The name of a set of options lists what is in it."""
    out = box.run("option", "show", "web", "f#box")
    assert "web.port (16 bit unsigned integer" in out
    assert "web.hidden" not in out
    names = [o["name"] for o in json.loads(box.run("option", "show", "web", "f#box", "--json"))]
    assert "web.sites.<name>.root" in names


def test_inside_values(box: Shell) -> None:
    """Options of submodules, and entries of sets, by their own names."""
    view = json.loads(box.run("option", "show", "web.sites.home.root", "f#box", "--json"))
    assert (view["value"], view["type"]) == ("/srv/home", "absolute path")
    assert [(d["file"], d["line"]) for d in view["definitions"]] == [("a.nix", 5)]
    entry = json.loads(box.run("option", "show", "web.headers.x", "f#box", "--json"))
    assert entry["value"] == "1"
    assert [(d["file"], d["wins"]) for d in entry["definitions"]] == [
        ("a.nix", True),
        ("b.nix", False),
    ]


def test_documented_names(box: Shell) -> None:
    """An option of a submodule by the name that a search prints."""
    out = box.run("option", "show", "web.sites.<name>.root", "f#box")
    assert "Type:\n  absolute path\n" in out
    assert "Description:\n  The site's files.\n" in out
    assert "Value:\n  none: nothing defines it\n" in out
    err = box.fails("option", "show", "web.sites.<name>.rot", "f#box", code=2)
    assert "web.sites.<name>.root" in err


def test_errors_are_shown(box: Shell) -> None:
    """A value that cannot be evaluated does not hide who defined it."""
    out = box.run("option", "show", "web.broken", "f#box")
    assert "Value:\n  an error: no such thing\n" in out
    assert "  a.nix:8:3\n    priority 100 (plain): an error: no such thing\n" in out
    view = json.loads(box.run("option", "show", "web.broken", "f#box", "--json"))
    assert (view["value"], view["valueError"]) == (None, "no such thing")


def test_odd_values(box: Shell) -> None:
    """A path is told by its name, a function as such; no file is copied for it."""
    value = json.loads(box.run("option", "show", "web.odd", "f#box", "--json"))["value"]
    assert value["file"].endswith("/a.nix")
    assert value["run"] == "<function>"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("web.prot", "web.port"),
        ("wbe.port", "web"),
        ("web.sites.home.rot", "web.sites.home.root"),
        ("web.sites.hone", "web.sites.home"),
        ("web.port.x", "web.port"),
    ],
)
def test_nearest_names(box: Shell, name: str, hint: str) -> None:
    """A name that is not there is met by the nearest that is."""
    err = box.fails("option", "show", name, "f#box", code=2)
    assert f"there is no option `{name}'" in err
    assert f"did you mean {hint}" in err


def test_search(box: Shell) -> None:
    """Names before descriptions; inside of submodules too; nothing internal."""
    out = box.run("option", "search", "site", "f")
    assert [line for line in out.splitlines() if not line.startswith(" ")] == [
        "web.sites (attribute set of (submodule))",
        "web.sites.<name>.root (absolute path)",
    ]
    assert box.run("option", "search", "LISTEN", "f#box") == (
        "web.port (16 bit unsigned integer; between 0 and 65535 (both inclusive))\n"
        "    Where to listen.\n"
    )
    found = json.loads(box.run("option", "search", "web serv", "f#box", "--json"))
    assert [entry["name"] for entry in found] == ["web.enable"]
    assert box.fails("option", "search", "hidden", "f#box", code=2)


def test_search_suggests(box: Shell) -> None:
    """A misspelt word is met by a name that is near."""
    err = box.fails("option", "search", "headesr", "f#box", code=2)
    assert "did you mean headers?" in err


def test_no_machine(box: Shell) -> None:
    """What is no machine has no options."""
    assert "does not provide" in box.fails("option", "show", "web", "f#nobox", code=2)
    assert "it is no machine" in box.fails("option", "show", "a", "f#nixosConfigurations", code=2)
