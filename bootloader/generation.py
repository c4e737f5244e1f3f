"""Generations of a system profile, and the systems that they boot."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bootloader.bootspec import BootSpec, parse_bootspec
from bootloader.errors import BootloaderError


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One generation: ``<profile>-<number>-link`` in the profiles' folder.

    `toplevel` is a logical store path, `created` the link's time in seconds
    since 1970 (0 or 1: not known, as in an image).
    """

    number: int
    toplevel: str
    created: int

    @property
    def date(self) -> str | None:
        """The day of its creation in UTC, or None when that is not known."""
        if self.created <= 1:
            return None
        return datetime.fromtimestamp(self.created, tz=UTC).strftime("%Y-%m-%d")


def read_generations(profiles: Path, name: str = "system") -> list[Generation]:
    """The generations of the profile `name` whose links lie in `profiles`, oldest first.

    Raises `BootloaderError` when `profiles` is no readable folder.
    """
    found = []
    try:
        names = [p.name for p in profiles.iterdir()]
    except OSError as error:
        raise BootloaderError(f"cannot list the generations in {profiles}: {error}") from error
    pattern = re.compile(rf"{re.escape(name)}-([1-9][0-9]*)-link")
    for found_name in names:
        match = pattern.fullmatch(found_name)
        link = profiles / found_name
        if match and link.is_symlink():
            found.append(
                Generation(
                    number=int(match[1]),
                    toplevel=str(link.readlink()),
                    created=int(link.lstat().st_mtime),
                )
            )
    return sorted(found, key=lambda g: g.number)


def load_bootspec(generation: Generation, real: Callable[[str], Path]) -> BootSpec:
    """The generation's ``boot.json``; raises `BootloaderError` when it cannot be used."""
    path = f"{generation.toplevel}/boot.json"
    try:
        text = real(path).read_text(encoding="utf-8")
    except OSError as error:
        raise BootloaderError(
            f"generation {generation.number} cannot be booted: {path}: {error.strerror}"
        ) from error
    return parse_bootspec(text, origin=path)
