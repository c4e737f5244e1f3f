"""Builds by the real Nix, in a store of its own that it sees as /nix/store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from builder.realise.sandbox import Bind
from builder.store.paths import StorePath
from tests.reference import pinned
from tests.reference.nix import Nix, Ran, nix


@dataclass(frozen=True, slots=True, kw_only=True)
class RealBuilds:
    """`nix-build` over the store whose paths lie in the folder `store`.

    Without a sandbox it builds nowhere but at /nix/store, so that is where it sees them.
    """

    judge: Nix
    store: Path
    state: Path

    def run(self, *words: str, see: Sequence[Path] = ()) -> Ran:
        """``nix-build`` with these further words."""
        place = f"local?state={self.state}&log={self.state}/log"
        return self.judge.run(
            *("nix-build", "--no-out-link", "--store", place, *words),
            see=see,
            write=[self.state],
        )

    def made(self, ran: Ran) -> Path:
        """Where the one output that a run tells of lies."""
        return self.store / Path(ran.out.strip()).name


def real_builds(folder: Path) -> RealBuilds:
    """Builds in a new store below `folder`."""
    store, state = folder / "store", folder / "state"
    store.mkdir()
    state.mkdir()
    session = pinned.session()
    tools = session.store.closure([StorePath.parse(pinned.logical("nix"))])
    binds = (
        Bind(source=store, target="/nix/store", writable=True),
        *(Bind(source=session.store.real_path(info.path), target=str(info.path)) for info in tools),
    )
    return RealBuilds(judge=replace(nix(), binds=binds), store=store, state=state)
