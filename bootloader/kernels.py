"""Kernels and initrds on /boot, named after their content so that generations share them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bootloader.errors import BootloaderError
from bootloader.menu import MenuItem
from bootloader.plan import Blob, Copy


def digest_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_blob(source: str, real: Callable[[str], Path]) -> Blob:
    """Size and digest of the store's file `source`; raises `BootloaderError` without one."""
    path = real(source)
    try:
        return Blob(source=source, digest=digest_file(path), size=path.stat().st_size)
    except OSError as error:
        raise BootloaderError(
            f"a boot file is missing from the store: {source}: {error.strerror}",
            hint="check the store with `neve store verify`, or delete that generation",
        ) from error


def read_blobs(items: Iterable[MenuItem], real: Callable[[str], Path]) -> dict[str, Blob]:
    """The blob of each kernel and initrd that `items` name, by logical path."""
    sources = {s for item in items for s in (item.spec.kernel, item.spec.initrd) if s is not None}
    return {source: read_blob(source, real) for source in sorted(sources)}


def kernel_name(blob: Blob, kind: str, suffix: str) -> str:
    """``<first 32 digits of the digest>-<kind><suffix>``."""
    return f"{blob.digest[:32]}-{kind}{suffix}"


def kernel_copies(
    items: Iterable[MenuItem], blobs: Mapping[str, Blob], *, folder: str, suffix: str
) -> dict[tuple[str, str], Copy]:
    """Where each kernel and initrd goes: by (logical path, "kernel" or "initrd").

    `folder` is relative to /boot.
    """
    copies: dict[tuple[str, str], Copy] = {}
    for item in items:
        for kind, source in (("kernel", item.spec.kernel), ("initrd", item.spec.initrd)):
            if source is not None:
                name = kernel_name(blobs[source], kind, suffix)
                copies[source, kind] = Copy(target=f"{folder}/{name}", blob=blobs[source])
    return copies
