"""The boot menu, whichever loader shows it: one item a generation and specialisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bootloader.bootspec import BootSpec
from bootloader.generation import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One bootable choice. `specialisation` is None for the generation's own system."""

    generation: Generation
    specialisation: str | None
    spec: BootSpec

    @property
    def id(self) -> str:
        """The item's name in file names and in GRUB's ``--id``."""
        base = f"neve-generation-{self.generation.number}"
        return (
            base if self.specialisation is None else f"{base}-specialisation-{self.specialisation}"
        )

    @property
    def detail(self) -> str:
        """Text that tells generations apart: "Generation 3", "Generation 3, server"."""
        base = f"Generation {self.generation.number}"
        return base if self.specialisation is None else f"{base}, {self.specialisation}"

    @property
    def version(self) -> str:
        """A line with the label and the day, for menus that show more than a title."""
        date = self.generation.date
        built = "" if date is None else f", built on {date}"
        return f"{self.detail} {self.spec.label}{built}"


def menu_items(generation: Generation, spec: BootSpec) -> list[MenuItem]:
    """The generation's own item, then one for each specialisation, by name."""
    return [
        MenuItem(generation=generation, specialisation=None, spec=spec),
        *(
            MenuItem(generation=generation, specialisation=name, spec=other)
            for name, other in spec.specialisations
        ),
    ]


def build_menu(
    generations: Sequence[Generation],
    specs: Mapping[int, BootSpec],
    *,
    default: int,
    limit: int | None,
) -> list[MenuItem]:
    """Items of the newest `limit` generations and of `default`, newest first.

    A generation without an entry in `specs` has no item.
    """
    usable = sorted((g for g in generations if g.number in specs), key=lambda g: -g.number)
    chosen = usable if limit is None else usable[: max(limit, 1)]
    if all(g.number != default for g in chosen):
        # The default must stay bootable whatever the limit says: it takes the oldest one's place.
        chosen = chosen[: max(limit or 1, 1) - 1] + [g for g in usable if g.number == default]
    return [item for g in chosen for item in menu_items(g, specs[g.number])]
