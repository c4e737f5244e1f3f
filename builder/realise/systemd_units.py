"""``builtin:systemd-units``: the folder that becomes /etc/systemd/system (or user).

Environment of the derivation:

``units``
    JSON object, unit name to ``{"text": str, "enable": bool, "wantedBy": [..],
    "requiredBy": [..], "upheldBy": [..], "aliases": [..], "override": str}``.
    A unit that is not enabled is masked. ``override`` is ``asDropin``,
    ``asDropinIfExists`` or ``file``.
``packages``
    JSON list of logical roots of /usr-like trees that may bring units.
``kind``
    ``system`` or ``user``.
"""

from __future__ import annotations

import json
from typing import Any

from builder.realise.builtin import BuildContext

_LINKS = (("wantedBy", "wants"), ("requiredBy", "requires"), ("upheldBy", "upholds"))


class BadUnit(Exception):
    """A unit's declaration cannot be carried out."""


def build(context: BuildContext) -> None:
    """Make the output ``out`` of a ``builtin:systemd-units`` derivation."""
    units: dict[str, dict[str, Any]] = json.loads(context.env["units"])
    packaged = _packaged_units(context)
    out = context.outputs["out"]
    out.mkdir()
    for name in sorted(units):
        unit = units[name]
        kind = context.env["kind"]
        if not unit["enable"]:
            (out / name).symlink_to("/dev/null")
            continue
        if _as_dropin(name, unit, packaged):
            where = f"/usr/lib/systemd/{kind}/{_packaged_name(name, packaged) or name}"
            if unit["text"].strip():
                folder = out / f"{name}.d"
                folder.mkdir()
                (folder / "overrides.conf").write_text(unit["text"])
        else:
            where = f"../{name}"
            (out / name).write_text(unit["text"])
        for key, suffix in _LINKS:
            for other in sorted(set(unit[key])):
                folder = out / f"{other}.{suffix}"
                folder.mkdir(exist_ok=True)
                (folder / name).symlink_to(where)
        for alias in sorted(set(unit["aliases"])):
            (out / alias).symlink_to(where.removeprefix("../"))


def _packaged_units(context: BuildContext) -> frozenset[str]:
    kind = context.env["kind"]
    names: set[str] = set()
    for root in json.loads(context.env["packages"]):
        folder = context.real(f"{root}/lib/systemd/{kind}")
        if folder.is_dir():
            names.update(path.name for path in folder.iterdir() if not path.is_dir())
    return frozenset(names)


def _packaged_name(name: str, packaged: frozenset[str]) -> str | None:
    """The unit's own name or, for an instance, its template's, if a package brings it."""
    if name in packaged:
        return name
    base, at, _ = name.partition("@")
    template = f"{base}@.{name.rpartition('.')[2]}"
    return template if at and template in packaged else None


def _as_dropin(name: str, unit: dict[str, Any], packaged: frozenset[str]) -> bool:
    match unit["override"]:
        case "asDropin":
            return True
        case "asDropinIfExists":
            return _packaged_name(name, packaged) is not None
        case "file":
            return False
        case other:
            raise BadUnit(f"unit '{name}' has the unknown overrideStrategy '{other}'")
