"""GRUB's images, made by the pinned grub-mkimage: what starts from a disk, a CD, an ESP."""

from __future__ import annotations

from pathlib import Path

from bootloader.grub import MODULES_EFI, MODULES_PC
from builder.image.errors import ImageError
from builder.realise.builtin import BuildContext

EFI_PLATFORMS = {"x86_64-linux": "x86_64-efi", "aarch64-linux": "arm64-efi"}


def make_core(
    context: BuildContext, *, tools: str, modules: str, platform: str, target: Path, prefix: str
) -> None:
    """What starts GRUB from a disk; `modules` is a logical path with the platform's modules.

    Raises `ImageError` for a platform that is neither i386-pc nor one of EFI.
    """
    if platform != "i386-pc" and platform not in EFI_PLATFORMS.values():
        known = ", ".join(["i386-pc", *EFI_PLATFORMS.values()])
        raise ImageError(
            f"GRUB has no platform '{platform}' that Neve knows", hint=f"one of: {known}"
        )
    _mkimage(
        context,
        tools=tools,
        target=target,
        options=["-O", platform, "-d", modules, "-p", prefix],
        modules=MODULES_PC if platform == "i386-pc" else MODULES_EFI,
    )


def make_eltorito(context: BuildContext, *, tools: str, target: Path) -> None:
    """The El Torito boot image for BIOS; its ``$prefix`` is /boot/grub on the medium."""
    _mkimage(
        context,
        tools=tools,
        target=target,
        options=["-O", "i386-pc-eltorito", "-d", "/usr/lib/grub/i386-pc", "-p", "/boot/grub"],
        modules=MODULES_PC,
    )


def make_efi(context: BuildContext, *, tools: str, target: Path, system: str, volume: str) -> None:
    """A GRUB for UEFI that goes on with /boot/grub/grub.cfg of the volume labelled `volume`."""
    if system not in EFI_PLATFORMS:
        raise ImageError(f"GRUB has no UEFI platform for '{system}'")
    platform = EFI_PLATFORMS[system]
    script = target.with_name("early.cfg")
    script.write_text(
        f"search --no-floppy --set=root --label '{volume}'\n"
        "set prefix=($root)/boot/grub\n"
        "configfile $prefix/grub.cfg\n",
        encoding="utf-8",
    )
    _mkimage(
        context,
        tools=tools,
        target=target,
        options=["-O", platform, "-d", f"/usr/lib/grub/{platform}", "-p", "/boot/grub",
                 "-c", f"/out/{script.name}"],
        modules=MODULES_EFI,
    )  # fmt: skip
    script.unlink()


def _mkimage(
    context: BuildContext,
    *,
    tools: str,
    target: Path,
    options: list[str],
    modules: tuple[str, ...],
) -> None:
    context.run(
        ["grub-mkimage", "-o", f"/out/{target.name}", *options, *modules],
        tools=tools,
        binds={"/out": target.parent},
    )
