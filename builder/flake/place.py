"""Where a flake lies: a folder inside a source."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from builder.flake.errors import FlakeError
from builder.flake.reference import FlakeRef
from builder.flake.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The logical folder `folder`, which is `source`'s path or below it."""

    source: Source
    folder: str

    @staticmethod
    def of(source: Source) -> Place:
        """The folder that the source's own reference names."""
        return Place(source=source, folder=f"{source.path}/{source.locked.dir}".rstrip("/"))

    def inside(self, reference: FlakeRef) -> Place:
        """What a relative reference means in a flake that is here.

        Raises `FlakeError` when it leads out of the source.
        """
        top = str(self.source.path)
        folder = posixpath.normpath(f"{self.folder}/{reference.get('path')}/{reference.dir}")
        if folder != top and not folder.startswith(f"{top}/"):
            raise FlakeError(
                f"'{reference.get('path')}' leads out of the flake's own source, "
                f"{self.source.origin}",
                hint="give an absolute path, or make both part of one git repository",
            )
        return Place(source=self.source, folder=folder)


def is_relative(reference: FlakeRef) -> bool:
    """Whether the reference depends on the flake that it is written in."""
    return reference.type == "path" and not reference.get("path").startswith("/")
