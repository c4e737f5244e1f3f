"""``builtin:kernel-modules``, by the pinned depmod."""

from __future__ import annotations

from pathlib import Path

from tests.realise.context import Workshop
from tests.reference import pinned

RELEASE = "6.1-test"


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
    out = shop.build("kernel-modules", kernel=kernel, tools=pinned.logical("kmod"))
    folder = out / "lib/modules" / RELEASE
    assert str((folder / "kernel").readlink()) == f"{kernel}/{base}/kernel"
    assert str((folder / "modules.builtin").readlink()) == f"{kernel}/{base}/modules.builtin"
    assert (folder / "modules.dep").read_text() == ""
    assert (folder / "modules.alias").read_text().startswith("# Aliases")
    assert not (folder / "build").is_symlink()
    assert shop.real(f"{kernel}/{base}/modules.dep").read_text() == "stale\n"
    again = (
        shop.build("kernel-modules", kernel=kernel, tools=pinned.logical("kmod"))
        / "lib/modules"
        / RELEASE
    )
    for path in sorted(folder.iterdir()):
        if not path.is_symlink():
            assert (again / path.name).read_bytes() == path.read_bytes()
