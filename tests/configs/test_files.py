"""What options write into files: the cases that no booted machine shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.configs.conftest import Systems

Etc = Callable[[str, str], str]


def test_sudo_rules(etc: Etc) -> None:
    text = etc(
        """{ security.sudo = { wheelNeedsPassword = false; extraRules = [
             { users = [ "ann" 1000 ]; groups = [ "ops" 50 ]; runAs = "web";
               commands = [ "/a" { command = "/b c"; options = [ "NOPASSWD" "SETENV" ]; } ]; }
             { users = [ "nobody-to-allow" ]; }
           ]; extraConfig = "Defaults !lecture"; }; }""",
        "sudoers",
    )
    assert text.splitlines()[1:] == [
        "root ALL=(ALL:ALL) SETENV: ALL",
        "%wheel ALL=(ALL:ALL) NOPASSWD: SETENV: ALL",
        "%sudo ALL=(ALL:ALL) NOPASSWD: SETENV: ALL",
        "ann, #1000, %ops, %#50 ALL=(web) /a, NOPASSWD: SETENV: /b c",
        "Defaults !lecture",
    ]


@pytest.mark.parametrize(
    ("modules", "enabled"),
    [
        ("{ }", True),
        ("{ networking.useDHCP = false; }", False),
        ("{ networking.useDHCP = false; networking.interfaces.a.useDHCP = true; }", True),
        ("{ services.resolved.enable = false; }", False),
    ],
)
def test_resolved_is_there_when_dhcp_tells_name_servers(
    systems: Systems, modules: str, enabled: bool
) -> None:
    assert systems.ask(modules, "config.services.resolved.enable") is enabled


def test_a_variant_of_nothing_but_the_systems_modules(systems: Systems) -> None:
    modules = """{ networking.hostName = "parent"; networking.domain = "here";
                   specialisation.bare = { inheritParentConfig = false;
                                           configuration.networking.hostName = "bare"; };
                   specialisation.child.configuration = { }; }"""
    variants = "config.system.build.specialisations"
    assert systems.ask(modules, f"{variants}.bare.networking.hostName") == "bare"
    assert systems.ask(modules, f"{variants}.bare.networking.domain == null") is True
    assert systems.ask(modules, f"{variants}.child.networking.hostName") == "parent"
    assert systems.ask(modules, f"{variants}.child.networking.domain") == "here"


def test_resolved(etc: Etc) -> None:
    modules = """{ services.resolved = { enable = true; fallbackDns = [ ]; dnssec = "true"; };
                   networking.nameservers = [ "10.0.0.1" "10.0.0.2" ];
                   networking.search = [ "a.test" "b.test" ]; }"""
    assert etc(modules, "systemd/resolved.conf").split() == [
        "[Resolve]",
        "DNS=10.0.0.1",
        "10.0.0.2",
        "FallbackDNS=",
        "Domains=a.test",
        "b.test",
        "LLMNR=true",
        "DNSSEC=true",
        "DNSOverTLS=false",
    ]


def test_a_gateway_is_behind_the_interface_that_reaches_it(etc: Etc) -> None:
    modules = """{ networking = { useDHCP = false; defaultGateway = "10.1.3.254";
      interfaces.a.ipv4.addresses = [ { address = "10.1.2.3"; prefixLength = 23; } ];
      interfaces.b.ipv4.addresses = [ { address = "10.1.4.3"; prefixLength = 23; } ]; }; }"""
    assert "Gateway=10.1.3.254" in etc(modules, "systemd/network/40-a.network")
    assert "Gateway" not in etc(modules, "systemd/network/40-b.network")


def test_fstab(etc: Etc) -> None:
    modules = """{
      fileSystems."/my data" = { device = "/dev/vdb"; fsType = "xfs"; depends = [ "/other" ]; };
      swapDevices = [ { label = "swap"; priority = 3; } ];
    }"""
    assert etc(modules, "fstab").splitlines()[1:] == [
        "/dev/disk/by-label/neve / auto defaults 0 1",
        "/dev/vdb /my\\040data xfs x-systemd.requires-mounts-for=/other 0 0",
        "/dev/disk/by-label/swap none swap pri=3",
    ]


def test_shells(etc: Etc) -> None:
    modules = """({ pkgs, ... }: {
      users.users.a = { isNormalUser = true; shell = pkgs.zsh; };
      users.users.b = { isNormalUser = true;
        shell = pkgs.writeShellScriptBin "own" "" // { shellPath = "/bin/own"; }; };
    })"""
    shells = etc(modules, "shells").splitlines()
    assert "/usr/bin/zsh" in shells
    assert any(shell.endswith("-own/bin/own") for shell in shells)
