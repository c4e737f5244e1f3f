"""``builtin:grub-core``: what starts GRUB from a disk under BIOS, once for image and machine.

Environment: ``modules`` (a logical folder with GRUB's i386-pc modules),
``tools`` (a tree with grub-mkimage), ``prefix`` (GRUB's own name of the folder
that holds ``grub.cfg``, such as ``(,gpt2)/boot/grub``: partition 2 of the disk
that it was started from). Output: ``boot.img``, GRUB's boot sector, and
``core.img``, which that loads.
"""

from __future__ import annotations

import shutil

from builder.image.grub_images import make_core
from builder.image.logical import following
from builder.image.request import text
from builder.realise.builtin import BuildContext


def build(context: BuildContext) -> None:
    """Make the output; raises `ImageError` or BuildError."""
    modules = text(context.env, "modules")
    out = context.outputs["out"]
    out.mkdir()
    make_core(
        context,
        tools=text(context.env, "tools"),
        modules=modules,
        target=out / "core.img",
        prefix=text(context.env, "prefix"),
    )
    boot = following(context.real)(f"{modules}/boot.img")
    shutil.copyfile(boot, out / "boot.img")
