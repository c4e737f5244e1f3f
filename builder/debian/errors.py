"""What goes wrong with an archive of Debian packages, one class a kind of trouble."""

from __future__ import annotations


class DebianError(Exception):
    """An archive, or a package of it, cannot be used as asked.

    `hint`, where known, says what to do next.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class BadSignature(DebianError):
    """A release file is not signed by a key of the archive."""


class ReleaseExpired(DebianError):
    """A release file's Valid-Until has passed."""


class ReleaseMissing(DebianError):
    """No mirror has the suite."""


class NotServed(DebianError):
    """The mirrors no longer have what the lock pins."""


class UnknownPackage(DebianError):
    """No package of that name is in the index."""


class Unsatisfiable(DebianError):
    """A dependency has no package that fulfils it."""


class BadPackage(DebianError):
    """A ``.deb`` file is damaged, or holds what a store may not hold."""
