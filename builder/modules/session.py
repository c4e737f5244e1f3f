"""An evaluator that has the module engine as `builtins.neve`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from builder.lang.evaluator import Evaluator
from builder.lang.host import Host
from builder.lang.thunks import call
from builder.lang.values import Thunk, Value


def module_evaluator(
    host: Host,
    cache_dir: Path | None = None,
    extra_builtins: Mapping[str, Value] | None = None,
    *,
    features: Set[str] = frozenset(),
    installed: Sequence[Path] = (),
) -> Evaluator:
    """An `Evaluator` (see there) for expressions that use `configs/lib` with modules."""

    def load(path: str) -> Value:
        imported: Value = call(evaluator.builtins["import"], path)
        return imported

    def made() -> Value:
        # Imported here: most expressions use no modules.
        from builder.modules.library import engine

        return engine(load, lambda text: host.trace(f"evaluation warning: {text}"))

    extra = {"neve": Thunk(made), **(extra_builtins or {})}
    evaluator = Evaluator(host, cache_dir, extra, features=features, installed=installed)
    return evaluator
