"""What a string can refer to in the store. Notation in `encode`: Nix 2.26's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


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


def first_of(context: Iterable[Element]) -> str:
    """The element that Nix names when a string may refer to nothing: plain paths come
    first, then whole derivations, then outputs; without the store's folder."""
    kinds = (PlainPath, DeepDerivation, BuiltOutput)
    element = min(
        context, key=lambda each: (kinds.index(type(each)), each.path, getattr(each, "output", ""))
    )
    return encode(replace(element, path=element.path.rpartition("/")[2]))


def encode(element: Element) -> str:
    """The element as Nix writes it in its own files."""
    if isinstance(element, PlainPath):
        return element.path
    if isinstance(element, DeepDerivation):
        return f"={element.path}"
    return f"!{element.output}!{element.path}"
