"""Manifests: what they say, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vmtest.errors import HarnessError
from vmtest.manifest import Manifest, parse_manifest
from vmtest.qemu import Places, qemu_arguments


def manifest(**node: Any) -> Manifest:
    data = {
        "name": "t",
        "globalTimeout": 60,
        "testScript": "",
        "tools": None,
        "nodes": {"web": {"boot": "direct", "kernel": "/k", **node}, "a": {"kernel": "/k"}},
    }
    return parse_manifest(json.dumps(data), origin="m.json")


def command(**node: Any) -> str:
    web = manifest(**node).nodes[1]
    places = Places(state=Path("/s"), run=Path("/r"), shared=Path("/sh"))
    arguments = qemu_arguments(
        web,
        places,
        accelerator="tcg",
        seen=lambda path: path,
        vlan_socket=lambda n: Path(f"/net/vlan{n}"),
        allow_reboot=False,
    )
    return " ".join(arguments)


def test_nodes_are_numbered_by_name() -> None:
    assert [(n.name, n.number) for n in manifest().nodes] == [("a", 1), ("web", 2)]


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"memroySize": 3}, r"m\.json\.nodes\.web: unknown member 'memroySize'"),
        ({"memorySize": "3"}, r"nodes\.web\.memorySize: expected int, found '3'"),
        ({"cores": True}, r"nodes\.web\.cores: expected int, found True"),
        ({"boot": "floppy"}, r"nodes\.web\.boot: 'floppy' is unknown; one of 'direct', 'firmware'"),
        ({"kernel": None}, r"nodes\.web: boot is 'direct', but no kernel is given"),
        ({"boot": "firmware"}, r"boot is 'firmware', but the hardware has none"),
        ({"vlans": [0]}, r"nodes\.web\.vlans: 0 is not between 1 and 255"),
        (
            {"hardware": {"arch": "aarch64", "machine": "q35"}},
            r"nodes\.web\.hardware: machine 'q35' does not exist for aarch64",
        ),
        (
            {"hardware": {"arch": "aarch64", "machine": "virt", "disk": "ide"}},
            "machine 'virt' has neither IDE disks nor a BIOS",
        ),
    ],
)
def test_errors_name_the_place(node: dict[str, Any], message: str) -> None:
    with pytest.raises(HarnessError, match=message):
        manifest(**node)


def test_direct_boot_command() -> None:
    text = command(
        initrd="/i",
        kernelParams=["console=ttyS0", "root=x"],
        image="/nix/store/x/disk.raw",
        memorySize=512,
        vlans=[1, 7],
        restrictNetwork=True,
        forwardPorts=[{"from": "host", "host": {"port": 2222}, "guest": {"port": 22}}],
    )
    assert text.startswith("qemu-system-x86_64 -name web ")
    assert "-kernel /k -initrd /i -append console=ttyS0 root=x -no-reboot" in text
    assert "memory-backend-memfd,id=ram,size=512M" in text
    assert "file=/s/disk.qcow2 -device virtio-blk-pci,drive=disk0" in text
    assert "user,id=user0,restrict=on,hostfwd=tcp:127.0.0.1:2222-:22" in text
    # eth0 is the user network; the vlans follow in order.
    assert text.index("netdev=user0") < text.index("netdev=vlan1") < text.index("netdev=vlan7")
    assert "netdev=vlan7,mac=52:54:00:12:07:02" in text
    assert "pflash" not in text


@pytest.mark.parametrize(
    ("hardware", "expected"),
    [
        (
            {"machine": "q35", "firmware": "uefi", "disk": "nvme", "nic": "e1000e"},
            ["OVMF_CODE_4M.fd", "file=/s/vars.qcow2", "-device nvme,drive=disk0", "-device e1000e"],
        ),
        (
            {"machine": "pc", "firmware": "bios", "disk": "ide", "nic": "rtl8139"},
            ["-machine pc,", "ide-hd,drive=disk0,bus=ide.0,unit=0", "-device rtl8139,"],
        ),
        (
            {"machine": "virt", "arch": "aarch64", "firmware": "uefi"},
            ["qemu-system-aarch64", "AAVMF_CODE.fd", "max,pauth-impdef=on"],
        ),
    ],
)
def test_firmware_boot_command(hardware: dict[str, str], expected: list[str]) -> None:
    text = command(boot="firmware", kernel=None, image="/i", hardware=hardware)
    assert [part for part in expected if part not in text] == []
    assert "-kernel" not in text
