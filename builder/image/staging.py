"""The root file system's tree before it becomes an image.

The store's paths are not copied: each is an empty file or folder here, over
which the sandbox mounts the real one. Times, modes and owners are set so that
nothing of the host shows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from builder.image.request import EPOCH, ImageRequest
from builder.realise.builtin import BuildContext, PathFacts
from builder.store.fresh_database import write_fresh_database
from builder.store.hashes import Hash
from builder.store.info import PathInfo

INSIDE = "/staging"  # where the sandbox sees the tree

_FOLDERS = {
    "boot": 0o755, "dev": 0o755, "etc": 0o755, "home": 0o755, "mnt": 0o755, "nix": 0o755,
    "nix/store": 0o755, "nix/var": 0o755, "nix/var/nix": 0o755, "nix/var/nix/db": 0o755,
    "nix/var/nix/gcroots": 0o755, "nix/var/nix/gcroots/auto": 0o755,
    "nix/var/nix/profiles": 0o755, "proc": 0o555, "root": 0o700, "run": 0o755,
    "sys": 0o555, "tmp": 0o1777, "var": 0o755,
}  # fmt: skip
_LINKS = {
    "usr": "/run/current-system/sw",
    "bin": "usr/bin",
    "sbin": "usr/sbin",
    "lib": "usr/lib",
    "lib64": "usr/lib64",
    "nix/var/nix/gcroots/profiles": "/nix/var/nix/profiles",
}


def stage_root(request: ImageRequest, target: Path) -> None:
    """Make the tree of a machine's first start at `target`, without the store's contents."""
    for name, mode in _FOLDERS.items():
        folder = target / name
        folder.mkdir(parents=True)
        folder.chmod(mode)
    for name, link in _LINKS.items():
        (target / name).symlink_to(link)
    profiles = target / "nix/var/nix/profiles"
    (profiles / "system-1-link").symlink_to(request.toplevel)
    (profiles / "system").symlink_to("system-1-link")
    write_fresh_database(target, path_infos(request.closure))


def path_infos(closure: Sequence[PathFacts]) -> list[PathInfo]:
    """The closure as the store's database takes it."""
    return [
        PathInfo(
            path=facts.path,
            nar_hash=Hash.parse(facts.nar_hash),
            nar_size=facts.nar_size,
            references=facts.references,
        )
        for facts in closure
    ]


def stage_store(
    context: BuildContext, closure: Sequence[PathFacts], folder: Path, inside: str
) -> dict[str, Path]:
    """Places for the closure's paths in `folder`, and what to mount over them.

    `inside` is where the sandbox sees `folder`.
    """
    binds = {}
    for facts in closure:
        logical = str(facts.path)
        real = context.real(logical)
        name = logical.rpartition("/")[2]
        place = folder / name
        if real.is_symlink():
            place.symlink_to(real.readlink())
            continue
        if real.is_dir():
            place.mkdir()
        else:
            place.touch()
        binds[f"{inside}/{name}"] = real
    return binds


def settle(tree: Path) -> None:
    """Give everything below `tree`, and `tree`, the image's time; files become readable."""
    for folder, _, _ in os.walk(tree, topdown=False):
        for path in sorted(Path(folder).iterdir()):
            if path.is_file() and not path.is_symlink():
                path.chmod(0o644)
            if path.is_symlink() or path.is_file():
                os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)
        os.utime(folder, (EPOCH, EPOCH))
    tree.chmod(0o755)
