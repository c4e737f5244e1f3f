"""What an ELF file needs to run: its loader and its libraries' names."""

from __future__ import annotations

from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.segments import InterpSegment


def needed_libraries(path: Path) -> list[str]:
    """File names of the loader and the shared libraries that `path` asks for.

    Empty for a static program and for a file that is not ELF at all.
    """
    with path.open("rb") as stream:
        try:
            elf = ELFFile(stream)
        except ELFError:
            return []
        names = []
        for segment in elf.iter_segments():
            if isinstance(segment, InterpSegment):
                names.append(segment.get_interp_name().rpartition("/")[2])
        for section in elf.iter_sections():
            if isinstance(section, DynamicSection):
                for tag in section.iter_tags("DT_NEEDED"):
                    names.append(str(tag.needed))  # type: ignore[attr-defined]
        return names
