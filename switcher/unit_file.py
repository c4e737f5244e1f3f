"""Unit files as systemd reads them: sections of keys with lists of values.

Source: systemd.syntax(7), systemd.unit(5) for where files and drop-ins lie.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Section = Mapping[str, tuple[str, ...]]
Sections = dict[str, dict[str, tuple[str, ...]]]
# A section of ours beside the file's own: no unit file can hold a name with this sign.
PROGRAMS = "]programs"
_USR = ("/bin/", "/sbin/", "/lib/", "/lib64/", "/libexec/", "/share/", "/games/")
FOLDERS = ("etc/systemd/system", "sw/lib/systemd/system")


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A unit: `sections` maps a section's name to its keys' values in order."""

    name: str
    sections: Mapping[str, Section] = field(default_factory=dict)
    masked: bool = False

    @property
    def kind(self) -> str:
        """``service``, ``socket``, …"""
        return self.name.rpartition(".")[2]

    def flag(self, section: str, key: str, default: bool) -> bool:
        """A key's last value as a truth."""
        values = self.sections.get(section, {}).get(key, ())
        return values[-1].lower() in ("yes", "true", "1", "on") if values else default

    def marked(self, key: str, default: bool) -> bool:
        """A mark that the switch reads: in [Unit], or in the section of the unit's kind."""
        for section in ("Unit", self.kind.capitalize()):
            if key in self.sections.get(section, {}):
                return self.flag(section, key, default)
        return default


def parse(text: str) -> Sections:
    """The sections of a unit file's text. An empty value empties the list before it."""
    sections: Sections = {}
    _parse_into(sections, text)
    return sections


def _parse_into(sections: Sections, text: str) -> None:
    """Add a text's assignments to those read before, as a drop-in's are to its unit's."""
    current: dict[str, tuple[str, ...]] | None = None
    for line in _logical_lines(text):
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], {})
        elif current is not None and "=" in line:
            key, _, value = line.partition("=")
            key, value = key.strip(), value.strip()
            current[key] = (*current.get(key, ()), value) if value else ()


def _logical_lines(text: str) -> Iterator[str]:
    """Lines without the comments, those that end in a backslash joined with the next."""
    pending = ""
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped[:1] in ("#", ";") or (not pending and not stripped):
            continue  # a comment within a continued line is left out as well
        line = pending + stripped
        if line.endswith("\\"):
            pending = line[:-1] + " "
        else:
            pending = ""
            yield line
    if pending:
        yield pending.strip()


def read_unit(toplevel: str, name: str) -> UnitFile | None:
    """The unit `name` of a generation, its drop-ins merged; None when it has none."""
    template = _template(name)
    names = [name] if template is None else [name, template]
    fragment = _fragment(toplevel, names)
    if fragment is None:
        return None
    if fragment == "" or os.path.realpath(fragment) == "/dev/null":
        return UnitFile(name, masked=True)
    sections = parse(_read(fragment))
    for path in _dropins(toplevel, names):
        _parse_into(sections, _read(path))
    if programs := _programs(toplevel, sections.get("Service", {})):
        sections[PROGRAMS] = {"Exec": programs}
    return UnitFile(name, sections)


def _programs(toplevel: str, service: Section) -> tuple[str, ...]:
    """The store paths of what a service starts by a name below /usr.

    The name stays the same when a package is upgraded; this does not.
    """
    tree = os.path.realpath(f"{toplevel}/sw")
    found = []
    for key in ("ExecStartPre", "ExecStart", "ExecStartPost"):
        for command in service.get(key, ()):
            name = command.lstrip("-@:+!|").partition(" ")[0].removeprefix("/usr")
            if not name.startswith(_USR):
                continue
            program = os.path.realpath(f"{tree}{name}")
            # What is copied into the tree says nothing: its path changes with any package.
            if not program.startswith((f"{tree}/", f"{toplevel}/")):
                found.append(program)
    return tuple(found)


def wanted_by(toplevel: str, name: str) -> set[str]:
    """The units that a generation's folders ``NAME.wants`` and the like pull in."""
    found: set[str] = set()
    for folder in FOLDERS:
        for kind in ("wants", "requires", "upholds"):
            directory = f"{toplevel}/{folder}/{name}.{kind}"
            if os.path.isdir(directory):
                found.update(os.listdir(directory))
    return found


def _template(name: str) -> str | None:
    base, at, rest = name.partition("@")
    return f"{base}@.{rest.rpartition('.')[2]}" if at and not rest.startswith(".") else None


def _place(toplevel: str, path: str) -> str:
    """`path` below the generation's own /usr and /etc, links into those followed there."""
    full = f"{toplevel}/{path}"
    for _ in range(8):
        if not os.path.islink(full):
            return full
        target = os.readlink(full)
        if target.startswith("/usr/"):
            full = f"{toplevel}/sw/{target[5:]}"
        elif target.startswith("/lib/"):
            full = f"{toplevel}/sw/{target[1:]}"
        elif target.startswith("/"):
            return full
        else:
            full = os.path.join(os.path.dirname(full), target)
    return full


def _fragment(toplevel: str, names: list[str]) -> str | None:
    for name in names:
        for folder in FOLDERS:
            path = f"{toplevel}/{folder}/{name}"
            if os.path.lexists(path):
                found = _place(toplevel, f"{folder}/{name}")
                return found if os.path.lexists(found) else ""
    return None


def _dropins(toplevel: str, names: list[str]) -> list[str]:
    """Drop-in files in the order systemd reads them: by file name, /etc before /usr."""
    found: dict[str, str] = {}
    kinds = [names[0].rpartition(".")[2]]
    for name in [*names, *kinds]:
        for folder in FOLDERS:
            directory = f"{toplevel}/{folder}/{name}.d"
            if os.path.isdir(directory):
                for file in sorted(os.listdir(directory)):
                    if file.endswith(".conf"):
                        found.setdefault(file, f"{directory}/{file}")
    return [found[file] for file in sorted(found)]


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()
