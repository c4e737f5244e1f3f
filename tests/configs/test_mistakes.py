"""What users of the system's own modules are told: to the letter, with files and lines."""

from __future__ import annotations

import pytest

from tests.configs.conftest import Systems

MISTAKES = {
    "a wrong name": (
        '{ networking.hostNam = "x"; }',
        "The option `networking.hostNam' does not exist. Definition values:\n"
        '- In `configuration.nix:2:3\': "x"',
    ),
    "a wrong name inside of a submodule": (
        '{ systemd.services.a.scrip = "true"; }',
        "The option `systemd.services.a.scrip' does not exist. Definition values:\n"
        '- In `configuration.nix:2:3\': "true"',
    ),
    "a conflict": (
        '{ time.timeZone = "Europe/Zurich"; }\n{ time.timeZone = "UTC"; }',
        "The option `time.timeZone' has conflicting definition values:\n"
        '- In `configuration.nix:3:3\': "UTC"\n'
        '- In `configuration.nix:2:3\': "Europe/Zurich"\n'
        "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these "
        "definitions.",
    ),
    "a wrong type": (
        '{ networking.firewall.allowedTCPPorts = [ "80" ]; }',
        'A definition for option `networking.firewall.allowedTCPPorts."[definition 1-entry 1]"\' '
        "is not of type `16 bit unsigned integer; between 0 and 65535 (both inclusive)'. "
        'Definition values:\n- In `configuration.nix:2:3\': "80"',
    ),
    "a wrong choice": (
        '{ services.journald.storage = "disk"; }',
        'A definition for option `services.journald.storage\' is not of type `one of "persistent", '
        '"volatile", "auto", "none"\'. Definition values:\n- In `configuration.nix:2:3\': "disk"',
    ),
    "an assertion": (
        '{ assertions = [ { assertion = 1 == 2; message = "one is not two"; } ]; }',
        "\nFailed assertions:\n- one is not two",
    ),
    "a user of no kind and no group": (
        "{ users.users.eve = { }; }",
        "\nFailed assertions:\n"
        "- exactly one of users.users.eve.isSystemUser and users.users.eve.isNormalUser must be "
        "set\n"
        "- users.users.eve.group is not set; for a group of the user's own: "
        'users.users.eve.group = "eve"; users.groups.eve = { };',
    ),
    "half an overlay": (
        '{ fileSystems."/m".overlay = { lowerdir = [ "/l" ]; upperdir = "/u"; }; }',
        "\nFailed assertions:\n"
        '- fileSystems."/m".overlay needs both upperdir and workdir, or neither',
    ),
    "a size for a swap partition": (
        '{ swapDevices = [ { device = "/dev/vdb"; size = 1; } ]; }',
        "\nFailed assertions:\n"
        "- a swap device's size is that of a file to be made, and '/dev/vdb' is a device",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_message(systems: Systems, name: str) -> None:
    modules, message = MISTAKES[name]
    assert systems.mistake(modules).message == message


def test_the_nearest_option_is_named(systems: Systems) -> None:
    assert "networking.hostName" in systems.mistake('{ networking.hostNam = "x"; }').suggestions


def test_no_root_file_system(systems: Systems) -> None:
    error = systems.mistake("({ lib, ... }: { fileSystems = lib.mkForce { }; })")
    assert 'fileSystems."/" is not set: a machine needs a root file system' in error.message


def test_a_warning_is_shown_and_changes_nothing(
    systems: Systems, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = systems.toplevel("")
    capsys.readouterr()
    assert systems.toplevel('{ warnings = [ "mind the gap" ]; }') == plain
    assert "evaluation warning: mind the gap" in capsys.readouterr().err


def test_a_variant_is_checked_too(systems: Systems) -> None:
    error = systems.mistake(
        "{ specialisation.odd.configuration.assertions = "
        '[ { assertion = false; message = "odd indeed"; } ]; }'
    )
    assert error.message == "\nFailed assertions:\n- odd indeed"
