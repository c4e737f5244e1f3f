"""Which outputs of a derivation an installable stands for, and what they are once built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.cli.errors import UsageError
from builder.cli.session import Session
from builder.store.paths import StorePath

_MAIN = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The outputs that were asked for of a derivation, by name, in the names' order."""

    drv: StorePath
    outputs: Mapping[str, StorePath]

    @property
    def path(self) -> StorePath:
        """The main one of them: ``out``, or else the first."""
        return self.outputs.get(_MAIN) or next(iter(self.outputs.values()))

    def links(self, link: Path, number: int) -> dict[Path, StorePath]:
        """Where the outputs of the `number`th installable are linked, as `nix build` names it:
        ``result``, ``result-dev``, ``result-1``, ``result-1-dev``."""
        counted = f"{link}-{number}" if number else str(link)
        return {
            Path(counted if name == _MAIN else f"{counted}-{name}"): path
            for name, path in self.outputs.items()
        }

    def to_json(self) -> dict[str, Any]:
        """As `nix build --json` prints it, and as it is remembered."""
        outputs = {name: str(path) for name, path in self.outputs.items()}
        return {"drvPath": str(self.drv), "outputs": outputs}

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Built:
        """What `to_json` gave."""
        outputs = {name: StorePath.parse(path) for name, path in known["outputs"].items()}
        return cls(drv=StorePath.parse(known["drvPath"]), outputs=outputs)


def chosen_outputs(
    session: Session, drv: StorePath, value: Mapping[str, Any], named: tuple[str, ...]
) -> frozenset[str]:
    """The outputs of `drv` that are built for the forced `value`; `named` as `split_outputs` gives.

    Where none are named: that output which the value itself is, or those of
    ``meta.outputsToInstall``, or ``out``. Raises `UsageError` for one that `drv` has not.
    """
    known = session.host.derivations.get(drv) or session.store.read_derivation(drv)
    has = frozenset(known.outputs)
    wanted = has if named == ("*",) else frozenset(named or _unnamed(session, value, has))
    if missing := sorted(wanted - has):
        quoted = ", ".join(f"'{name}'" for name in missing)
        raise UsageError(
            f"derivation '{drv}' does not have wanted outputs {quoted}",
            hint=f"it has {', '.join(sorted(has))}",
        )
    return wanted


def _unnamed(session: Session, value: Mapping[str, Any], has: frozenset[str]) -> list[str]:
    force = session.evaluator.force
    own = _text(session, value.get("outputName", _MAIN))
    first = _texts(session, value.get("outputs", [_MAIN]))[:1]
    # `package.dev` of a plain derivation says only by its name that it was chosen.
    if force(value.get("outputSpecified", False)) is True or own not in (*first, _MAIN):
        return [own]
    meta = force(value.get("meta", {}))
    if isinstance(meta, dict) and (named := _texts(session, meta.get("outputsToInstall", []))):
        return named
    return [_MAIN if _MAIN in has else own]


def _text(session: Session, value: Any) -> str:
    return str(session.evaluator.coerce_to_string(value)[0])


def _texts(session: Session, value: Any) -> list[str]:
    return [_text(session, item) for item in session.evaluator.force(value)]
