"""``builtins.placeholder``: what stands for an output's path until it is built.

A derivation cannot name its own outputs' paths, since they depend on it; it
names ``/`` and the base-32 SHA-256 of ``nix-output:<name>`` instead, and the
builder sees the path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from builder.store import base32
from builder.store.derivation import Derivation


def placeholder(output: str) -> str:
    """What `builtins.placeholder` gives for an output's name."""
    digest = hashlib.sha256(f"nix-output:{output}".encode()).digest()
    return f"/{base32.encode(digest)}"


def filled(derivation: Derivation) -> Derivation:
    """The derivation with its outputs' paths in the place of their placeholders."""
    paths = {placeholder(name): str(path) for name, path in derivation.output_paths().items()}
    rewrite = _rewriter(paths)
    return replace(
        derivation,
        builder=rewrite(derivation.builder),
        args=tuple(rewrite(argument) for argument in derivation.args),
        env={name: rewrite(value) for name, value in derivation.env.items()},
    )


def _rewriter(paths: dict[str, str]) -> Callable[[str], str]:
    def rewrite(text: str) -> str:
        for mark, path in paths.items():
            if mark in text:
                text = text.replace(mark, path)
        return text

    return rewrite
