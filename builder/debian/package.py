"""A binary package as the archive's index describes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryPackage:
    """One stanza of a ``Packages`` file; absent text fields are empty."""

    name: str
    version: str
    architecture: str  # "all" or a Debian architecture
    filename: str  # below the mirror: "pool/…"
    size: int  # bytes
    sha256: str  # base 16
    depends: str
    pre_depends: str
    provides: str
    recommends: str
    essential: bool
    multi_arch: str  # "no", "same", "foreign" or "allowed"
    priority: str
    section: str
    source: str
    homepage: str
    description: str  # the first line only
    installed_size: int  # KiB
