"""What a realisation may use."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from builder.realise.limits import Limits


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
