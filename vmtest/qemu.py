"""QEMU's command line for a node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vmtest.manifest import Node

SHARED_TAG = "shared"  # the folder that every machine shares with the harness, at /tmp/shared
USER_NET = "user0"

# QEMU looks for its data beside its own program, which in a tree of links is
# another package than the data's. These are Debian's folders.
DATA_FOLDERS = ("-L", "/usr/share/qemu", "-L", "/usr/share/seabios", "-L", "/usr/lib/ipxe/qemu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where one machine's files and sockets lie. Paths are the same for us and for QEMU."""

    state: Path  # disks and firmware variables
    run: Path  # sockets; a short path, since a socket's has at most 107 bytes
    shared: Path

    @property
    def disk(self) -> Path:
        """The overlay over the node's image."""
        return self.state / "disk.qcow2"

    @property
    def firmware_vars(self) -> Path:
        """The overlay over the firmware's variable store."""
        return self.state / "vars.qcow2"

    @property
    def stick(self) -> Path:
        """The overlay over the node's USB stick."""
        return self.state / "stick.qcow2"

    def empty_disk(self, index: int) -> Path:
        """The file of an empty disk."""
        return self.state / f"empty{index}.raw"

    def socket(self, name: str) -> Path:
        """The socket on which we listen for ``console``, ``shell`` and ``qmp``."""
        return self.run / name


def mac_address(vlan: int, number: int) -> str:
    """The address of node `number` on a network, as NixOS's tests give them."""
    return f"52:54:00:12:{vlan:02x}:{number:02x}"


def qemu_arguments(
    node: Node,
    places: Places,
    *,
    accelerator: str,
    seen: Callable[[str], str],
    vlan_socket: Callable[[int], Path],
    allow_reboot: bool,
) -> list[str]:
    """The whole command, program first.

    `seen` turns a manifest's path into the one under which QEMU sees it.
    """
    hardware = node.hardware
    accel = "kvm" if accelerator == "kvm" else "tcg,thread=multi,tb-size=256"
    arguments = [
        hardware.program,
        "-name", node.name,
        "-no-user-config", "-nodefaults", *DATA_FOLDERS,
        "-display", "none",
        "-machine", f"{hardware.machine},memory-backend=ram",
        "-accel", accel,
        "-cpu", hardware.cpu_model(accelerator),
        "-smp", str(node.cores),
        "-m", str(node.memory_size),
        "-object", f"memory-backend-memfd,id=ram,size={node.memory_size}M,share=on",
        "-rtc", "base=utc",
        *hardware.display_arguments(),
        "-device", "virtio-rng-pci",
        *_channels(places),
        *_firmware(node, places),
        *_drives(node, places, seen),
        *_networks(node, vlan_socket),
        *_shares(node, places, seen),
    ]  # fmt: skip
    if node.boot == "direct":
        arguments += ["-kernel", seen(node.kernel or "")]
        if node.initrd is not None:
            arguments += ["-initrd", seen(node.initrd)]
        arguments += ["-append", " ".join(node.kernel_params)]
    if not allow_reboot:
        arguments.append("-no-reboot")
    return [*arguments, *node.qemu_options]


def _channels(places: Places) -> list[str]:
    """Serial console, root shell (hvc0) and monitor. We listen, QEMU connects: no race."""
    return [
        "-chardev", f"socket,id=console,path={places.socket('console')}",
        "-serial", "chardev:console",
        "-chardev", f"socket,id=shell,path={places.socket('shell')}",
        "-device", "virtio-serial-pci",
        "-device", "virtconsole,chardev=shell",
        "-chardev", f"socket,id=qmp,path={places.socket('qmp')}",
        "-mon", "chardev=qmp,mode=control",
    ]  # fmt: skip


def _firmware(node: Node, places: Places) -> list[str]:
    if node.hardware.firmware != "uefi" or node.boot != "firmware":
        return []  # SeaBIOS is QEMU's own default
    code = node.hardware.uefi_code
    return [
        "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
        "-drive", f"if=pflash,unit=1,format=qcow2,file={places.firmware_vars}",
    ]  # fmt: skip


def _drives(node: Node, places: Places, seen: Callable[[str], str]) -> list[str]:
    arguments = []
    number = 0
    if node.image is not None or node.disk_size is not None:
        # What a crash of the host would lose does not matter here; speed does.
        drive = f"if=none,id=disk0,format=qcow2,cache=unsafe,discard=unmap,file={places.disk}"
        arguments += ["-drive", drive, *node.hardware.disk_arguments(0, "disk0", 2)]
        number = 1
    for index in range(len(node.empty_disks)):
        name = f"empty{index}"
        file = places.empty_disk(index)
        drive = f"if=none,id={name},format=raw,cache=unsafe,discard=unmap,file={file}"
        arguments += ["-drive", drive, *node.hardware.disk_arguments(number, name, None)]
        number += 1
    if node.cdrom is not None:
        drive = f"if=none,id=cd0,media=cdrom,format=raw,readonly=on,file={seen(node.cdrom)}"
        arguments += ["-drive", drive, *node.hardware.cdrom_arguments("cd0", 1)]
    if node.usb is not None:
        drive = f"if=none,id=stick,format=qcow2,cache=unsafe,file={places.stick}"
        arguments += [
            "-drive", drive, "-device", "qemu-xhci,id=stick-bus",
            "-device", "usb-storage,bus=stick-bus.0,drive=stick,bootindex=0,removable=on",
        ]  # fmt: skip
    return arguments


def _networks(node: Node, vlan_socket: Callable[[int], Path]) -> list[str]:
    """eth0 is QEMU's own user network; eth1 and on are the test's."""
    options = [f"user,id={USER_NET}"]
    if node.restrict_network:
        options.append("restrict=on")
    options += [f"hostfwd={p.protocol}:127.0.0.1:{p.host}-:{p.guest}" for p in node.forward_ports]
    nic = node.hardware.nic
    arguments = [
        "-netdev", ",".join(options),
        "-device", f"{nic},netdev={USER_NET},mac=52:54:00:12:00:{node.number:02x}",
    ]  # fmt: skip
    for vlan in node.vlans:
        arguments += [
            "-netdev",
            f"stream,id=vlan{vlan},server=off,addr.type=unix,addr.path={vlan_socket(vlan)}",
            "-device",
            f"{nic},netdev=vlan{vlan},mac={mac_address(vlan, node.number)}",
        ]
    return arguments


def _shares(node: Node, places: Places, seen: Callable[[str], str]) -> list[str]:
    folders = [(SHARED_TAG, str(places.shared))]
    folders += [(s.tag, seen(s.source)) for s in node.shared_directories]
    arguments = []
    for index, (tag, path) in enumerate(folders):
        arguments += [
            "-fsdev", f"local,id=share{index},path={path},security_model=none",
            "-device", f"virtio-9p-pci,fsdev=share{index},mount_tag={tag}",
        ]  # fmt: skip
    return arguments
