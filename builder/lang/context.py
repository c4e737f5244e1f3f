"""What a string can refer to in the store. Notation in `encode`: Nix 2.26's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlainPath:
    """A store path itself (a source, or a `.drv` file as a mere file)."""

    path: str


@dataclass(frozen=True, slots=True)
class DeepDerivation:
    """A derivation and its whole build closure, all outputs (``=path``)."""

    path: str


@dataclass(frozen=True, slots=True)
class BuiltOutput:
    """One output of a derivation (``!output!path``)."""

    path: str
    output: str


Element = PlainPath | DeepDerivation | BuiltOutput


def encode(element: Element) -> str:
    """The element as Nix writes it in its own files."""
    if isinstance(element, PlainPath):
        return element.path
    if isinstance(element, DeepDerivation):
        return f"={element.path}"
    return f"!{element.output}!{element.path}"
