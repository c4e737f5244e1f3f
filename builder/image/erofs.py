"""The store of a live system: a read-only erofs image of a closure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from builder.realise.builtin import BuildContext

COMPRESSIONS = ("none", "lz4", "lz4hc", "zstd")


def make_erofs(
    context: BuildContext,
    *,
    tools: str,
    target: Path,
    uuid: UUID,
    compression: str,
    tree: str,
    binds: Mapping[str, Path],
) -> None:
    """Write the sandbox's folder `tree` to `target`; raises BuildError when mkfs.erofs fails."""
    options = [] if compression == "none" else [f"-z{compression}", "-C65536"]
    context.run(
        ["mkfs.erofs", "--quiet", "-T1", "-U", str(uuid), "--all-root", "-x-1", *options,
         f"/out/{target.name}", tree],
        tools=tools,
        binds={"/out": target.parent, **binds},
        as_root=True,
    )  # fmt: skip
