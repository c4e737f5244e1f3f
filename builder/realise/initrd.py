"""``builtin:initrd``: an initial RAM disk as a cpio archive (format "newc").

Environment of the derivation:

``files``
    JSON object, path in the archive to ``{"text": str, "executable": bool}``,
    ``{"link": str}`` or ``{"copy": logical path}``.
``libraries``
    JSON list of logical package roots; the shared libraries that a copied ELF
    file needs are found in their ``usr/lib`` folders and put at the same path.
``modules``
    logical path of a ``builtin:kernel-modules`` output.
``moduleNames``
    JSON list of modules to hold, by name; what they depend on comes too, and
    each is stored unpacked, so that the booting machine need not unpack it.
``usualModules``
    JSON list of modules held as well, as far as this kernel has them.
``tools``
    a tree with ``zstd``, which compresses the archive.

The result is the single file ``initrd`` in the output. Format: the kernel's
Documentation/driver-api/early-userspace/buffer-format.rst.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from builder.realise.builtin import BuildContext
from builder.realise.cpio import Archive
from builder.realise.elf import needed_libraries
from builder.realise.module_index import ModuleIndex


class MissingLibrary(Exception):
    """A program in the initial RAM disk needs a library that no given package holds."""


def build(context: BuildContext) -> None:
    """Make the output ``out`` of a ``builtin:initrd`` derivation."""
    archive = Archive()
    files: dict[str, dict[str, Any]] = json.loads(context.env["files"])
    for path in sorted(files):
        _add(context, archive, path, files[path])
    for path, source in _libraries(context, files):
        archive.file(path, context.real(source).read_bytes(), executable=True)
    _add_modules(context, archive)
    out = context.outputs["out"]
    out.mkdir()
    plain = context.scratch / "initrd.cpio"
    plain.write_bytes(archive.dump())
    context.run(
        ["zstd", "-q", "-9", "--single-thread", "/scratch/initrd.cpio", "-o", "/scratch/initrd"],
        tools=context.env["tools"],
        binds={"/scratch": context.scratch},
    )
    (context.scratch / "initrd").rename(out / "initrd")


def _add(context: BuildContext, archive: Archive, path: str, entry: Mapping[str, Any]) -> None:
    match entry:
        case {"text": str(text)}:
            archive.file(path, text.encode(), executable=bool(entry.get("executable")))
        case {"link": str(target)}:
            archive.link(path, target)
        case {"copy": str(source)}:
            real = context.real(source)
            archive.file(path, real.read_bytes(), executable=bool(real.stat().st_mode & 0o100))
        case _:
            raise ValueError(f"initrd file '{path}' has no text, link or copy")


def _libraries(
    context: BuildContext, files: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Path in the archive and logical path of every library that the copied files need."""
    where = _library_places(context)
    waiting = [str(entry["copy"]) for entry in files.values() if "copy" in entry]
    done: set[str] = set()
    while waiting:
        user = waiting.pop()
        for name in needed_libraries(context.real(user)):
            if name in done:
                continue
            done.add(name)
            if name not in where:
                raise MissingLibrary(
                    f"'{user}' needs {name}, which none of the given packages holds; "
                    "add its package to boot.initrd.libraryPackages"
                )
            path, source = where[name]
            waiting.append(source)
            yield path, source


def _library_places(context: BuildContext) -> dict[str, tuple[str, str]]:
    """Library name to its path in the archive and its logical path."""
    found: dict[str, tuple[str, str]] = {}
    for package in json.loads(context.env["libraries"]):
        for folder in ("usr/lib64", "usr/lib"):
            base = context.real(f"{package}/{folder}")
            # The upper folder first: programs name their loader by its path there.
            for real in [*sorted(base.glob("*.so*")), *sorted(base.glob("*-linux-gnu*/*.so*"))]:
                inside = real.relative_to(base)
                found.setdefault(
                    real.name, (f"{folder[4:]}/{inside}", f"{package}/{folder}/{inside}")
                )
    return found


def _add_modules(context: BuildContext, archive: Archive) -> None:
    index = ModuleIndex.read(context.real, context.env["modules"])
    usual: list[str] = json.loads(context.env.get("usualModules", "[]"))
    wanted = index.closure(json.loads(context.env["moduleNames"]), usual)
    base = f"lib/modules/{index.release}"
    for module in wanted:
        archive.file(f"{base}/{module.plain}", module.unpacked())
    for name, text in index.cut_to(wanted).items():
        archive.file(f"{base}/{name}", text.encode())
