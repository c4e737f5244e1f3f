"""What a realisation may use, and whom it tells how it gets on."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from builder.realise.limits import Limits

if TYPE_CHECKING:
    from builder.store.paths import StorePath


def current_system() -> str:
    """Nix's name of this machine's system, e.g. "x86_64-linux"."""
    return f"{os.uname().machine}-linux"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to build.

    `jobs` derivations at a time; `cores` is what each may use. `mirrors` are
    base URLs of Debian mirrors, best first. `bubblewrap` is the argv prefix
    that runs it, None when there is none (then only builtin builders that run
    no program work). `log_lines` of a failed build's log are shown. With
    `keep_going` what does not depend on a failed build is still built.
    """

    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    mirrors: tuple[str, ...] = ()
    bubblewrap: tuple[str, ...] | None = None
    system: str = field(default_factory=current_system)
    log_lines: int = 25
    limits: Limits = field(default_factory=Limits)
    keep_going: bool = False


class Progress(Protocol):
    """Is told what happens; called from the process that realises, one call at a time."""

    def planned(self, drvs: int) -> None:
        """So many derivations will be built."""

    def started(self, drv: StorePath) -> None:
        """A build begins."""

    def waiting(self, drv: StorePath) -> None:
        """Another process is building this; its result will be used."""

    def finished(self, drv: StorePath, seconds: float) -> None:
        """A build succeeded, or another process's did."""

    def failed(self, drv: StorePath, message: str) -> None:
        """A build failed; an error follows."""

    def fetching(self, path: StorePath, cache: str, nar_size: int) -> None:
        """A path of so many bytes is taken from a binary cache."""

    def fetched(self, path: StorePath) -> None:
        """It has come."""

    def warn(self, message: str) -> None:
        """Something went wrong that will be made good."""


class Silent:
    """Progress that nobody looks at."""

    def planned(self, drvs: int) -> None:
        """Nothing."""

    def started(self, drv: StorePath) -> None:
        """Nothing."""

    def waiting(self, drv: StorePath) -> None:
        """Nothing."""

    def finished(self, drv: StorePath, seconds: float) -> None:
        """Nothing."""

    def failed(self, drv: StorePath, message: str) -> None:
        """Nothing."""

    def fetching(self, path: StorePath, cache: str, nar_size: int) -> None:
        """Nothing."""

    def fetched(self, path: StorePath) -> None:
        """Nothing."""

    def warn(self, message: str) -> None:
        """Nothing."""
