"""What must happen to /boot: computed without touching it.

The order in which `apply.py` carries a plan out makes every moment bootable:
kernels first, then the entries that name them, then the menu's own file, and
only then are files removed that nothing names any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_BLOCK = 4096  # bytes; no file system that holds /boot allocates coarser by default


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file of the store that /boot needs: `digest` is its SHA-256 in hexadecimal."""

    source: str  # logical path
    digest: str
    size: int  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A file that /boot holds now. `digest` is None where the name tells the content."""

    size: int
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Put the blob at `target`, a path relative to /boot."""

    target: str
    blob: Blob


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Put `content` at `target`, a path relative to /boot."""

    target: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Everything that a loader wants to see on /boot, in the order of writing.

    `kernels` and `entries` are named after their content or their generation;
    `owned` says of a path whether this loader may remove it. `program` is what
    firmware starts by UEFI, None when it does not.
    """

    kernels: tuple[Copy, ...]
    loaders: tuple[Copy, ...]
    entries: tuple[Text, ...]
    menus: tuple[Text, ...]
    owned: Callable[[str], bool]
    program: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Steps in order: `copies`, `texts`, then `remove`. `keep` is already right."""

    copies: tuple[Copy, ...]
    texts: tuple[Text, ...]
    keep: tuple[str, ...]
    remove: tuple[str, ...]
    bytes_needed: int


def make_plan(wanted: Wanted, present: Mapping[str, Present]) -> Plan:
    """The steps that lead from the files `present` to those `wanted`.

    A content-named kernel is right when its size is; others by their digest.
    """
    copies = [c for c in wanted.kernels if not _same_size(present.get(c.target), c.blob)]
    copies += [c for c in wanted.loaders if not _same(present.get(c.target), c.blob.digest)]
    texts = [
        t
        for t in (*wanted.entries, *wanted.menus)
        if not _same(present.get(t.target), hashlib.sha256(t.content).hexdigest())
    ]
    targets = {c.target for c in (*wanted.kernels, *wanted.loaders)}
    targets |= {t.target for t in (*wanted.entries, *wanted.menus)}
    written = {c.target for c in copies} | {t.target for t in texts}
    # Each write is a new file beside the old one, so that it counts whole.
    sizes = [c.blob.size for c in copies] + [len(t.content) for t in texts]
    return Plan(
        copies=tuple(_unique(copies)),
        texts=tuple(texts),
        keep=tuple(sorted(targets - written)),
        remove=_removals(wanted, present, targets),
        bytes_needed=sum(-(-size // _BLOCK) * _BLOCK for size in sizes),
    )


def _removals(wanted: Wanted, present: Mapping[str, Present], targets: set[str]) -> tuple[str, ...]:
    """Files that nobody wants: entries first, then the kernels that they named."""
    gone = [p for p in present if p not in targets and wanted.owned(p)]
    return tuple(sorted(gone, key=lambda p: (present[p].digest is None, p)))


def _same_size(have: Present | None, blob: Blob) -> bool:
    return have is not None and have.size == blob.size


def _same(have: Present | None, digest: str) -> bool:
    return have is not None and have.digest == digest


def _unique(copies: Sequence[Copy]) -> list[Copy]:
    return list({c.target: c for c in copies}.values())
