"""Boot entries for all generations: the package's entry point.

The same code runs when an image is made (`boot` is a staging folder) and on
the machine (`boot` is /boot).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bootloader import grub, systemd_boot
from bootloader.apply import apply_plan, read_present
from bootloader.config import LoaderConfig
from bootloader.efi_variables import LoadOption, Variables, put_first
from bootloader.errors import BootloaderError
from bootloader.esp import system_partition
from bootloader.generation import Generation, load_bootspec
from bootloader.grub_device import install_grub
from bootloader.kernels import read_blob, read_blobs
from bootloader.menu import MenuItem, build_menu
from bootloader.plan import Plan, Wanted, make_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `install` did. `skipped` says why a generation has no entry.

    `program`, relative to /boot, is what firmware starts by UEFI, if it does.
    """

    plan: Plan
    items: tuple[MenuItem, ...]
    skipped: tuple[str, ...]
    program: str | None


def install(
    config: LoaderConfig,
    generations: Sequence[Generation],
    default: int,
    *,
    boot: Path,
    real: Callable[[str], Path],
    machine_id: str | None = None,
) -> Report:
    """Make `boot` show `generations`, with generation number `default` chosen.

    `real` turns a logical store path into one that can be opened. An older
    generation that cannot be booted is left out and named in the report.
    Raises `BootloaderError` when the default cannot be booted, when a file of
    the loader is missing, or when there is not enough room; nothing has been
    changed then.
    """
    if config.kind == "none":
        nothing = Plan(copies=(), texts=(), keep=(), remove=(), bytes_needed=0)
        return Report(plan=nothing, items=(), skipped=(), program=None)
    specs = {}
    skipped = []
    for generation in generations:
        try:
            specs[generation.number] = load_bootspec(generation, real)
        except BootloaderError as error:
            if generation.number == default:
                raise
            skipped.append(str(error))
    if default not in specs:
        numbers = ", ".join(str(g.number) for g in generations) or "none"
        raise BootloaderError(
            f"generation {default} was to be the default, but there is no such generation",
            hint=f"there are: {numbers}",
        )
    items = build_menu(generations, specs, default=default, limit=config.configuration_limit)
    boot.mkdir(parents=True, exist_ok=True)
    wanted = _wanted(config, items, default, real, machine_id)
    plan = make_plan(
        wanted, read_present(boot, named=lambda p: wanted.owned(p) and "/entries/" not in p)
    )
    if config.kind == "grub" and config.grub.device is not None:
        # Refused before anything is written; a new core reads the old menu as well.
        folder = config.file("grub")
        install_grub(
            Path(config.grub.device), real(f"{folder}/boot.img"), real(f"{folder}/core.img")
        )
    apply_plan(plan, boot, real)
    return Report(plan=plan, items=tuple(items), skipped=tuple(skipped), program=wanted.program)


def tell_firmware(
    config: LoaderConfig, report: Report, variables: Variables, *, boot: Path
) -> bool:
    """Make what was installed the first entry of the firmware's own menu.

    Returns whether anything had to change. Raises `BootloaderError` when
    `boot` is no EFI system partition or a variable cannot be written.
    """
    if report.program is None:
        return False
    path = "\\" + report.program.replace("/", "\\")
    partition = system_partition(boot)
    option = LoadOption(description=config.distro_name, partition=partition, path=path)
    return put_first(variables, option)


def _wanted(
    config: LoaderConfig,
    items: Sequence[MenuItem],
    default: int,
    real: Callable[[str], Path],
    machine_id: str | None,
) -> Wanted:
    chosen = next(i for i in items if i.generation.number == default and i.specialisation is None)
    blobs = read_blobs(items, real)
    module = systemd_boot if config.kind == "systemd-boot" else grub
    for path in module.loader_files(config, chosen.spec.system):
        blobs[path] = read_blob(path, real)
    if config.kind == "systemd-boot":
        return systemd_boot.wanted(config, items, chosen, blobs, machine_id=machine_id)
    return grub.wanted(config, items, chosen, blobs)
