"""A profile: numbered generations, one of them current.

``system`` is a link to ``system-N-link``, which is a link to the generation's
store path. Both kinds of link are roots of the garbage collector.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from bootloader.generation import read_generations
from switcher.errors import SwitchError
from switcher.files import link

SYSTEM_PROFILE = Path("/nix/var/nix/profiles/system")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileGeneration:
    """A generation: `created` is the link's time, in seconds since 1970."""

    number: int
    toplevel: str
    created: int
    current: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile whose link is `path`."""

    path: Path = SYSTEM_PROFILE

    def link(self, number: int) -> Path:
        """Where the link of a generation lies."""
        return self.path.with_name(f"{self.path.name}-{number}-link")

    def current(self) -> int | None:
        """The current generation's number; None when there is none."""
        try:
            target = os.readlink(self.path)
        except OSError:
            return None
        match = re.fullmatch(rf"{re.escape(self.path.name)}-([0-9]+)-link", Path(target).name)
        return int(match[1]) if match else None

    def generations(self) -> list[ProfileGeneration]:
        """All generations, oldest first."""
        if not self.path.parent.is_dir():
            return []
        current = self.current()
        return [
            ProfileGeneration(
                number=found.number,
                toplevel=found.toplevel,
                created=found.created,
                current=found.number == current,
            )
            for found in read_generations(self.path.parent, self.path.name)
        ]

    def find(self, number: int) -> ProfileGeneration:
        """The generation of that number; raises `SwitchError`."""
        for generation in self.generations():
            if generation.number == number:
                return generation
        numbers = ", ".join(str(item.number) for item in self.generations()) or "none"
        raise SwitchError(f"there is no generation {number}", hint=f"there are: {numbers}")

    def before_current(self) -> ProfileGeneration:
        """The generation before the current one; raises `SwitchError` when there is none."""
        current = self.current()
        older = [item for item in self.generations() if current and item.number < current]
        if not older:
            raise SwitchError(
                "there is no generation before the current one",
                hint="'neve rebuild list-generations' shows what there is",
            )
        return older[-1]

    def outdated(self, before: float) -> list[ProfileGeneration]:
        """The generations made before that time, in seconds since 1970.

        Neither the current one is among them, nor the newest of them, which was in use then.
        """
        older = [item for item in self.generations() if item.created < before]
        return [item for item in older[:-1] if not item.current]

    def add(self, toplevel: str) -> tuple[int, bool]:
        """The number of a generation for `toplevel`, and whether it was made for it.

        The current generation, if it is the same system, is taken again.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        known = self.generations()
        for generation in known:
            if generation.current and generation.toplevel == toplevel:
                return generation.number, False
        number = max((generation.number for generation in known), default=0) + 1
        link(toplevel, str(self.link(number)))
        return number, True

    def select(self, number: int) -> None:
        """Make a generation the current one, at once."""
        link(self.link(number).name, str(self.path))

    def remove(self, number: int) -> None:
        """Forget a generation; raises `SwitchError` for the current one."""
        if number == self.current():
            raise SwitchError(f"generation {number} is the current one and cannot be removed")
        self.link(number).unlink(missing_ok=True)


def profiles_below(folder: Path) -> list[Profile]:
    """All profiles that lie in `folder` and the folders in it."""
    found = []
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if entry.is_symlink():
            profile = Profile(entry)
            found += [profile] if profile.current() is not None else []
        elif entry.is_dir():
            found += profiles_below(entry)
    return found
