"""The indices of a kernel's modules, as depmod writes them, and cuts of them.

Source of the formats: modules.dep(5), depmod(8).
"""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


class UnknownModule(Exception):
    """A module was asked for that this kernel does not have."""


def module_name(path: str) -> str:
    """The module's name by its file: ``kernel/fs/ext4/ext4.ko.xz`` is ``ext4``."""
    return path.rpartition("/")[2].partition(".ko")[0].replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module's file: `path` relative to the index, `real` on this machine."""

    path: str
    real: Path

    @property
    def plain(self) -> str:
        """The relative path of the unpacked file."""
        return self.path.partition(".ko")[0] + ".ko"

    def unpacked(self) -> bytes:
        """The module's bytes without compression."""
        data = self.real.read_bytes()
        if self.path.endswith(".xz"):
            return lzma.decompress(data)
        if self.path.endswith(".gz"):
            return gzip.decompress(data)
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleIndex:
    """``lib/modules/<release>`` of a ``builtin:kernel-modules`` output."""

    release: str
    folder: Path
    resolve: Callable[[str], Path]
    depends: Mapping[str, tuple[str, ...]]  # path to paths, nearest first
    paths: Mapping[str, str]  # name to path
    builtin: frozenset[str]  # names compiled into the kernel
    softdeps: Mapping[str, tuple[str, ...]]  # name to names or plain aliases
    aliases: Mapping[str, tuple[str, ...]]  # alias without wildcards to names

    @classmethod
    def read(cls, resolve: Callable[[str], Path], modules: str) -> ModuleIndex:
        """Read the index of the logical path `modules`."""
        base = resolve(modules) / "lib/modules"
        (release,) = sorted(path.name for path in base.iterdir())
        folder = base / release
        depends = {}
        for line in (folder / "modules.dep").read_text().splitlines():
            path, _, rest = line.partition(":")
            depends[path] = tuple(rest.split())
        builtin = (folder / "modules.builtin").resolve()
        if not builtin.exists():
            link = (folder / "modules.builtin").readlink()
            builtin = resolve(str(link))
        return cls(
            release=release,
            folder=folder,
            resolve=resolve,
            depends=depends,
            paths={module_name(path): path for path in depends},
            builtin=frozenset(module_name(line) for line in builtin.read_text().split()),
            softdeps=_softdeps((folder / "modules.softdep").read_text()),
            aliases=_plain_aliases((folder / "modules.alias").read_text()),
        )

    def closure(self, names: Sequence[str], optional: Sequence[str] = ()) -> list[Module]:
        """The modules named and all they depend on, sorted; raises `UnknownModule`.

        Of `optional` those come too that this kernel has.
        """
        found: set[str] = set()
        demanded_names = {name.replace("-", "_") for name in names}
        extra = {name.replace("-", "_") for name in optional} - demanded_names
        waiting = [*((name, True) for name in demanded_names), *((name, False) for name in extra)]
        seen: set[str] = set()
        while waiting:
            name, demanded = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.builtin:
                continue
            if name not in self.paths:
                behind = self.aliases.get(name, ())
                if demanded and not behind:
                    raise self._unknown(name)
                waiting += [(module, False) for module in behind]
                continue
            path = self.paths[name]
            found.update([path, *self.depends[path]])
            for member in (path, *self.depends[path]):
                waiting += [(soft, False) for soft in self.softdeps.get(module_name(member), ())]
        return [Module(path=path, real=self._real(path)) for path in sorted(found)]

    def _unknown(self, name: str) -> UnknownModule:
        near = get_close_matches(name, [*self.paths, *self.builtin], 3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        return UnknownModule(f"kernel {self.release} has no module '{name}'{hint}")

    def _real(self, path: str) -> Path:
        """The physical file: the first folder of an index is a link to the kernel's package."""
        head, _, rest = path.partition("/")
        link = self.folder / head
        if link.is_symlink():
            return self.resolve(f"{link.readlink()}/{rest}")
        return self.folder / path

    def cut_to(self, modules: Iterable[Module]) -> dict[str, str]:
        """The texts of modules.dep, modules.alias and modules.softdep for these modules only."""
        kept = {module.path: module.plain for module in modules}
        names = {module_name(path) for path in kept}
        dep = "".join(
            f"{plain}: {' '.join(kept[needed] for needed in self.depends[path])}".rstrip() + "\n"
            for path, plain in kept.items()
        )
        return {
            "modules.dep": dep,
            "modules.alias": self._lines("modules.alias", names, field=2),
            "modules.softdep": self._lines("modules.softdep", names, field=1),
        }

    def _lines(self, file: str, names: set[str], *, field: int) -> str:
        """The file's lines whose word number `field` is one of the modules."""
        text = (self.folder / file).read_text()
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return "".join(
            f"{line}\n"
            for line in lines
            if len(words := line.split()) > field and words[field].replace("-", "_") in names
        )


def _softdeps(text: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["softdep"]:
            found[words[1].replace("-", "_")] = tuple(
                word.replace("-", "_") for word in words[2:] if not word.endswith(":")
            )
    return found


def _plain_aliases(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["alias"] and not set(words[1]) & set("*?["):
            alias = words[1].replace("-", "_")
            found[alias] = (*found.get(alias, ()), words[2].replace("-", "_"))
    return found
