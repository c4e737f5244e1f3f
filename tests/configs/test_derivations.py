"""What a system is made of: the same every time, and only as much of it changes as must."""

from __future__ import annotations

from pathlib import Path

from builder.store.paths import StorePath
from tests.configs.conftest import Systems


def _derivations(systems: Systems, modules: str) -> set[StorePath]:
    top = StorePath.parse(systems.toplevel(modules))
    systems.session.host.flush()
    return {info.path for info in systems.session.store.closure([top])}


def test_two_evaluations_give_the_same(systems: Systems, tmp_path: Path) -> None:
    assert Systems(tmp_path).toplevel("") == systems.toplevel("")


def test_a_line_of_etc_changes_only_what_holds_it(systems: Systems) -> None:
    one = _derivations(systems, '{ environment.etc.motd.text = "one\\n"; }')
    two = _derivations(systems, '{ environment.etc.motd.text = "two\\n"; }')
    label = systems.ask("", "config.system.nixos.label")
    for fresh in (one - two, two - one):
        assert sorted(path.name for path in fresh) == [
            "etc-motd.drv",
            "etc.drv",
            f"nixos-system-neve-{label}.drv",
        ]


def test_a_variant_is_a_system_of_its_own(systems: Systems) -> None:
    variant = '{ specialisation.other.configuration.time.timeZone = "Europe/Zurich"; }'
    other = "config.system.build.specialisations.other"
    assert systems.ask(variant, f"{other}.time.timeZone") == "Europe/Zurich"
    alone = systems.toplevel('({ lib, ... }: { time.timeZone = lib.mkForce "Europe/Zurich"; })')
    assert systems.ask(variant, f"{other}.system.build.toplevel.drvPath") == alone
