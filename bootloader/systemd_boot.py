"""systemd-boot: entries of the Boot Loader Specification, type 1, on the ESP."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bootloader.config import LoaderConfig
from bootloader.errors import BootloaderError
from bootloader.kernels import kernel_copies
from bootloader.menu import MenuItem
from bootloader.plan import Blob, Copy, Text, Wanted
from bootloader.render import render

KERNELS = "EFI/neve"
ENTRIES = "loader/entries"
_OWN_ENTRY = re.compile(r"loader/entries/neve-generation-[^/]*\.conf")

# The UEFI specification's machine names, in the file that firmware looks for
# on a disk which no boot variable names.
_EFI_ARCH = {"x86_64-linux": "x64", "aarch64-linux": "aa64", "riscv64-linux": "riscv64"}


def efi_arch(system: str) -> str:
    """The UEFI name of a platform's machine; raises `BootloaderError` for an unknown one."""
    if system not in _EFI_ARCH:
        raise BootloaderError(
            f"no UEFI machine name is known for '{system}'",
            hint=f"known: {', '.join(sorted(_EFI_ARCH))}",
        )
    return _EFI_ARCH[system]


def loader_files(config: LoaderConfig, system: str) -> tuple[str, ...]:
    """Logical paths of the store's files that the loader itself consists of."""
    return (config.file(f"systemd-boot{efi_arch(system)}.efi"),)


def owned(path: str) -> bool:
    """Whether `path`, relative to /boot, is one that this module wrote."""
    return path.startswith(f"{KERNELS}/") or _OWN_ENTRY.fullmatch(path) is not None


def wanted(
    config: LoaderConfig,
    items: Sequence[MenuItem],
    default: MenuItem,
    blobs: Mapping[str, Blob],
    *,
    machine_id: str | None,
) -> Wanted:
    """All files on the ESP that show `items`, `default` chosen."""
    arch = efi_arch(default.spec.system)
    program = blobs[config.file(f"systemd-boot{arch}.efi")]
    kernels = kernel_copies(items, blobs, folder=KERNELS, suffix=".efi")
    entries = []
    for item in items:
        spec = item.spec
        content = render(
            "entry.conf.j2",
            distro=config.distro_name,
            item=item,
            machine_id=machine_id,
            kernel=kernels[spec.kernel, "kernel"].target,
            initrd=kernels[spec.initrd, "initrd"].target if spec.initrd is not None else None,
        )
        entries.append(Text(target=f"{ENTRIES}/{item.id}.conf", content=content))
    menu = render(
        "loader.conf.j2",
        timeout=config.timeout,
        default=f"{default.id}.conf",
        editor=config.editor,
        console_mode=config.console_mode,
    )
    return Wanted(
        kernels=tuple(kernels.values()),
        loaders=(
            Copy(target=f"EFI/systemd/systemd-boot{arch}.efi", blob=program),
            Copy(target=f"EFI/BOOT/BOOT{arch.upper()}.EFI", blob=program),
        ),
        entries=tuple(entries),
        menus=(Text(target="loader/loader.conf", content=menu),),
        owned=owned,
        program=f"EFI/systemd/systemd-boot{arch}.efi",
    )
