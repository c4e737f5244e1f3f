"""Every example in the comments of `lib`: here, and in the real Nix."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_value
from builder.manual.doc_comments import Example
from builder.manual.library import LIBRARY, PAGE, page, sections
from builder.modules.session import module_evaluator
from builder.store.local import LocalStore
from tests.hosts import idle_host
from tests.reference.nix import Nix, nix

ALL = {
    f"{section.name}.{'.'.join(entry.path)}-{number}": (section.name, example)
    for section in sections()
    for entry in section.entries
    for number, example in enumerate(entry.examples, 1)
}


def _wrap(section: str, text: str) -> str:
    return f"let lib = import {LIBRARY}; in with lib; with lib.{section};\n{text}"


@pytest.fixture(scope="module")
def evaluator(tmp_path_factory: pytest.TempPathFactory) -> Evaluator:
    """An evaluator with the module engine."""
    return module_evaluator(idle_host(LocalStore(tmp_path_factory.mktemp("store"))))


def _show(evaluator: Evaluator, section: str, text: str) -> str:
    value = evaluator.eval_string(_wrap(section, text), str(LIBRARY), "example.nix")
    return evaluator.run(lambda: print_value(value))


@pytest.mark.parametrize("name", ALL)
def test_example(evaluator: Evaluator, name: str) -> None:
    """An example gives its value, or its error."""
    section, example = ALL[name]
    if example.error is not None:
        with pytest.raises(NixError) as caught:
            _show(evaluator, section, example.text)
        assert example.error in caught.value.message.strip()
    else:
        assert example.value is not None
        assert _show(evaluator, section, example.text) == _show(evaluator, section, example.value)


def _needs_engine(plain: Evaluator, section: str, example: Example) -> bool:
    """Whether an example fails for want of the module engine."""
    try:
        _show(plain, section, example.text)
    except NixError as error:
        return "module engine of Neve" in error.message
    return False


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Example]]:
    """The examples that need no module engine."""
    evaluator = Evaluator(idle_host(LocalStore(tmp_path_factory.mktemp("store"))))
    return {
        name: (section, example)
        for name, (section, example) in ALL.items()
        if not _needs_engine(evaluator, section, example)
    }


def _run(reference: Nix, text: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as store:
        ran = reference.run(
            *("nix-instantiate", "--store", store, "--eval", "--strict", "--read-write-mode", "-"),
            see=[LIBRARY],
            write=[Path(store)],
            stdin=text,
            cwd=str(LIBRARY),
        )
    return ran.status, ran.out, ran.err


def test_values_in_the_reference(plain: dict[str, tuple[str, Example]]) -> None:
    """The real Nix finds the same values."""
    names = [name for name, (_, example) in plain.items() if example.error is None]
    assert len(names) > 350
    pairs = []
    for name in names:
        section, example = plain[name]
        both = f"[ ({example.text}) ({example.value}) ]"
        pairs.append(
            f'{{ name = "{name}"; both = (lib: with lib; with lib.{section};\n{both}) lib; }}'
        )
    text = (
        f"let lib = import {LIBRARY}; cases = [\n" + "\n".join(pairs) + "\n]; in "
        "map (c: c.name) (builtins.filter (c: builtins.elemAt c.both 0 != "
        "builtins.elemAt c.both 1) cases)"
    )
    status, out, err = _run(nix(), text)
    assert (status, out.strip()) == (0, "[ ]"), err


def test_errors_in_the_reference(plain: dict[str, tuple[str, Example]]) -> None:
    """The real Nix finds the same errors."""
    reference = nix()
    names = [name for name, (_, example) in plain.items() if example.error is not None]
    assert len(names) > 40
    for name in names:
        section, example = plain[name]
        status, _, err = _run(reference, _wrap(section, example.text))
        assert status == 1, name
        assert example.error is not None
        assert example.error in err, name


def test_page() -> None:
    """The reference page is what the comments say now; `make docs` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page()
