"""Evaluating systems of ``configs/`` in tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builder.cli.installable import find
from builder.cli.session import Options, Session
from builder.lang.errors import NixError

REPOSITORY = Path(__file__).parents[2]
ROOT = '{ fileSystems."/".label = "neve"; boot.loader.systemd-boot.enable = true; }'


class Systems:
    """Systems made of the repository's modules, with a store of their own below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.session = Session(options=Options(store=folder / "root"), cwd=REPOSITORY)
        self._make = find(
            self.session, f"{REPOSITORY}/configs#lib.nixosSystem", prefixes=("",), default=""
        ).value

    def ask(self, modules: str, attribute: str) -> Any:
        """The value of an attribute, such as ``config.time.timeZone``, as Python shows it.

        `modules` are Nix texts of modules; they begin at line 2 of ``configuration.nix``.
        """
        evaluator = self.session.evaluator
        text = f"system: (system {{ modules = [ {ROOT}\n{modules}\n]; }}).{attribute}"
        value = evaluator.call(evaluator.eval_string(text, "/", "configuration.nix"), self._make)
        if isinstance(value, bool):
            return value
        plain, _ = evaluator.coerce_to_string(value)
        return getattr(plain, "text", plain)

    def toplevel(self, modules: str) -> str:
        """The path of the whole system's derivation."""
        return str(self.ask(modules, "config.system.build.toplevel.drvPath"))

    def mistake(self, modules: str) -> NixError:
        """The error that these modules end in."""
        with pytest.raises(NixError) as caught:
            self.toplevel(modules)
        return caught.value


@pytest.fixture(scope="session")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Systems:
    return Systems(tmp_path_factory.mktemp("systems"))


@pytest.fixture
def etc(systems: Systems) -> Callable[[str, str], str]:
    """The text of a file below /etc, with some modules."""

    def text(modules: str, name: str) -> str:
        return str(systems.ask(modules, f'config.environment.etc."{name}".text'))

    return text
