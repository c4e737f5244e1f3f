"""Hardware profiles: what kind of computer a node is."""

from __future__ import annotations

from dataclasses import dataclass

from vmtest.errors import HarnessError
from vmtest.fields import Fields

ARCHES = ("x86_64", "aarch64")
MACHINES = ("q35", "pc", "virt")
DISKS = ("virtio", "ide", "nvme")
NICS = ("virtio-net-pci", "rtl8139", "e1000", "e1000e")

# Debian's places of firmware below /usr.
_UEFI = {
    "x86_64": ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
    "aarch64": ("/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """One profile. `firmware` is None where a kernel is loaded without any."""

    name: str
    arch: str = "x86_64"
    machine: str = "q35"
    cpu: str = "max"
    firmware: str | None = None
    disk: str = "virtio"
    nic: str = "virtio-net-pci"

    @property
    def program(self) -> str:
        """QEMU's program for the architecture."""
        return f"qemu-system-{self.arch}"

    @property
    def uefi_code(self) -> str:
        """The firmware's code, as QEMU sees the path."""
        return _UEFI[self.arch][0]

    @property
    def uefi_vars(self) -> str:
        """The pristine variable store, as QEMU sees the path."""
        return _UEFI[self.arch][1]

    def disk_arguments(self, number: int, drive: str, bootindex: int | None) -> list[str]:
        """QEMU arguments that attach block node `drive` as the machine's disk `number` (from 0)."""
        boot = "" if bootindex is None else f",bootindex={bootindex}"
        match self.disk:
            case "virtio":
                device = f"virtio-blk-pci,drive={drive},serial=disk{number}"
            case "nvme":
                device = f"nvme,drive={drive},serial=disk{number}"
            case "ide" if self.machine == "pc":
                device = f"ide-hd,drive={drive},bus=ide.{number // 2},unit={number % 2}"
            case _:
                device = f"ide-hd,drive={drive},bus=ide.{number}"
        return ["-device", device + boot]

    def cdrom_arguments(self, drive: str, bootindex: int) -> list[str]:
        """QEMU arguments that attach `drive` as a CD."""
        if self.machine == "pc":
            return ["-device", f"ide-cd,drive={drive},bus=ide.1,unit=1,bootindex={bootindex}"]
        if self.machine == "q35":
            return ["-device", f"ide-cd,drive={drive},bus=ide.5,bootindex={bootindex}"]
        return [
            "-device", "virtio-scsi-pci,id=cd-bus",
            "-device", f"scsi-cd,drive={drive},bus=cd-bus.0,bootindex={bootindex}",
        ]  # fmt: skip

    def display_arguments(self) -> list[str]:
        """A graphics card for screenshots, and a keyboard where the board has none."""
        if self.arch == "x86_64":
            return ["-device", "VGA"]
        return ["-device", "ramfb", "-device", "qemu-xhci,id=keys", "-device", "usb-kbd,bus=keys.0"]

    def cpu_model(self, accelerator: str) -> str:
        """The value of ``-cpu``."""
        if accelerator == "kvm":
            return "host" if self.cpu == "max" else self.cpu
        if self.cpu == "max":
            # Emulated: five-level page tables and real pointer signatures cost
            # much time and bring a test nothing.
            return "max,la57=off,svm=off" if self.arch == "x86_64" else "max,pauth-impdef=on"
        return self.cpu


def parse_hardware(fields: Fields) -> Hardware:
    """The profile in a manifest; raises `HarnessError` for what no board has."""
    firmware = fields.optional("firmware", str)
    hardware = Hardware(
        name=fields.get("name", str, "custom"),
        arch=fields.choice("arch", ARCHES, "x86_64"),
        machine=fields.choice("machine", MACHINES, "q35"),
        cpu=fields.get("cpu", str, "max"),
        firmware=firmware,
        disk=fields.choice("disk", DISKS, "virtio"),
        nic=fields.choice("nic", NICS, "virtio-net-pci"),
    )
    fields.finish()
    if firmware not in (None, "uefi", "bios"):
        raise HarnessError(f"{fields.place}.firmware: '{firmware}' is neither 'uefi' nor 'bios'")
    if (hardware.machine == "virt") != (hardware.arch == "aarch64"):
        raise HarnessError(
            f"{fields.place}: machine '{hardware.machine}' does not exist for {hardware.arch}"
        )
    if hardware.machine == "virt" and (hardware.disk == "ide" or firmware == "bios"):
        raise HarnessError(f"{fields.place}: machine 'virt' has neither IDE disks nor a BIOS")
    return hardware
