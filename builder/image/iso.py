"""``builtin:iso-image``: a live system that boots from CD or USB stick, by UEFI or BIOS.

Environment: ``toplevel``, ``tools`` (a tree with mkfs.erofs, mkfs.vfat, mtools
and GRUB's tools and platforms), ``volumeId`` (the label, by which the initrd
finds its medium), ``additionalPaths``, ``compression`` (of the store: ``none``,
``lz4``, ``lz4hc``, ``zstd``). Output: ``image.iso`` and ``image.json``.

On the medium: ``/nix-store.erofs``, the contents of /nix/store;
``/nix-db.sqlite``, the store's database for it; ``/boot/grub``, the menu with
the kernels.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pycdlib

from bootloader.config import GrubConfig
from bootloader.generation import load_bootspec
from bootloader.install import install
from bootloader.systemd_boot import efi_arch
from builder.image.clock import frozen_clock
from builder.image.erofs import COMPRESSIONS, make_erofs
from builder.image.errors import ImageError
from builder.image.fat import make_fat
from builder.image.grub_images import make_efi, make_eltorito
from builder.image.hybrid import make_hybrid
from builder.image.logical import following
from builder.image.request import EPOCH, ImageRequest, read_request, write_json
from builder.image.staging import INSIDE, path_infos, settle, stage_store
from builder.realise.builtin import BuildContext
from builder.store.fresh_database import write_fresh_database

_ESP_SIZE = 8 << 20  # bytes
# Readers of CDs read ahead, GRUB by 32 KiB: past the end of a medium its last file comes out
# wrong under BIOS. 150 blocks is what makers of CDs have always left there.
_PADDING = 150 * 2048  # bytes
_MODE = 0o100444


def build(context: BuildContext) -> None:
    """Make the output; raises `ImageError` or BuildError."""
    request = read_request(context, ("iso",))
    volume = context.env.get("volumeId") or "NEVE"
    if not re.fullmatch(r"[A-Z0-9_]{1,32}", volume):
        raise ImageError(
            f"'{volume}' is no label for an ISO",
            hint="up to 32 capital letters, digits and underscores",
        )
    tree = context.scratch / "iso"
    (tree / "boot").mkdir(parents=True)
    system = load_bootspec(request.generation, following(context.real)).system
    _stage_menu(context, request, tree / "boot")
    _stage_store_image(context, request, tree)
    boot = _stage_boot(context, request, tree, system, volume)
    settle(tree)
    out = context.outputs["out"]
    out.mkdir()
    image = out / "image.iso"
    with frozen_clock(EPOCH):
        places = _write_iso(tree, image, volume, boot)
    os.truncate(image, image.stat().st_size + _PADDING)
    hybrid = f"{request.tools}/lib/grub/i386-pc/boot_hybrid.img"
    make_hybrid(
        image,
        following(context.real)(hybrid).read_bytes() if boot.bios else None,
        eltorito=places.get("eltorito.img"),
        esp=places["esp.img"],
        esp_size=_ESP_SIZE,
        serial=request.serial("disk"),
    )
    os.utime(image, (EPOCH, EPOCH))
    size = image.stat().st_size
    write_json(out / "image.json", {"format": "iso", "size": size, "volumeId": volume})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Boot:
    """Which boot images there are below /boot on the medium."""

    bios: bool


def _stage_menu(context: BuildContext, request: ImageRequest, boot: Path) -> None:
    """grub.cfg and the kernels: a medium always starts through GRUB."""
    config = replace(request.loader, kind="grub", grub=GrubConfig())
    install(config, [request.generation], 1, boot=boot, real=following(context.real))


def _stage_store_image(context: BuildContext, request: ImageRequest, tree: Path) -> None:
    compression = context.env.get("compression") or "lz4"
    if compression not in COMPRESSIONS:
        raise ImageError(
            f"unknown compression '{compression}'", hint=f"one of: {', '.join(COMPRESSIONS)}"
        )
    folder = context.scratch / "store"
    folder.mkdir()
    binds = stage_store(context, request.closure, folder, INSIDE)
    settle(folder)
    make_erofs(
        context,
        tools=request.tools,
        target=tree / "nix-store.erofs",
        uuid=request.uuid("store"),
        compression=compression,
        tree=INSIDE,
        binds={INSIDE: folder, **binds},
    )
    root = context.scratch / "database"
    root.mkdir()
    write_fresh_database(root, path_infos(request.closure))
    (root / "nix/var/nix/db/db.sqlite").rename(tree / "nix-db.sqlite")


def _stage_boot(
    context: BuildContext, request: ImageRequest, tree: Path, system: str, volume: str
) -> _Boot:
    """The ESP, and where there is a BIOS the El Torito image."""
    bios = system == "x86_64-linux"
    tools = request.tools
    if bios:
        make_eltorito(context, tools=tools, target=tree / "boot/eltorito.img")
    esp = context.scratch / "esp"
    program = esp / f"EFI/BOOT/BOOT{efi_arch(system).upper()}.EFI"
    program.parent.mkdir(parents=True)
    make_efi(context, tools=tools, target=program, system=system, volume=volume)
    image = tree / "boot/esp.img"
    with image.open("wb") as file:
        file.truncate(_ESP_SIZE)
    make_fat(
        context,
        tools=tools,
        image=image,
        offset=0,
        size=_ESP_SIZE,
        label="ESP",
        serial=request.serial("esp"),
        tree=esp,
    )
    return _Boot(bios=bios)


def _write_iso(tree: Path, image: Path, volume: str, boot: _Boot) -> dict[str, int]:
    """Write `tree` as ISO 9660 with Rock Ridge; returns the block of each boot image."""
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=3, vol_ident=volume, rock_ridge="1.09", sys_ident="LINUX")
    names: dict[Path, str] = {tree: ""}
    for number, path in enumerate(sorted(tree.rglob("*"))):
        # Rock Ridge has the real name; the ISO's own must be short and unique.
        short = f"{names[path.parent]}/F{number:06d}"
        if path.is_dir():
            names[path] = short
            iso.add_directory(short, rr_name=path.name, file_mode=0o040555)
        else:
            names[path] = f"{short}.;1"
            iso.add_file(str(path), names[path], rr_name=path.name, file_mode=_MODE)
    catalog: dict[str, Any] = {"bootcatfile": "/BOOT.CAT;1", "rr_bootcatname": "boot.cat"}
    esp = names[tree / "boot/esp.img"]
    if boot.bios:
        eltorito = names[tree / "boot/eltorito.img"]
        iso.add_eltorito(eltorito, boot_load_size=4, boot_info_table=True, **catalog)
        iso.add_eltorito(esp, efi=True)
    else:
        iso.add_eltorito(esp, efi=True, platform_id=0xEF, **catalog)
    iso.write(str(image))
    places = {
        path.name: int(iso.get_record(iso_path=name).extent_location())
        for path, name in names.items()
        if path.name in ("esp.img", "eltorito.img")
    }
    iso.close()
    return places
