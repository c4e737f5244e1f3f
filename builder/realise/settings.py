"""What a realisation may use."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from builder.realise.limits import Limits
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
    `shows_logs` they are shown as they grow. With
    `keep_going` what does not depend on a failed build is still built. `own_limits` are
    what some derivations' packages say of themselves; `limits` go before them.
    """

    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    mirrors: tuple[str, ...] = ()
    bubblewrap: tuple[str, ...] | None = None
    system: str = field(default_factory=current_system)
    log_lines: int = 25
    limits: Limits = field(default_factory=Limits)
    keep_going: bool = False
    shows_logs: bool = False
    own_limits: Mapping[StorePath, Limits] = field(default_factory=dict)

    def for_build(self, drv: StorePath) -> Settings:
        """The settings with the limits that hold for one derivation."""
        own = self.own_limits.get(drv, Limits())
        limits = replace(
            self.limits,
            timeout=self.limits.timeout or own.timeout,
            max_silent=self.limits.max_silent or own.max_silent,
        )
        return replace(self, limits=limits, own_limits={})
