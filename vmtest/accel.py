"""Whether KVM really works here: a tiny guest must run under it.

The device file may exist, open, and still be useless (nested virtualisation
that is switched off, a filter in front of it, an emulation that runs a few
instructions and then hangs). So the firmware starts a boot sector that turns
protection and paging on, counts to a million in memory, and reports through
a port. The answer is kept for this boot of the host.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import tempfile
from pathlib import Path

from vmtest.qemu import DATA_FOLDERS
from vmtest.tools import Tools

DEADLINE = 5.0  # seconds; under working KVM it takes a tenth of one
_EXIT_CODE = (0x2A << 1) | 1  # what isa-debug-exit makes of 0x2a

# Assembled from, at 0x7c00:
#   .code16; cli; xor %ax,%ax; mov %ax,%ds; mov %ax,%es
#   mov $0x9000,%di; mov $0x83,%eax; stosl           # a page directory: 4 MiB at 0
#   xor %eax,%eax; mov $1023,%cx; rep stosl; lgdtl gdtr
#   mov %cr4,%eax; or $0x10,%al; mov %eax,%cr4; mov $0x9000,%eax; mov %eax,%cr3
#   mov %cr0,%eax; or $0x80000001,%eax; mov %eax,%cr0; ljmpl $8,$1f
#   .code32; 1: mov $16,%ax; mov %ax,%ds; mov $1000000,%ecx; 2: incl 0xa000; loop 2b
#   mov $0x2a,%al; out %al,$0xf4; 3: hlt; jmp 3b     # then three descriptors and gdtr
_X86_SECTOR = bytes.fromhex(
    "fa31c08ed88ec0bf009066b88300000066ab6631c0b9ff0366f3ab660f011678"
    "7c0f20e00c100f22e066b8009000000f22d80f20c0660d010000800f22c066ea"
    "467c0000080066b810008ed8b940420f00ff0500a00000e2f8b02ae6f4f4ebfd"
    "0000000000000000ffff0000009acf00ffff00000092cf001700607c0000"
).ljust(510, b"\0") + bytes.fromhex("55aa")
# movz w0, #8; movk w0, #0x8400, lsl #16; hvc #0; b .   (PSCI SYSTEM_OFF)
_ARM_FIRMWARE = bytes.fromhex("000180520080b072020000d400000014")


def choose_accelerator(tools: Tools, arch: str) -> str:
    """``"kvm"`` or ``"tcg"`` for guests of `arch` on this host."""
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    if machine != arch or not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    key = f"{_boot_id()} {tools.key} {arch}"
    cache = _cache_file()
    known = _read_cache(cache)
    if key not in known:
        known = {k: v for k, v in known.items() if k.startswith(_boot_id())}
        known[key] = "kvm" if runs_guest(tools, arch, "kvm") else "tcg"
        _write_cache(cache, known)
    return known[key]


def runs_guest(tools: Tools, arch: str, accelerator: str) -> bool:
    """Whether the tiny guest comes to its end under `accelerator`, in time."""
    with tempfile.TemporaryDirectory(prefix="vm-accel-") as name:
        folder = Path(name)
        payload = folder / "payload"
        payload.write_bytes(_X86_SECTOR if arch == "x86_64" else _ARM_FIRMWARE)
        argv = [
            f"qemu-system-{arch}", "-nodefaults", "-no-user-config", "-display", "none",
            "-accel", accelerator, "-m", "64", "-monitor", "none", *DATA_FOLDERS,
        ]  # fmt: skip
        if arch == "x86_64":
            argv += ["-machine", "pc", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]
            argv += ["-drive", f"if=ide,format=raw,file={payload}"]
        else:
            argv += ["-machine", "virt", "-cpu", "host" if accelerator == "kvm" else "max"]
            argv += ["-bios", str(payload)]
        try:
            result = subprocess.run(
                tools.command(argv, writable=[folder]),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=DEADLINE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        return result.returncode == (_EXIT_CODE if arch == "x86_64" else 0)


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _cache_file() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "neve" / "accelerators.json"


def _read_cache(path: Path) -> dict[str, str]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in data.items() if isinstance(v, str)} if isinstance(data, dict) else {}


def _write_cache(path: Path, known: dict[str, str]) -> None:
    """Keeping the answer is a convenience: an unwritable home is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_text(json.dumps(known), encoding="utf-8")
        temporary.replace(path)
    except OSError:
        return
