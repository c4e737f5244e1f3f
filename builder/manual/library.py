"""The reference of `lib`: ``python -m builder.manual.library`` writes it anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from builder.manual.doc_comments import Documented, read

_REPOSITORY = Path(__file__).parents[2]
LIBRARY = _REPOSITORY / "configs" / "lib"
PAGE = _REPOSITORY / "docs" / "reference" / "lib.md"
_HEAD = """\
# The library

What `lib` has, by its parts. Most functions can also be called without the part's name
(`lib.id` for `lib.trivial.id`). The names are those of nixpkgs' library, of its release 25.05,
and some that later ones added (`cli.toCommandLine`, `mkDefinition`, `types.mergeTypes`, …).

In the examples, `lib` and the part at hand are in scope; `=>` gives the value. This page is
written from the comments in `configs/lib` by `make docs`; the examples are run by the tests, here
and in Nix itself. `lib.types` has [a page of its own](types.md).

What differs from nixpkgs: `systems` knows Debian's architectures on Linux, and nothing of
processors' generations (`architectures`); `maintainers` and `teams` are empty; of `misc` there is
what is still in use; `getExe` takes a package's name for its program
without a warning, since Debian's packages do not name one; `generators.toTOML` is an addition;
errors about modules name the line of each definition.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One set of `lib` with what is documented of it."""

    name: str
    title: str
    entries: tuple[Documented, ...]


def _parts() -> list[tuple[str, Path]]:
    """The names of the sets with the files that make them, as `default.nix` has them."""
    text = (LIBRARY / "default.nix").read_text(encoding="utf-8")
    found = re.findall(r"^ +(\w+) = part \./([\w./-]+);$", text, re.MULTILINE)
    return [("types" if name == "making" else name, LIBRARY / path) for name, path in found]


def _files(path: Path) -> list[Path]:
    """A part's own file, then those that it takes attributes from."""
    if path.is_dir():
        path = path / "default.nix"
    text = path.read_text(encoding="utf-8")
    more = re.findall(r"import (\./[\w-]+\.nix) \{ inherit lib; \}", text)
    return [path, *(path.parent / name for name in more)]


def sections() -> list[Section]:
    """All parts of the library, by name."""
    found = []
    for name, path in sorted(_parts()):
        files = _files(path)
        entries = [entry for file in files for entry in read(file)]
        first = files[0].read_text(encoding="utf-8").splitlines()[0]
        if entries:
            found.append(
                Section(
                    name=name,
                    title=first.removeprefix("# "),
                    entries=tuple(sorted(entries, key=lambda entry: entry.path)),
                )
            )
    return found


def _entry(section: str, entry: Documented) -> str:
    name = ".".join(("lib", section, *entry.path))
    examples = "\n".join(
        f"{example.text}\n=> {example.value or f'error: {example.error}'}"
        for example in entry.examples
    )
    return f"### `{name}`\n\n`{entry.type}`\n\n{entry.summary}\n\n```nix\n{examples}\n```\n"


def page() -> str:
    """The text of the reference page."""
    blocks = [_HEAD]
    for section in sections():
        blocks.append(f"## `lib.{section.name}`\n\n{section.title}\n")
        blocks.extend(_entry(section.name, entry) for entry in section.entries)
    return "\n".join(blocks)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
