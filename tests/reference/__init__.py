"""The real Nix, out of pinned Debian packages, as the judge of compatibility.

`nix()` builds the tree of ``nix-bin`` that the repository's own lock pins (once;
its packages come from the mirror) and gives a `Nix` that runs its programs in a
sandbox, whatever the host has or has not.
"""

from tests.reference.nix import Nix, Ran, nix

__all__ = ["Nix", "Ran", "nix"]
