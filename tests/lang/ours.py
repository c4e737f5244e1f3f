"""Running programs through our evaluator, told as the reference's verdicts are."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from builder.flake.host import StoreHost
from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost
from builder.lang.printing import print_plain
from builder.lang.tracing import format_error
from builder.store.local import LocalStore
from builder.store.paths import StorePath, make_text_path
from tests.hosts import no_build
from tests.reference.judge import Verdict, read_failure, without_or


class TracedHost(LocalHost):
    """A host that keeps what is traced, and hides nothing of the machine."""

    def __init__(self) -> None:
        super().__init__(system="x86_64-linux")
        self.lines: list[str] = []

    @property
    def current_time(self) -> int:
        """The beginning of time."""
        return 0

    def trace(self, message: str) -> None:
        self.lines.append(message + "\n")


@functools.cache
def _store() -> LocalStore:
    """A store for all programs of this process."""
    folder = tempfile.mkdtemp(prefix="neve-programs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return LocalStore(Path(folder))


class _ProgramHost(StoreHost):
    """A store in which nothing is built; keeps what is traced."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        super().__init__(
            _store,
            pure=False,
            system="x86_64-linux",
            build=no_build,
            builds=lambda: False,
            say=lambda line: self.lines.append(line + "\n"),
        )

    @property
    def current_time(self) -> int:
        """The beginning of time."""
        return 0

    def ensure(self, path: str) -> None:
        """Every path is there: the judge only evaluates, and then asks no store."""

    def add_text(self, name: str, text: bytes, references: Sequence[str]) -> str:
        """Only computed when it refers to what is not there."""
        refers = [StorePath.parse(path) for path in references]
        if all(path in self.derivations or self.store.is_valid(path) for path in refers):
            return super().add_text(name, text, references)
        return str(make_text_path(name, text, refers))


def evaluate(text: str, folder: str = "/", name: str = "«string»") -> Verdict:
    """How a program ends with us: its whole value printed, or its failure."""
    host = _ProgramHost()
    evaluator = Evaluator(host, features=frozenset({"pipe-operators"}))
    try:
        value = evaluator.eval_string(text, folder, name)
        shown = evaluator.run(lambda: print_plain(value))
    except NixError as error:
        message = format_error(error)
        failure = read_failure(message)
        return Verdict(
            value=None, failure=failure, traced=without_or("".join(host.lines)), text=message
        )
    return Verdict(value=shown, failure=None, traced=without_or("".join(host.lines)))
