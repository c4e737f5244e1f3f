"""Indices of kernel modules, and the builders that use them."""

from __future__ import annotations

import gzip
import lzma
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.realise.initrd import MissingLibrary
from builder.realise.kernel_modules import NoKernel, kernel_release
from builder.realise.module_index import ModuleIndex, UnknownModule, module_name
from tests.realise.context import Workshop
from tests.realise.test_cpio import read
from tests.reference import pinned

RELEASE = "6.1-test"
DEP = """kernel/fs/ext4.ko.xz: kernel/lib/crc16.ko.gz kernel/fs/jbd2.ko
kernel/fs/jbd2.ko: kernel/lib/crc16.ko.gz
kernel/lib/crc16.ko.gz:
kernel/lib/crc32c-intel.ko:
kernel/lib/crc32c-generic.ko:
kernel/net/net.ko:
"""
INDEX = {
    "modules.dep": DEP,
    "modules.alias": (
        "# comment\nalias fs-ext4 ext4\nalias crypto-crc32c crc32c_intel\n"
        "alias crypto-crc32c crc32c-generic\nalias pci:v*d* net\n"
    ),
    "modules.softdep": "# comment\nsoftdep ext4 pre: crypto-crc32c post: missing\n",
    "modules.builtin": "kernel/lib/libbuilt-in.ko\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture
def modules(shop: Workshop) -> str:
    base = f"lib/modules/{RELEASE}"
    kernel = shop.add("kernel", {f"{base}/modules.builtin": INDEX["modules.builtin"]})
    files = {line.partition(":")[0]: f"ko {line.partition(':')[0]}" for line in DEP.splitlines()}
    for path, text in files.items():
        place = shop.real(f"{kernel}/{base}/{path}")
        place.parent.mkdir(parents=True, exist_ok=True)
        packs: dict[str, Callable[[bytes], bytes]] = {".xz": lzma.compress, ".gz": gzip.compress}
        place.write_bytes(packs.get(place.suffix, bytes)(text.encode()))
    return shop.add(
        "modules",
        {
            **{f"{base}/{name}": text for name, text in INDEX.items() if name[8:] != "builtin"},
            f"{base}/modules.builtin": f"-> {kernel}/{base}/modules.builtin",
            f"{base}/kernel": f"-> {kernel}/{base}/kernel",
        },
    )


def test_names() -> None:
    assert module_name("kernel/a/b-c.ko.xz") == "b_c"


def test_a_closure_has_all_that_is_needed(shop: Workshop, modules: str) -> None:
    index = ModuleIndex.read(shop.real, modules)
    found = index.closure(["ext4", "libbuilt-in"])
    assert [module.plain for module in found] == [
        "kernel/fs/ext4.ko",
        "kernel/fs/jbd2.ko",
        "kernel/lib/crc16.ko",
        "kernel/lib/crc32c-generic.ko",
        "kernel/lib/crc32c-intel.ko",
    ]
    assert [module.unpacked() for module in found] == [
        f"ko {module.path}".encode() for module in found
    ]
    assert index.closure(["fs-ext4"]) == found
    cut = index.cut_to(index.closure(["jbd2"]))
    assert cut["modules.dep"] == "kernel/fs/jbd2.ko: kernel/lib/crc16.ko\nkernel/lib/crc16.ko:\n"
    assert cut["modules.alias"] == "" and cut["modules.softdep"] == ""
    assert "alias pci:v*d* net" in index.cut_to(index.closure(["net"]))["modules.alias"]


def test_an_unknown_module_gets_near_names(shop: Workshop, modules: str) -> None:
    index = ModuleIndex.read(shop.real, modules)
    with pytest.raises(UnknownModule, match=r"has no module 'ext5'; did you mean ext4\?"):
        index.closure(["ext5"])


def test_a_usual_module_may_be_missing(shop: Workshop, modules: str) -> None:
    index = ModuleIndex.read(shop.real, modules)
    assert index.closure(["jbd2"], ["ext4", "ext5"]) == index.closure(["ext4", "jbd2"])
    with pytest.raises(UnknownModule, match="no module 'ext5'"):
        index.closure(["ext5"], ["ext5"])


def zstd(packed: bytes) -> bytes:
    argv = pinned.sandbox("zstd").argv(["zstd", "-dc"])
    return subprocess.run(argv, input=packed, capture_output=True, check=True).stdout


def test_an_initial_ram_disk(shop: Workshop, modules: str) -> None:
    script = shop.add("script", {"init": "#!/bin/sh\n"})
    program = Path(shutil.which("cat") or "").resolve()
    libc = shop.add("libc", {"usr/lib/x86_64-linux-gnu/": ""})
    tool = shop.add("tool", {"bin/": ""})
    shutil.copy(program, shop.real(f"{tool}/bin/cat"))
    for name in ("libc.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"):
        for folder in ("/lib/x86_64-linux-gnu", "/lib64", "/lib/aarch64-linux-gnu", "/lib"):
            if Path(folder, name).exists():
                shutil.copy(f"{folder}/{name}", shop.real(f"{libc}/usr/lib/x86_64-linux-gnu"))
                break
    files = {
        "init": {"copy": f"{script}/init"},
        "bin/cat": {"copy": f"{tool}/bin/cat"},
        "etc/x": {"text": "x"},
        "sbin": {"link": "bin"},
    }
    given = {
        "files": files,
        "modules": modules,
        "moduleNames": ["jbd2"],
        "tools": pinned.logical("zstd"),
    }
    out = shop.build("initrd", libraries=[libc], **given)
    packed = (out / "initrd").read_bytes()
    assert packed == (shop.build("initrd", libraries=[libc], **given) / "initrd").read_bytes()
    found = read(zstd(packed))
    base = f"lib/modules/{RELEASE}"
    assert found[f"{base}/kernel/fs/jbd2.ko"][1] == b"ko kernel/fs/jbd2.ko"
    assert found[f"{base}/modules.dep"][1].startswith(b"kernel/fs/jbd2.ko: ")
    assert found["lib/x86_64-linux-gnu/libc.so.6"][1][:4] == b"\x7fELF"
    assert found["bin/cat"][0] & 0o111 and found["sbin"][1] == b"bin"
    with pytest.raises(MissingLibrary, match=r"needs .*, which none of the given packages holds"):
        shop.build("initrd", libraries=[], **given)


def test_a_package_without_a_kernel(tmp_path: Path) -> None:
    with pytest.raises(NoKernel, match="'/nix/store/x' holds 0 kernels' modules"):
        kernel_release(tmp_path, "/nix/store/x")
    for name in ("a", "b"):
        (tmp_path / "usr/lib/modules" / name).mkdir(parents=True)
    with pytest.raises(NoKernel, match="holds 2 kernels' modules"):
        kernel_release(tmp_path, "x")
