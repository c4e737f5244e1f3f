"""``builtin:grub-core``: what starts GRUB from a disk, once for image and machine.

Environment: ``modules`` (a logical folder with GRUB's modules for the
platform), ``tools`` (a tree with grub-mkimage), ``prefix`` (GRUB's own name of
the folder that holds ``grub.cfg``, such as ``(,gpt2)/boot/grub``: partition 2
of the disk that it was started from; without a partition: the one that it was
started from), ``platform`` (``i386-pc``, or an EFI one such as
``x86_64-efi``). Output for BIOS: ``boot.img``, GRUB's boot sector, and
``core.img``, which that loads; for EFI: ``grub.efi``.
"""

from __future__ import annotations

import shutil

from builder.image.grub_images import make_core
from builder.image.logical import following
from builder.image.request import text
from builder.realise.builtin import BuildContext


def build(context: BuildContext) -> None:
    """Make the output; raises `ImageError` or BuildError."""
    modules, platform = text(context.env, "modules"), text(context.env, "platform")
    out = context.outputs["out"]
    out.mkdir()
    is_bios = platform == "i386-pc"
    make_core(
        context,
        tools=text(context.env, "tools"),
        modules=modules,
        platform=platform,
        target=out / ("core.img" if is_bios else "grub.efi"),
        prefix=text(context.env, "prefix"),
    )
    if not is_bios:
        return
    boot = following(context.real)(f"{modules}/boot.img")
    shutil.copyfile(boot, out / "boot.img")
