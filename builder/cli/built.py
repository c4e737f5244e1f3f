"""What building an installable gave: outputs of a derivation, or a store path as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.store.paths import StorePath

MAIN = "out"
"""The output that is linked and named without its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The outputs that were asked for of a derivation, by name, in the names' order."""

    drv: StorePath
    outputs: Mapping[str, StorePath]

    @property
    def path(self) -> StorePath:
        """The main one of them: ``out``, or else the first."""
        return self.outputs.get(MAIN) or next(iter(self.outputs.values()))

    @property
    def paths(self) -> tuple[StorePath, ...]:
        """All of them."""
        return tuple(self.outputs.values())

    def links(self, link: Path, number: int) -> dict[Path, StorePath]:
        """Where the outputs of the `number`th result are linked, as `nix build` names it:
        ``result``, ``result-dev``, ``result-1``, ``result-1-dev``."""
        counted = _counted(link, number)
        return {
            Path(counted if name == MAIN else f"{counted}-{name}"): path
            for name, path in self.outputs.items()
        }

    def to_json(self) -> dict[str, Any]:
        """As `nix build --json` prints it, and as it is remembered."""
        outputs = {name: str(path) for name, path in self.outputs.items()}
        return {"drvPath": str(self.drv), "outputs": outputs}


@dataclass(frozen=True, slots=True)
class Held:
    """A path that is in the store, whatever it was made by."""

    path: StorePath

    @property
    def paths(self) -> tuple[StorePath, ...]:
        """The path alone."""
        return (self.path,)

    def links(self, link: Path, number: int) -> dict[Path, StorePath]:
        """Where it is linked as the `number`th result."""
        return {Path(_counted(link, number)): self.path}

    def to_json(self) -> str:
        """As `nix build --json` prints it, and as it is remembered."""
        return str(self.path)


Result = Built | Held


def from_json(known: Any) -> Result:
    """What `to_json` gave."""
    if isinstance(known, str):
        return Held(StorePath.parse(known))
    outputs = {name: StorePath.parse(path) for name, path in known["outputs"].items()}
    return Built(drv=StorePath.parse(known["drvPath"]), outputs=outputs)


def _counted(link: Path, number: int) -> str:
    return f"{link}-{number}" if number else str(link)
