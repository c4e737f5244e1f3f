"""``builtin:kernel-modules``: a kernel package's modules with their indices.

Debian's kernel packages leave ``modules.dep`` and its siblings to the
maintainer script, which never runs here. The output has
``lib/modules/<release>/`` with the package's files as links and the indices
that the pinned ``depmod`` makes.

Environment: ``kernel``, the unpacked kernel package; ``tools``, a tree with
``depmod``.
"""

from __future__ import annotations

from pathlib import Path

from builder.realise.builtin import BuildContext


class NoKernel(Exception):
    """The package holds no kernel, or more than one."""


def kernel_release(package: Path, logical: str) -> str:
    """The one release under ``usr/lib/modules`` of an unpacked kernel package."""
    folder = package / "usr/lib/modules"
    releases = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if len(releases) != 1:
        raise NoKernel(
            f"'{logical}' holds {len(releases)} kernels' modules under usr/lib/modules, not one; "
            "set boot.kernelPackages to a package such as linux-image-amd64"
        )
    return releases[0]


def build(context: BuildContext) -> None:
    """Make the output ``out`` of a ``builtin:kernel-modules`` derivation."""
    kernel = context.env["kernel"]
    release = kernel_release(context.real(kernel), kernel)
    indices = context.scratch / "indices"
    indices.mkdir()
    context.run(
        ["depmod", "--basedir", f"{kernel}/usr", "--outdir", "/indices", release],
        tools=context.env["tools"],
        binds={"/indices": indices},
    )
    target = context.outputs["out"] / "lib/modules" / release
    target.mkdir(parents=True)
    packaged = f"{kernel}/usr/lib/modules/{release}"
    for path in sorted(context.real(packaged).iterdir()):
        if path.name not in {"build", "source"}:
            (target / path.name).symlink_to(f"{packaged}/{path.name}")
    for path in sorted((indices / "lib/modules" / release).iterdir()):
        place = target / path.name
        if place.is_symlink():  # an index of the package's own, which is older than ours
            place.unlink()
        place.write_bytes(path.read_bytes())
