"""Every Nix snippet of the how-to pages and the tutorial evaluates where it is meant to stand."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dulwich import porcelain

from builder.cli.installable import find
from builder.cli.session import Options, Session
from builder.lang.thunks import force
from tests.docs.pages import PAGES, REPOSITORY, blocks, snippets
from tests.flake.conftest import commit

DOCS = REPOSITORY / "docs"
CONFIGS = REPOSITORY / "configs"
ROOT = '{ fileSystems."/".label = "neve"; boot.loader.systemd-boot.enable = true; }'
TOPLEVEL = "config.system.build.toplevel.drvPath"


class Reader:
    """Evaluates snippets in `folder`, in which the files lie that they name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = Session(options=Options(impure=True, quiet=True), cwd=folder)
        _, self._outputs = self.session.outputs(str(CONFIGS))

    def drv(self, function: str) -> str:
        """The derivation that a function of `configs` and `pkgs` names."""
        evaluator = self.session.evaluator
        made = evaluator.eval_string(function, str(self.folder), "page.md")
        pkgs = find(
            self.session, f"{CONFIGS}#legacyPackages.x86_64-linux", prefixes=("",), default=""
        ).value
        value = force(evaluator.call(evaluator.call(made, self._outputs), pkgs))
        text, _ = evaluator.coerce_to_string(value)
        return str(text)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    folder = tmp_path_factory.mktemp("page")
    for name in ("index.html", "greeting.patch", "x.patch", "y.patch"):
        (folder / name).write_text("")
    shutil.copytree(CONFIGS / "packages/hits", folder / "hits")
    return Reader(folder)


def package(text: str) -> str:
    """An expression over pkgs that is a package."""
    return f"configs: pkgs: ({text}\n).drvPath"


def called(text: str) -> str:
    """The function of a package's file."""
    return f"configs: pkgs: (pkgs.callPackage ({text}\n) {{ }}).drvPath"


def overlay(text: str) -> str:
    """An overlay that adds `hits`."""
    return f"""configs: pkgs: (configs.lib.pkgsFor {{
      system = "x86_64-linux"; overlays = [ ({text}\n) ];
    }}).hits.drvPath"""


def argument(text: str) -> str:
    """An argument of mkDerivation."""
    return f"""configs: pkgs: (pkgs.stdenv.mkDerivation {{
      name = "snippet"; src = ./hits; {text}
    }}).drvPath"""


def module(text: str) -> str:
    """Definitions in a machine's configuration."""
    return f"""configs: pkgs: (configs.lib.nixosSystem {{ modules = [
      {ROOT}
      {{ nixpkgs.overlays = [ configs.overlays.default ]; }}
      ({{ pkgs, ... }}: {{ {text} }})
    ]; }}).{TOPLEVEL}"""


def machine_test(text: str) -> str:
    """A machine test's file, as `configs/tests/default.nix` takes it."""
    return f"configs: pkgs: (configs.lib.runTest (({text}\n) {{ inherit (configs) lib; }})).drvPath"


CONTEXTS: dict[str, list[Callable[[str], str]]] = {
    "change-a-debian-package": [package, package, package, module],
    "package-software": [called, overlay, argument, module],
    "write-a-machine-test": [machine_test],
}


@pytest.mark.parametrize(
    ("page", "number"),
    [(page, number) for page, contexts in CONTEXTS.items() for number in range(len(contexts))],
)
def test_snippet_of_a_how_to(reader: Reader, page: str, number: int) -> None:
    text = snippets(DOCS / f"how-to/{page}.md")[number]
    drv = reader.drv(CONTEXTS[page][number](text))
    assert re.fullmatch(r"/nix/store/[a-z0-9]{32}-.*\.drv", drv)


def test_no_snippet_is_left_out() -> None:
    shown = {page.stem: len(snippets(page)) for page in PAGES if snippets(page)}
    told = {page: len(contexts) for page, contexts in CONTEXTS.items()}
    assert shown == {**told, "first-machine": 2}


def test_packages_of_the_page_are_those_of_the_repository() -> None:
    """The page shows the example shortened: what it shows stands in the file."""
    shown, overlays, *_ = snippets(DOCS / "how-to/package-software.md")
    for text, file in ((shown, "hits/default.nix"), (overlays, "overlay.nix")):
        assert text.startswith(f"# configs/packages/{file}\n")
        real = " ".join((CONFIGS / "packages" / file).read_text().split())
        for line in text.splitlines()[2:]:
            plain = line.partition(" # ")[0].strip()
            name = plain.partition(" = ")[0]
            assert " = " not in plain or f"{name} = " in real, line


def test_the_tutorial(tmp_path: Path) -> None:
    """The files of the page, in a repository as it says, are a machine."""
    page = DOCS / "tutorial/first-machine.md"
    flake, configuration = snippets(page)
    assert 'url = "git+file:///path/to/neve?dir=configs"' in flake
    machine = tmp_path / "machine"
    shown = [block.text.strip() for block in blocks(page) if not block.language]
    assert shown[0] == "mkdir ~/machine && cd ~/machine && git init"
    assert shown[1].startswith("git add .\n")
    machine.mkdir()
    place = f"git+file://{_repository(tmp_path)}?dir=configs"
    (machine / "flake.nix").write_text(flake.replace("git+file:///path/to/neve?dir=configs", place))
    (machine / "configuration.nix").write_text(configuration)
    session = Session(options=Options(quiet=True), cwd=machine)
    porcelain.init(str(machine))
    with pytest.raises(Exception, match=r"flake\.nix"):
        session.outputs(str(machine))
    porcelain.add(str(machine), [str(file) for file in machine.iterdir() if file.is_file()])
    found: Any = find(
        session, f"{machine}#nixosConfigurations.web.{TOPLEVEL}", prefixes=("",), default=""
    ).value
    text, _ = session.evaluator.coerce_to_string(found)
    assert str(text).endswith(".drv")
    assert (machine / "flake.lock").is_file()


def _repository(folder: Path) -> Path:
    """The checkout as a repository: what is worked on may lie in a work tree, or be unpacked."""
    target = folder / "neve"
    ignore = shutil.ignore_patterns(".git", ".venv", "build", "*.egg-info", "__pycache__")
    shutil.copytree(REPOSITORY, target, ignore=ignore, symlinks=True)
    commit(target)
    return target
