"""The boot menu of this machine."""

from __future__ import annotations

from pathlib import Path

from switcher.errors import SwitchError
from switcher.profile import Profile
from switcher.say import say


def install_bootloader(toplevel: str, profile: Profile, default: int, *, root: str = "") -> None:
    """Write the menu of all generations, `default` chosen, with `toplevel`'s settings.

    Raises `SwitchError`; the menu is then as it was.
    """
    # Imported here: templates take long to load, and most commands need no menu.
    from bootloader.config import parse_config
    from bootloader.efi_variables import Variables
    from bootloader.errors import BootloaderError
    from bootloader.generation import read_generations
    from bootloader.install import install, tell_firmware

    origin = f"{toplevel}/bootloader.json"
    machine = Path(f"{root}/etc/machine-id")
    try:
        config = parse_config(Path(origin).read_text(encoding="utf-8"), origin=origin)
        boot = Path(root + config.efi_sys_mount_point)
        report = install(
            config,
            read_generations(profile.path.parent),
            default,
            boot=boot,
            real=Path,
            machine_id=machine.read_text().strip() if machine.exists() else None,
        )
        if config.can_touch_efi_variables and report.program is not None:
            variables = Variables(Path(f"{root}/sys/firmware/efi/efivars"))
            if variables.exist:
                tell_firmware(config, report, variables, boot=boot)
            else:
                say("warning: this machine was not started by UEFI: its variables stay as they are")
    except OSError as error:
        raise SwitchError(f"the boot menu cannot be written: {error}") from error
    except BootloaderError as error:
        raise SwitchError(
            f"the boot menu cannot be written: {error}", hint=error.hint or ""
        ) from error
    for reason in report.skipped:
        say(f"warning: {reason}")
