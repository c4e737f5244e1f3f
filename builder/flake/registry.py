"""The registries of flakes: what a bare name such as ``nixpkgs`` stands for.

The files are Nix's: ``{"version": 2, "flakes": [{"from": REF, "to": REF, "exact": BOOL}]}``.
The user's (``neve/registry.json`` in the configuration folder) goes before the
machine's (``/etc/neve/registry.json``); a third may be set as ``flake-registry``,
a file or an address. An entry that is not exact and names no branch or commit takes
those of what is looked up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.flake.durable import replace_text
from builder.flake.errors import FlakeError
from builder.flake.reference import FlakeRef

SYSTEM_FILE = Path("/etc/neve/registry.json")
_DEEPEST = 100  # names that stand for names


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A name and what it stands for; an `exact` one is for this very reference alone."""

    name: FlakeRef
    target: FlakeRef
    exact: bool = False

    def apply(self, reference: FlakeRef) -> FlakeRef | None:
        """What it makes of a reference; None when it is about another."""
        if self.exact:
            return self.target if reference.without("dir") == self.name else None
        own = {key: self.name.attributes.get(key) for key in ("id", "ref", "rev")}
        if any(value not in (None, reference.attributes.get(key)) for key, value in own.items()):
            return None
        given = {
            key: reference.attributes[key]
            for key in ("ref", "rev", "dir")
            if key in reference.attributes and own.get(key) is None
        }
        if not given:
            return self.target
        return self.target.without("narHash", "lastModified", *given).with_attributes(**given)

    def to_json(self) -> dict[str, Any]:
        """As the file holds it."""
        data: dict[str, Any] = {"from": self.name.to_json(), "to": self.target.to_json()}
        return {**data, "exact": True} if self.exact else data


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """One file's entries; `kind` is what `neve registry list` calls it."""

    kind: str
    entries: tuple[Entry, ...] = ()

    @staticmethod
    def read(kind: str, text: str, origin: str) -> Registry:
        """Read a file's text; raises `FlakeError`, which names `origin`."""
        try:
            data = json.loads(text)
            if data["version"] != 2:
                raise FlakeError(f"the registry '{origin}' has version {data['version']}, not 2")
            entries = tuple(
                Entry(
                    name=FlakeRef.from_json(item["from"]),
                    target=FlakeRef.from_json(item["to"]),
                    exact=bool(item.get("exact", False)),
                )
                for item in data["flakes"]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise FlakeError(f"'{origin}' is not a registry of flakes: {error!r}") from None
        return Registry(kind=kind, entries=entries)

    def with_entry(self, entry: Entry) -> Registry:
        """The same with one more, in the place of any other for its name."""
        return Registry(kind=self.kind, entries=(*self.without(entry.name).entries, entry))

    def without(self, name: FlakeRef) -> Registry:
        """The same without what there is for a name."""
        kept = tuple(entry for entry in self.entries if entry.name != name)
        return Registry(kind=self.kind, entries=kept)

    def write(self, path: Path) -> None:
        """Replace the file at once and for good."""
        data = {"flakes": [entry.to_json() for entry in self.entries], "version": 2}
        replace_text(path, json.dumps(data, indent=2, sort_keys=True) + "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registries:
    """Registries in the order in which they are asked."""

    all: Sequence[Registry] = field(default_factory=tuple)

    def resolve(self, reference: FlakeRef) -> FlakeRef:
        """What a reference stands for in the end; raises `FlakeError` for an unknown name."""
        found = reference
        for _ in range(_DEEPEST):
            step = next(self._steps(found), None)
            if step is None:
                break
            found = step
        else:
            raise FlakeError(f"cycle detected in flake registry for '{reference}'")
        if found.type == "indirect":
            raise FlakeError(
                f"cannot find flake '{found}' in the flake registries",
                hint=f"no folder here is called '{found.get('id')}', either; to give the name a "
                f"meaning, run: neve registry add {found.get('id')} REFERENCE",
            )
        return found

    def _steps(self, reference: FlakeRef) -> Iterator[FlakeRef]:
        for registry in self.all:
            for entry in registry.entries:
                if entry.name.type == reference.type or entry.exact:
                    step = entry.apply(reference)
                    if step is not None and step != reference:
                        yield step


def user_file(environment: Mapping[str, str]) -> Path:
    """Where the user's registry lies."""
    home = environment.get("XDG_CONFIG_HOME") or f"{environment.get('HOME') or '/root'}/.config"
    return Path(home) / "neve/registry.json"


def read_file(kind: str, path: Path) -> Registry:
    """The registry in a file, empty when there is none."""
    if not path.is_file():
        return Registry(kind=kind)
    return Registry.read(kind, path.read_text(encoding="utf-8"), str(path))


def registries(
    environment: Mapping[str, str], named: str = "", *, system_file: Path = SYSTEM_FILE
) -> Registries:
    """The user's, the machine's, and the one that `named` says (a path or an address).

    Raises `FlakeError`, and `FetchError` for an address.
    """
    found = [read_file("user", user_file(environment)), read_file("system", system_file)]
    if named.startswith("/"):
        found.append(read_file("global", Path(named)))
    elif named:
        from builder.fetch.http import read

        found.append(Registry.read("global", read(named).decode("utf-8", "replace"), named))
    return Registries(all=tuple(found))
