"""GRUB: one grub.cfg with a default entry and a submenu of all generations.

Everything lies below GRUB's own folder ``grub/`` on /boot and is named
relative to ``$prefix``, so that the same file works whether /boot is a
partition, an EFI system partition or a folder of the root file system.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bootloader.bootspec import BootSpec
from bootloader.config import LoaderConfig
from bootloader.kernels import kernel_copies
from bootloader.menu import MenuItem
from bootloader.plan import Blob, Copy, Text, Wanted
from bootloader.render import grub_quote, render
from bootloader.systemd_boot import efi_arch

FOLDER = "grub"
KERNELS = f"{FOLDER}/kernels"

# What grub.cfg uses, and what finds it: a core image needs these built in.
MODULES_COMMON = (
    "normal", "linux", "echo", "test", "configfile", "search", "search_label",
    "search_fs_uuid", "part_gpt", "part_msdos", "ext2", "fat", "iso9660",
    "serial", "terminal", "minicmd", "sleep", "reboot", "halt", "ls", "cat",
)  # fmt: skip
MODULES_PC = (*MODULES_COMMON, "biosdisk")
MODULES_EFI = (*MODULES_COMMON, "efi_gop")


def loader_files(config: LoaderConfig, system: str) -> tuple[str, ...]:
    """Logical paths of the store's files that go onto the ESP: none without EFI."""
    return (config.file(f"grub{efi_arch(system)}.efi"),) if config.grub.efi_support else ()


def owned(path: str) -> bool:
    """Whether `path`, relative to /boot, is one that this module wrote."""
    return path.startswith(f"{KERNELS}/")


def wanted(
    config: LoaderConfig,
    items: Sequence[MenuItem],
    default: MenuItem,
    blobs: Mapping[str, Blob],
) -> Wanted:
    """All files on /boot that show `items`, `default` chosen."""
    copies = kernel_copies(items, blobs, folder=KERNELS, suffix="")
    loaders = []
    program = None
    if config.grub.efi_support:
        arch = efi_arch(default.spec.system)
        # Where firmware looks on a disk that none of its variables names.
        program = f"EFI/BOOT/BOOT{arch.upper()}.EFI"
        loaders.append(Copy(target=program, blob=blobs[config.file(f"grub{arch}.efi")]))
    text = render_config(
        config,
        items,
        default,
        kernels={key: c.target.removeprefix(f"{FOLDER}/") for key, c in copies.items()},
    )
    return Wanted(
        kernels=tuple(copies.values()),
        loaders=tuple(loaders),
        entries=(),
        menus=(Text(target=f"{FOLDER}/grub.cfg", content=text),),
        owned=owned,
        program=program,
    )


def render_config(
    config: LoaderConfig,
    items: Sequence[MenuItem],
    default: MenuItem,
    *,
    kernels: Mapping[tuple[str, str], str],
) -> bytes:
    """grub.cfg's text; `kernels` gives paths below ``$prefix`` by (logical path, kind)."""
    return render(
        "grub.cfg.j2",
        distro=config.distro_name,
        timeout=config.timeout,
        editor=config.editor,
        items=items,
        default=default,
        kernels=kernels,
        words=_words,
    )


def _words(spec: BootSpec) -> str:
    """The kernel's command line, each parameter quoted for GRUB's script language."""
    return " ".join(grub_quote(word) for word in (f"init={spec.init}", *spec.kernel_params))
