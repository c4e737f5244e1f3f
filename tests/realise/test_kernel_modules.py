"""``builtin:kernel-modules``, by this machine's depmod."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.realise.context import Workshop

RELEASE = "6.1-test"


def _has_depmod() -> bool:
    """Whether there is a depmod that can write elsewhere (kmod 31 and later)."""
    program = Path("/usr/sbin/depmod")
    return (
        program.exists()
        and "--outdir"
        in subprocess.run([str(program), "--help"], capture_output=True, text=True).stdout
    )


@pytest.mark.skipif(not _has_depmod(), reason="no depmod that knows --outdir")
def test_indices_are_made_beside_links_to_the_package(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    base = f"usr/lib/modules/{RELEASE}"
    package = {
        f"{base}/kernel/": "",
        f"{base}/modules.order": "",
        f"{base}/modules.builtin": "kernel/a.ko\n",
        f"{base}/modules.builtin.modinfo": "",
        f"{base}/modules.dep": "stale\n",
        f"{base}/build": "-> /usr/src",
    }
    kernel = shop.add("kernel", package)
    out = shop.build("kernel-modules", kernel=kernel, tools="none")
    folder = out / "lib/modules" / RELEASE
    assert str((folder / "kernel").readlink()) == f"{kernel}/{base}/kernel"
    assert str((folder / "modules.builtin").readlink()) == f"{kernel}/{base}/modules.builtin"
    assert (folder / "modules.dep").read_text() == ""
    assert (folder / "modules.alias").read_text().startswith("# Aliases")
    assert not (folder / "build").is_symlink()
    assert shop.real(f"{kernel}/{base}/modules.dep").read_text() == "stale\n"
    again = shop.build("kernel-modules", kernel=kernel, tools="none") / "lib/modules" / RELEASE
    for path in sorted(folder.iterdir()):
        if not path.is_symlink():
            assert (again / path.name).read_bytes() == path.read_bytes()
