"""Building packages of ``configs/lib/pkgs`` in tests, in the store that has the tests' tools."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builder.cli.installable import find
from builder.lang.comparison import text_of
from builder.lang.errors import NixError
from builder.lang.thunks import force
from builder.realise.errors import BuildError
from builder.realise.recheck import direct_inputs, recheck
from builder.store.paths import StorePath
from tests.reference import pinned

_PACKAGES = f"{pinned.REPOSITORY}/configs#legacyPackages.x86_64-linux"


SOURCE = 'src = pkgs.tree "source" { "a.txt".text = "one\\n"; "sub/b.txt".text = "two\\n"; };'


def derivation(attributes: str, *, stdenv: str = "stdenvNoCC") -> str:
    """An expression for a package with these attributes."""
    return f'pkgs: pkgs.{stdenv}.mkDerivation {{ name = "x"; {attributes} }}'


class Packages:
    """Expressions over `pkgs`: evaluated, built, built again, run."""

    def __init__(self) -> None:
        self.session = pinned.session()
        self._pkgs = find(self.session, _PACKAGES, prefixes=("",), default="").value

    def value(self, text: str, *, file: str = "test.nix") -> Any:
        """What the function of `pkgs` gives, forced."""
        evaluator = self.session.evaluator
        return force(evaluator.call(evaluator.eval_string(text, "/", file), self._pkgs))

    def text(self, text: str) -> str:
        """The string that the function gives, without its context."""
        value = self.value(text)
        found, _ = self.session.evaluator.coerce_to_string(value)
        return text_of(found)

    def drv(self, text: str, attribute: str | None = None) -> StorePath:
        """The derivation that it gives, or one of the set that it gives."""
        value = self.value(text)
        if attribute is not None:
            value = force(value[attribute])
        found, _ = self.session.evaluator.coerce_to_string(value["drvPath"])
        return StorePath.parse(text_of(found))

    def realise(self, drv: StorePath) -> dict[str, Path]:
        """Build it; where its outputs lie on this machine."""
        outputs = frozenset(self.session.host.derivations[drv].outputs)
        made = self.session.realise({drv: outputs})[drv]
        return {name: self.session.store.real(str(path)) for name, path in made.items()}

    def build(self, text: str, attribute: str | None = None) -> Path:
        """Build it; where its first output lies on this machine."""
        outputs = self.realise(self.drv(text, attribute))
        return outputs.get("out") or next(iter(outputs.values()))

    def failure(self, text: str) -> str:
        """The words with which its evaluation or its build fails."""
        with pytest.raises((BuildError, NixError)) as caught:
            self.build(text)
        return str(caught.value)

    def references(self, path: Path) -> list[str]:
        """The names, without hashes, of what an output refers to."""
        found = self.session.store.references(StorePath.parse(f"/nix/store/{path.name}"))
        return sorted(reference.name for reference in found)

    def differences(self, drv: StorePath) -> dict[str, list[str]]:
        """What is not the same when it is built again in another environment."""
        self.realise(drv)
        store = self.session.store
        self.session.realise(direct_inputs([drv], self.session.host.derivations.__getitem__))
        settings = self.session.build_settings()
        (checked,) = recheck(store, [drv], settings, self.session.host.derivations.__getitem__)
        return {name: list(map(str, found)) for name, found in checked.differences.items()}

    def run(self, usr: str, command: Sequence[str]) -> str:
        """Run a command where the tree that the expression `usr` gives stands at /usr."""
        sandbox = replace(pinned.sandbox("shell"), usr=self.build(usr))
        done = subprocess.run(sandbox.argv(command), capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def packages() -> Packages:
    return Packages()
