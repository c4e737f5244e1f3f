"""What an option does not need is not evaluated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Show = Callable[[str], str]
OPEN = "{ options.a = mkOption { }; }"
NO = 'throw "evaluated"'

CASES = {
    "a default that is overridden": (f"{OPEN} {{ a = mkDefault ({NO}); }} {{ a = 1; }}", "1"),
    "one of a mkMerge": (f"{OPEN} {{ a = mkMerge [ (mkDefault ({NO})) 1 ]; }}", "1"),
    "below mkForce": (f"{OPEN} {{ a = mkForce 1; }} {{ a = mkOverride 90 ({NO}); }}", "1"),
    "in an order": (f"{OPEN} {{ a = mkForce 1; }} {{ a = mkBefore ({NO}); }}", "1"),
    "behind a condition": (f"{OPEN} {{ a = mkIf true (mkDefault ({NO})); }} {{ a = 1; }}", "1"),
    "a strong one that does not apply": (
        f"{OPEN} {{ a = mkForce (mkIf false 2); }} {{ a = mkDefault ({NO}); }} {{ a = 1; }}",
        "1",
    ),
    "an order around a priority": (f"{OPEN} {{ a = mkBefore (mkForce 1); }} {{ a = 2; }}", "1"),
    "an element that is overridden": (
        "{ options.a = mkOption { type = types.attrsOf types.int; }; } "
        f"{{ a.x = mkDefault ({NO}); }} {{ a.x = 1; }}",
        "{ x = 1; }",
    ),
    "a value that apply does not ask for": ("{ options.a = mkOption { apply = _: 1; }; }", "1"),
    "a read-only value that apply does not ask for": (
        "{ options.a = mkOption { apply = _: 1; readOnly = true; default = 2; }; } { a = 3; }",
        "1",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_not_evaluated(config: Show, name: str) -> None:
    """The value does not depend on it."""
    modules, expected = CASES[name]
    assert config(modules) == f"{{ a = {expected}; }}"


def test_highest_priority(show: Show) -> None:
    """The best priority is known without the values."""
    shown = show(
        f"(evalModules {{ modules = [ {OPEN} {{ a = mkForce ({NO}); }} {{ a = mkDefault 1; }} ]; }}"
        ").options.a.highestPrio"
    )
    assert shown == "50"


def test_highest_priority_of_elements(show: Show) -> None:
    """So it is for the elements of a set."""
    shown = show(
        "mapAttrs (_: found: found.highestPrio) (modules.mergeAttrDefinitionsWithPrio "
        "(evalModules { modules = [ { options.a = mkOption { type = types.lazyAttrsOf types.raw; };"
        f" config.a = {{ x = mkForce ({NO}); y = mkDefault ({NO}); z = 1; }}; }} ]; }}).options.a)"
    )
    assert shown == "{ x = 50; y = 1000; z = 100; }"
