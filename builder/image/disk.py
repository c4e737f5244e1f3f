"""``builtin:disk-image``: a toplevel's closure as a disk that boots.

Environment: ``toplevel``, ``tools`` (a tree with mke2fs, mkfs.vfat, mtools,
sfdisk and GRUB's tools), ``format`` (``raw-efi``, ``raw-bios``, or ``ext4`` for
the bare root file system), ``rootLabel``, ``extraSpace`` and ``espSize`` in MiB,
``additionalPaths``, ``loader``. Output: ``disk.raw`` and ``image.json``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from bootloader.generation import load_bootspec
from bootloader.grub_device import install_grub
from bootloader.install import install
from builder.image.errors import ImageError
from builder.image.ext4 import Ext4, Size, is_full, make_ext4, measure, plan_size
from builder.image.fat import make_fat
from builder.image.logical import following
from builder.image.partitions import (
    BIOS_BOOT,
    ESP,
    MIB,
    ROOT_TYPES,
    Partition,
    lay_out,
    write_table,
)
from builder.image.request import ImageRequest, mebibytes, read_request, write_json
from builder.image.staging import INSIDE, settle, stage_root, stage_store
from builder.realise.builtin import BuildContext
from builder.realise.errors import BuildError

FORMATS = ("raw-efi", "raw-bios", "ext4")
_ATTEMPTS = 4


def build(context: BuildContext) -> None:
    """Make the output; raises `ImageError` or BuildError."""
    request = read_request(context, FORMATS)
    root = context.scratch / "root"
    stage_root(request, root)
    esp = context.scratch / "esp"
    esp.mkdir()
    system = load_bootspec(request.generation, following(context.real)).system
    if request.format == "raw-efi":
        _check_loader(request, ("systemd-boot", "grub"))
        _install_loader(context, request, esp)
    elif request.format == "raw-bios":
        _check_loader(request, ("grub",))
        _install_loader(context, request, root / "boot")
    binds = stage_store(context, request.closure, root / "nix/store", f"{INSIDE}/nix/store")
    settle(root)
    need = measure([root, *binds.values()])
    job = _Job(context=context, request=request, root=root, esp=esp, binds=binds, system=system)
    extra = mebibytes(context, "extraSpace", 64)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            job.write(plan_size(need, extra))
            return
        except BuildError as error:
            if not is_full(error) or attempt == _ATTEMPTS:
                raise
            # The plan counts blocks, not how mke2fs lays them out.
            need = replace(need, blocks=need.blocks + need.blocks // 32 + 256)
            context.log(f"the root file system was planned too small; attempt {attempt + 1}")


def _check_loader(request: ImageRequest, kinds: tuple[str, ...]) -> None:
    if request.loader.kind not in kinds:
        raise ImageError(
            f"an image of format {request.format} cannot start through boot loader "
            f"'{request.loader.kind}'",
            hint=f"it can through: {', '.join(kinds)}",
        )


def _install_loader(context: BuildContext, request: ImageRequest, boot: Path) -> None:
    real = following(context.real)
    config = request.loader
    if request.format == "raw-bios":
        config = replace(config, grub=replace(config.grub, efi_support=False, device=None))
    elif config.kind == "grub":
        config = replace(config, grub=replace(config.grub, efi_support=True, device=None))
    install(config, [request.generation], 1, boot=boot, real=real)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """All parts of the image are staged; what is left is to write it."""

    context: BuildContext
    request: ImageRequest
    root: Path
    esp: Path
    binds: dict[str, Path]
    system: str

    def write(self, size: Size) -> None:
        """Write ``disk.raw`` and ``image.json`` into the output."""
        out = self.context.outputs["out"]
        out.mkdir(exist_ok=True)
        image = out / "disk.raw"
        image.unlink(missing_ok=True)
        partitions, total = self._layout(size.size)
        with image.open("wb") as file:
            file.truncate(total)
        if partitions:
            write_table(
                self.context,
                tools=self.request.tools,
                image=image,
                disk=self.request.uuid("disk"),
                partitions=partitions,
            )
        self._fill(image, partitions, size)
        os.utime(image, (1, 1))
        write_json(
            out / "image.json",
            {
                "format": self.request.format,
                "size": total,
                "rootPartition": len(partitions) or None,
                "rootLabel": self._label,
                "partitions": [
                    {"name": p.name, "start": p.start, "size": p.size} for p in partitions
                ],
            },
        )

    @property
    def _label(self) -> str:
        return self.context.env.get("rootLabel") or "neve"

    def _layout(self, root_size: int) -> tuple[list[Partition], int]:
        request = self.request
        if request.format == "ext4":
            return [], root_size
        if self.system not in ROOT_TYPES:
            raise ImageError(f"no partition type is known for the root of '{self.system}'")
        root = Partition(
            name="root",
            type=ROOT_TYPES[self.system],
            id=request.uuid("root partition"),
            size=root_size,
        )
        if request.format == "raw-efi":
            size = mebibytes(self.context, "espSize", 256)
            first = Partition(name="esp", type=ESP, id=request.uuid("esp partition"), size=size)
        else:
            first = Partition(
                name="bios-boot", type=BIOS_BOOT, id=request.uuid("bios partition"), size=MIB
            )
        return lay_out([first, root])

    def _fill(self, image: Path, partitions: list[Partition], size: Size) -> None:
        context, request = self.context, self.request
        make_ext4(
            context,
            Ext4(
                label=self._label,
                uuid=request.uuid("root"),
                hash_seed=request.uuid("hash seed"),
                size=size,
            ),
            tools=request.tools,
            image=image,
            offset=partitions[-1].start if partitions else 0,
            tree=INSIDE,
            binds={INSIDE: self.root, **self.binds},
        )
        if request.format == "raw-efi":
            make_fat(
                context,
                tools=request.tools,
                image=image,
                offset=partitions[0].start,
                size=partitions[0].size,
                label="ESP",
                serial=request.serial("esp"),
                tree=self.esp,
            )
        elif request.format == "raw-bios":
            self._start_by_bios(image)

    def _start_by_bios(self, image: Path) -> None:
        """GRUB's core image in the first partition; the root, the second, has its menu."""
        folder = self.request.loader.file("grub")
        real = following(self.context.real)
        install_grub(image, real(f"{folder}/boot.img"), real(f"{folder}/core.img"))
