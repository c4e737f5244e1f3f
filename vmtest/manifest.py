"""The manifest: everything that a test run needs to know, as JSON.

The flake's ``checks`` build it; the harness knows nothing else of the
configuration. Paths below /nix/store are logical ones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from vmtest.errors import HarnessError
from vmtest.fields import Fields
from vmtest.hardware import Hardware, parse_hardware


@dataclass(frozen=True, slots=True, kw_only=True)
class PortForward:
    """A TCP or UDP port of the host's loopback that leads to one of the guest."""

    protocol: str
    host: int
    guest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDirectory:
    """A folder of the host that the guest sees as 9p file system `tag`, mounted at `target`."""

    tag: str
    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One machine. Sizes are in MiB. `number` is its place among the sorted names, from 1."""

    name: str
    number: int
    toplevel: str | None
    boot: str  # "direct" | "firmware"
    hardware: Hardware
    kernel: str | None = None
    initrd: str | None = None
    kernel_params: tuple[str, ...] = ()
    image: str | None = None
    cdrom: str | None = None
    usb: str | None = None
    memory_size: int = 1024
    cores: int = 1
    disk_size: int | None = None
    empty_disks: tuple[int, ...] = ()
    vlans: tuple[int, ...] = (1,)
    restrict_network: bool = False
    forward_ports: tuple[PortForward, ...] = ()
    shared_directories: tuple[SharedDirectory, ...] = ()
    qemu_options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One test. `global_timeout` is in seconds; `tools` is a tree that stands at /usr."""

    name: str
    global_timeout: float
    test_script: str
    tools: str | None
    nodes: tuple[Node, ...]


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file; raises `HarnessError` when it cannot be read or is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise HarnessError(f"cannot read the test manifest {path}: {error.strerror}") from error
    return parse_manifest(text, origin=str(path))


def parse_manifest(text: str, *, origin: str) -> Manifest:
    """The manifest in `text`; `origin` names it in errors."""
    try:
        fields = Fields(json.loads(text), origin)
    except ValueError as error:
        raise HarnessError(f"{origin} is not JSON: {error}") from error
    nodes = sorted(fields.objects("nodes").items())
    if len(nodes) > 254:
        raise HarnessError(f"{origin}: {len(nodes)} nodes, but addresses only for 254")
    manifest = Manifest(
        name=fields.get("name", str),
        global_timeout=float(fields.get("globalTimeout", int, 3600)),
        test_script=fields.get("testScript", str),
        tools=fields.optional("tools", str),
        nodes=tuple(parse_node(n, i, f) for i, (n, f) in enumerate(nodes, 1)),
    )
    fields.finish()
    return manifest


def parse_node(name: str, number: int, fields: Fields) -> Node:
    """One node; raises `HarnessError` when it could not boot as described."""
    node = Node(
        name=name,
        number=number,
        toplevel=fields.optional("toplevel", str),
        boot=fields.choice("boot", ("direct", "firmware"), "direct"),
        hardware=parse_hardware(fields.nested("hardware")),
        kernel=fields.optional("kernel", str),
        initrd=fields.optional("initrd", str),
        kernel_params=fields.listed("kernelParams", str),
        image=fields.optional("image", str),
        cdrom=fields.optional("cdrom", str),
        usb=fields.optional("usb", str),
        memory_size=fields.get("memorySize", int, 1024),
        cores=fields.get("cores", int, 1),
        disk_size=fields.optional("diskSize", int),
        empty_disks=fields.listed("emptyDiskImages", int),
        vlans=fields.listed("vlans", int, (1,)),
        restrict_network=fields.get("restrictNetwork", bool, False),
        forward_ports=_ports(fields),
        shared_directories=tuple(
            SharedDirectory(tag=tag, source=f.get("source", str), target=f.get("target", str))
            for tag, f in sorted(fields.objects("sharedDirectories").items())
        ),
        qemu_options=fields.listed("qemuOptions", str),
    )
    fields.listed("additionalPaths", str)  # the image holds them already
    fields.finish()
    if node.boot == "direct" and node.kernel is None:
        raise HarnessError(f"{fields.place}: boot is 'direct', but no kernel is given")
    if node.boot == "firmware" and node.hardware.firmware is None:
        raise HarnessError(f"{fields.place}: boot is 'firmware', but the hardware has none")
    bad = [v for v in node.vlans if not 1 <= v <= 255]
    if bad:
        raise HarnessError(f"{fields.place}.vlans: {bad[0]} is not between 1 and 255")
    return node


def _ports(fields: Fields) -> tuple[PortForward, ...]:
    """forwardPorts: [{"from": "host", "proto": "tcp", "host": {"port"}, "guest": {"port"}}]"""
    found = []
    for index, entry in enumerate(fields.listed("forwardPorts", dict)):
        port = Fields(entry, f"{fields.place}.forwardPorts[{index}]")
        port.choice("from", ("host",), "host")
        protocol = port.choice("proto", ("tcp", "udp"), "tcp")
        host, guest = port.nested("host"), port.nested("guest")
        found.append(
            PortForward(protocol=protocol, host=host.get("port", int), guest=guest.get("port", int))
        )
        for part in (host, guest):
            part.optional("address", str)
            part.finish()
        port.finish()
    return tuple(found)
