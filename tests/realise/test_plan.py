"""What is begun first: whatever begins the heaviest chain of work."""

from __future__ import annotations

from builder.realise.plan import make_plan
from builder.store.derivation import Derivation, Output
from builder.store.paths import StorePath

ROOM = "0" * 32


def path(name: str) -> StorePath:
    return StorePath.parse(f"/nix/store/{ROOM}-{name}.drv")


def derivation(builder: str, *inputs: str, size: int = 0) -> Derivation:
    return Derivation(
        name=builder,
        outputs={"out": Output(path=StorePath.parse(f"/nix/store/{ROOM}-out"))},
        input_drvs={path(name): frozenset({"out"}) for name in inputs},
        input_srcs=frozenset(),
        system="builtin",
        builder=f"builtin:{builder}",
        args=(),
        env={"size": str(size)},
    )


def test_the_heaviest_chain_is_begun_first() -> None:
    drvs = {
        path("small.deb"): derivation("fetch-deb", size=10_000),
        path("kernel.deb"): derivation("fetch-deb", size=100_000_000),
        path("small"): derivation("unpack-deb", "small.deb"),
        path("kernel"): derivation("unpack-deb", "kernel.deb"),
        path("modules"): derivation("kernel-modules", "kernel"),
        path("sw"): derivation("link-tree", "small"),
        path("image"): derivation("disk-image", "sw", "modules"),
    }
    plan = make_plan([(path("image"), None)], drvs.__getitem__, lambda paths: False)
    order = sorted(drvs, key=lambda drv: -plan.height[drv])
    assert [drv.name.removesuffix(".drv") for drv in order] == [
        "kernel.deb", "kernel", "modules", "small.deb", "small", "sw", "image",
    ]  # fmt: skip
    # A build's own weight counts: modules wait for nothing that sw does not wait for too.
    assert plan.height[path("modules")] > plan.height[path("sw")]
