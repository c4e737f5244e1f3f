"""The signed release file of a suite (``InRelease``): checked, then read.

Format: a clearsigned Deb822 paragraph; its SHA256 field lists each index below
``dists/<suite>/`` with its hash and size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from builder.debian.errors import BadSignature, DebianError, ReleaseExpired, ReleaseMissing
from builder.fetch.errors import FetchError, NotFound
from builder.fetch.expected import Expected

_BEGIN = b"-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
_LARGEST = 16 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a release file says; `files` maps a path below ``dists/<suite>/`` to its bytes."""

    suite: str
    codename: str
    version: str
    date: datetime
    valid_until: datetime | None
    architectures: tuple[str, ...]
    components: tuple[str, ...]
    by_hash: bool
    files: Mapping[str, Expected]

    @staticmethod
    def parse(content: bytes) -> Release:
        """Read a release file, clearsigned or bare, without checking its signature.

        Raises DebianError for what is none.
        """
        fields = _fields(_bare(content).decode("utf-8", "replace"))
        try:
            return Release(
                suite=fields.get("suite", ""),
                codename=fields.get("codename", ""),
                version=fields.get("version", ""),
                date=_date(fields["date"]),
                valid_until=_date(fields["valid-until"]) if "valid-until" in fields else None,
                architectures=tuple(fields["architectures"].split()),
                components=tuple(fields["components"].split()),
                by_hash=fields.get("acquire-by-hash") == "yes",
                files=_files(fields["sha256"]),
            )
        except KeyError as error:
            raise DebianError(f"a release file without the field {error}") from None

    def check_valid(self, now: datetime) -> None:
        """Raise ReleaseExpired when `now` is after Valid-Until."""
        if self.valid_until is not None and now > self.valid_until:
            raise ReleaseExpired(
                f"the release file of '{self.codename}' of {self.date:%Y-%m-%d} was valid until "
                f"{self.valid_until:%Y-%m-%d %H:%M} UTC, now it is {now:%Y-%m-%d %H:%M} UTC",
                hint="the mirror is stale, or this machine's clock is wrong: take another mirror "
                "(NEVE_DEBIAN_MIRROR, or ?mirror= in the input)",
            )


def archive_keys() -> tuple[bytes, ...]:
    """The archive's public keys that come with Neve, each file sorted by name."""
    folder = Path(__file__).with_name("keys")
    return tuple(file.read_bytes() for file in sorted(folder.glob("*.pgp")))


def verify(content: bytes, keys: Sequence[bytes], origin: str) -> None:
    """Raise BadSignature unless `content` is clearsigned by one of `keys`.

    `keys` are OpenPGP certificates, several in one item allowed; `origin`
    tells in the error where the file came from.
    """
    if not content.startswith(_BEGIN):
        raise BadSignature(
            f"'{origin}' is not a signed release file: it begins with {content[:40]!r}",
            hint="something between here and the mirror answers in its place (a login page?)",
        )
    try:
        sequoia = import_module("pysequoia")
    except ImportError:
        raise BadSignature(
            f"cannot check the signature of '{origin}': the Python package pysequoia is missing",
            hint="install pysequoia here, or lock on another machine: what is locked is pinned "
            "by its hash and needs no signature",
        ) from None
    certificates = [cert for key in keys for cert in sequoia.Cert.split_bytes(key)]
    try:
        checked = sequoia.verify(bytes=content, store=lambda ids: certificates)
    except Exception as error:  # pysequoia raises bare RuntimeError and its kin
        raise BadSignature(
            f"'{origin}' is not signed by a key of the archive: {str(error).splitlines()[0]}",
            hint="do not use this mirror; if the archive has changed its keys, update Neve",
        ) from None
    if not checked.valid_sigs:
        raise BadSignature(f"'{origin}' has no valid signature of a key of the archive")
    # What is read later must be what was signed, to the last line.
    if checked.bytes is None or checked.bytes.split() != _bare(content).split():
        raise BadSignature(f"'{origin}' holds text that its signature does not cover")


def fetch_release(
    mirrors: Sequence[str], suite: str, *, keys: Sequence[bytes], now: datetime
) -> bytes:
    """The current ``InRelease`` of `suite` from the first mirror that has it, checked.

    Raises ReleaseMissing, BadSignature, ReleaseExpired, or FetchError when no
    mirror can be reached.
    """
    # Imported here: an evaluation reads releases that were fetched, and needs nothing of HTTP.
    from builder.fetch import http

    failures: list[FetchError] = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/dists/{suite}/InRelease"
        try:
            content = http.read(url, limit=_LARGEST)
        except FetchError as error:
            failures.append(error)
            continue
        verify(content, keys, url)
        Release.parse(content).check_valid(now)
        return content
    told = "\n".join(f"  {error}" for error in failures)
    if all(isinstance(error, NotFound) for error in failures):
        raise ReleaseMissing(
            f"no mirror has the suite '{suite}':\n{told}",
            hint="look at the suite's name, or name another mirror "
            "(NEVE_DEBIAN_MIRROR, or ?mirror= in the input)",
        )
    raise FetchError(f"cannot get the release file of '{suite}':\n{told}")


def _bare(content: bytes) -> bytes:
    """The text between a clearsignature's head and its signature."""
    if not content.startswith(_BEGIN):
        return content
    _, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    body, found, _ = body.partition(b"\n" + _SIGNATURE)
    if not found:
        raise DebianError("a release file that ends before its signature: truncated")
    return re.sub(rb"^- ", b"", body, flags=re.MULTILINE)


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line[:1] in (" ", "\t"):
            fields[name] += "\n" + line.strip()
        elif line.strip():
            name, _, value = line.partition(":")
            name = name.lower()
            fields[name] = value.strip()
    return fields


def _date(text: str) -> datetime:
    try:
        zoned = re.sub(r"(UTC|GMT|Z)$", "+0000", text)
        return datetime.strptime(zoned, "%a, %d %b %Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        raise DebianError(f"'{text}' in a release file is not a date") from None


def _files(field: str) -> dict[str, Expected]:
    files: dict[str, Expected] = {}
    for line in field.splitlines():
        parts = line.split()
        if len(parts) == 3:
            files[parts[2]] = Expected(sha256=parts[0], size=int(parts[1]))
    return files
