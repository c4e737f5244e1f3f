"""The hash of a derivation modulo its fixed-output inputs.

Two derivations that differ only in how a fixed output is fetched have the
same hash, so that a change of mirror rebuilds nothing ("Hash modulo" in
Dolstra's thesis, section 5.4).
"""

from __future__ import annotations

from collections.abc import Callable

from builder.store.derivation import Derivation, unparse
from builder.store.hashes import Hash, hash_bytes
from builder.store.paths import StorePath


class HashModulo:
    """Computes and remembers hashes modulo.

    `lookup` gives the derivation behind a ``.drv`` path; it is asked once for
    each. Input graphs may be deeper than Python's stack: they are walked with
    a list.
    """

    def __init__(self, lookup: Callable[[StorePath], Derivation]) -> None:
        self._lookup = lookup
        self._known: dict[StorePath, str] = {}

    def of_input(self, path: StorePath) -> str:
        """What stands for the derivation at `path` in those that depend on it (base 16)."""
        known = self._known
        waiting = [path]
        while waiting:
            current = waiting[-1]
            if current in known:
                waiting.pop()
                continue
            derivation = self._lookup(current)
            if not derivation.is_fixed:
                missing = [drv for drv in derivation.input_drvs if drv not in known]
                if missing:
                    waiting.extend(missing)
                    continue
            known[current] = self._compute(derivation, mask_outputs=False).base16
            waiting.pop()
        return known[path]

    def of_unnamed(self, derivation: Derivation) -> Hash:
        """The hash from which the paths of `derivation`'s outputs are made."""
        return self._compute(derivation, mask_outputs=True)

    def remember(self, path: StorePath, derivation: Derivation) -> None:
        """Compute the hash of `derivation`, whose inputs are known, and keep it for `path`."""
        if path not in self._known:
            self._known[path] = self._compute(derivation, mask_outputs=False).base16

    def _compute(self, derivation: Derivation, *, mask_outputs: bool) -> Hash:
        if derivation.is_fixed:
            ((name, output),) = derivation.outputs.items()
            text = f"fixed:{name}:{output.hash_algo}:{output.content and output.content.base16}:"
            content = f"{text}{output.path or ''}".encode()
        else:
            inputs: dict[str, set[str]] = {}
            for path, names in derivation.input_drvs.items():
                inputs.setdefault(self.of_input(path), set()).update(names)
            content = unparse(derivation, inputs, mask_outputs=mask_outputs)
        return hash_bytes("sha256", content)
