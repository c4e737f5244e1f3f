"""What a worker process is given to build, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.realise.settings import Settings
from builder.store.derivation import Derivation
from builder.store.paths import StorePath
from builder.store.seal import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One derivation with everything that it needs valid.

    `inputs` is the closure of its inputs, sorted. `folder` is an empty folder
    on the store's file system that belongs to this job; results are left in
    its ``store/``, under their names.
    """

    root: Path
    drv: StorePath
    derivation: Derivation
    inputs: tuple[StorePath, ...]
    folder: Path
    settings: Settings

    @property
    def products(self) -> Path:
        """The folder in which the outputs are made."""
        return self.folder / "store"

    def product(self, output: str) -> Path:
        """Where `output` is made, before it moves to its place."""
        return self.products / self.derivation.output_paths()[output].base


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A build that succeeded; its outputs are canonical and lie in the job's folder."""

    outputs: Mapping[str, Sealed]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A build that did not; `hint` as in BuildError."""

    message: str
    hint: str | None
