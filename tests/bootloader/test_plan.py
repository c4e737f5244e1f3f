"""Properties of the plan: whatever /boot held before, each moment is bootable."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bootloader.bootspec import BootSpec
from bootloader.config import LoaderConfig
from bootloader.generation import Generation
from bootloader.menu import build_menu
from bootloader.plan import Blob, Present, make_plan
from bootloader.systemd_boot import owned, wanted

KERNELS = [Blob(source=f"/nix/store/k{n}", digest=f"{n:x}" * 64, size=1000 + n) for n in range(5)]
LOADER = Blob(source="/nix/store/sd", digest="f" * 64, size=10)
CONFIG = LoaderConfig(kind="systemd-boot", files={"systemd-bootx64.efi": LOADER.source})


def spec(number: int, kernel: int, initrd: int) -> BootSpec:
    return BootSpec(
        label="Neve",
        system="x86_64-linux",
        toplevel=f"/nix/store/t{number}",
        init=f"/nix/store/t{number}/init",
        kernel=KERNELS[kernel].source,
        initrd=KERNELS[initrd].source,
        kernel_params=("quiet",),
    )


index = st.integers(min_value=0, max_value=len(KERNELS) - 1)
worlds = st.dictionaries(
    st.integers(min_value=1, max_value=9), st.tuples(index, index), min_size=1, max_size=5
)


def files_for(world: dict[int, tuple[int, int]], limit: int | None):  # type: ignore[no-untyped-def]
    generations = [Generation(number=n, toplevel=f"/nix/store/t{n}", created=0) for n in world]
    specs = {n: spec(n, *kernels) for n, kernels in world.items()}
    default = max(world)
    items = build_menu(generations, specs, default=default, limit=limit)
    chosen = next(i for i in items if i.generation.number == default)
    blobs = {b.source: b for b in (*KERNELS, LOADER)}
    return wanted(CONFIG, items, chosen, blobs, machine_id=None)


@given(before=worlds, after=worlds, limit=st.none() | st.integers(min_value=1, max_value=4))
def test_each_moment_is_bootable(
    before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]], limit: int | None
) -> None:
    """Carry the plan out in memory, one step at a time, and look at /boot after each."""
    old, new = files_for(before, None), files_for(after, limit)
    contents = {t.target: t.content for t in (*old.entries, *old.menus)}
    kernels = {c.target for c in old.kernels}
    present = {c.target: Present(size=c.blob.size, digest=None) for c in old.kernels}
    present |= {t: Present(size=len(c), digest="stale") for t, c in contents.items()}
    present["EFI/other/x.efi"] = Present(size=1, digest=None)
    plan = make_plan(new, present)

    def check() -> None:
        for name, content in contents.items():
            for line in content.decode().splitlines():
                word, _, value = line.partition(" ")
                if word in ("linux", "initrd"):
                    assert value.removeprefix("/") in kernels, name

    for copy in plan.copies:
        kernels.add(copy.target)
        check()
    for text in plan.texts:
        contents[text.target] = text.content
        check()
    for path in plan.remove:
        assert owned(path)
        contents.pop(path, None)
        kernels.discard(path)
        check()
    default = contents["loader/loader.conf"].decode().split("default ")[1].splitlines()[0]
    assert f"loader/entries/{default}" in contents
    assert {c.target for c in (*new.kernels, *new.loaders)} == kernels


@given(before=worlds)
def test_half_written_kernel_is_written_again(before: dict[int, tuple[int, int]]) -> None:
    new = files_for(before, None)
    first = new.kernels[0]
    present = {first.target: Present(size=first.blob.size - 1, digest=None)}
    assert first in make_plan(new, present).copies
