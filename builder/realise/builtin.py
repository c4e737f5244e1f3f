"""What a `builtin:` builder is given, and where each one lives.

A derivation whose builder is ``builtin:<name>`` is not run in the sandbox:
`BUILTINS[name]` names a Python function ``build(context)`` that must create
every path of `context.outputs`. It is pure in the derivation's inputs, and
the derivation's environment carries ``version``, which the expressions that
make such derivations raise whenever the function's output would change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from builder.store.derivation import Derivation
from builder.store.paths import StorePath


class ToolRunner(Protocol):
    """Runs a program of a pinned tool tree in the sandbox."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        tools: str,
        binds: Mapping[str, Path] = ...,
        env: Mapping[str, str] = ...,
        cwd: str = ...,
        stdin: bytes | None = ...,
        as_root: bool = ...,
    ) -> bytes:
        """Run `argv` and return its standard output.

        `tools` is a logical store path (a tree that stands at /usr: it has
        ``bin/``, ``lib/``, ...). `binds` maps a path inside the sandbox to a
        physical path that is mounted there writable. The whole store is
        visible read-only at /nix/store. There is no network. `as_root` makes
        the caller's files appear as owned by user 0. Raises `BuildError` with
        the command and the end of its standard error when it fails.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PathFacts:
    """A valid path of the store, as its database knows it."""

    path: StorePath
    nar_hash: str  # "sha256:<base16>"
    nar_size: int  # bytes
    references: tuple[StorePath, ...]
    deriver: StorePath | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildContext:
    """Everything that a builtin builder may use.

    `outputs` maps each output's name to the physical path that it must
    create (it does not exist yet, its folder does). `scratch` is an empty
    folder on the same file system that is removed afterwards. `real` turns a
    logical path under /nix/store into the physical one. `closure` gives the
    closure of the given logical paths, sorted by path. `report` is told how many
    bytes have been downloaded so far, as often as one likes.
    """

    derivation: Derivation
    env: Mapping[str, str]
    outputs: Mapping[str, Path]
    scratch: Path
    jobs: int
    mirrors: tuple[str, ...]
    log: Callable[[str], None]
    real: Callable[[str], Path]
    closure: Callable[[Sequence[str]], Sequence[PathFacts]]
    run: ToolRunner
    report: Callable[[int], None] = lambda size: None


Builder = Callable[[BuildContext], None]

BUILTINS: Mapping[str, str] = {
    "fetch-deb": "builder.debian.fetch:build",
    "dpkg-database": "builder.debian.dpkg_database:build",
    "unpack-deb": "builder.debian.unpack:build",
    "fetch-file": "builder.fetch.file:build",
    "fetchurl": "builder.fetch.url:build",
    "fetch-git": "builder.flake.fetch_git:build",
    "tree": "builder.realise.tree:build",
    "link-tree": "builder.realise.link_tree:build",
    "kernel-modules": "builder.realise.kernel_modules:build",
    "initrd": "builder.realise.initrd:build",
    "systemd-units": "builder.realise.systemd_units:build",
    "python-bytecode": "builder.realise.python_bytecode:build",
    "disk-image": "builder.image.disk:build",
    "iso-image": "builder.image.iso:build",
    "grub-core": "builder.image.grub_core:build",
}

RUN_NO_PROGRAM = frozenset(
    {"fetch-deb", "dpkg-database", "unpack-deb", "tree", "link-tree", "systemd-units"}
)
"""Builders that never use `BuildContext.run`, so that they work where no sandbox does."""


def find_builtin(name: str) -> Builder:
    """The function behind ``builtin:<name>``; raises KeyError for an unknown name."""
    module, _, function = BUILTINS[name].partition(":")
    return cast(Builder, getattr(import_module(module), function))
