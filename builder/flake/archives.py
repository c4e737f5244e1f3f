"""Sources that are one download: archives, plain files, commits of forges."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from builder.fetch.archive import unpack
from builder.fetch.http import save
from builder.flake.errors import FlakeError
from builder.flake.forges import Forge
from builder.flake.reference import FlakeRef, parse_reference
from builder.flake.source import SOURCE, Source
from builder.store.local import LocalStore

LARGEST = 4 << 30  # bytes of a download
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)")


def fetch_archive(store: LocalStore, reference: FlakeRef) -> Source:
    """What a ``tarball`` or ``file`` reference names.

    An archive whose server says that it will always be found at another address
    (``Link`` with ``rel="immutable"``) is locked to that one.
    Raises `FetchError` and `FlakeError`.
    """
    url, name = reference.get("url"), reference.get("name", SOURCE)
    locked = reference.without("narHash")
    with scratch() as folder:
        file = folder / "file"
        links = save(url, file, limit=LARGEST)
        if reference.type == "file":
            return Source.added(store, store.add_path(file, name), locked, url)
        if immutable := _immutable(links):
            locked = _immutable_reference(immutable, reference)
        tree = unpack(file, folder / "tree")
        path = store.add_path(tree.root, name)
    if tree.last_modified and "lastModified" not in locked.attributes:
        locked = locked.with_attributes(lastModified=tree.last_modified)
    return Source.added(store, path, locked, url)


def fetch_forge(store: LocalStore, reference: FlakeRef, tokens: Mapping[str, str]) -> Source:
    """A commit of a forge's repository. Raises `FetchError` and `FlakeError`."""
    if {"ref", "rev"} <= reference.attributes.keys():
        raise FlakeError(
            f"'{reference}' names both a commit and a branch or tag", hint="leave one of them out"
        )
    forge = Forge(reference=reference, tokens=tokens)
    rev = reference.get("rev") or forge.rev()
    with scratch() as folder:
        save(forge.archive_url(rev), folder / "file", limit=LARGEST, headers=forge.headers)
        tree = unpack(folder / "file", folder / "tree")
        path = store.add_path(tree.root, SOURCE)
    locked = reference.without("narHash", "ref", "treeHash").with_attributes(
        rev=rev, lastModified=tree.last_modified
    )
    return Source.added(store, path, locked, str(reference))


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="neve-fetch-") as folder:
        yield Path(folder)


def _immutable(links: Sequence[str]) -> str | None:
    for header in links:
        for target, parameters in _LINK.findall(header):
            if re.search(r";\s*rel\s*=\s*\"?immutable\"?\s*(?:;|$)", parameters):
                return str(target)
    return None


def _immutable_reference(url: str, given: FlakeRef) -> FlakeRef:
    found = parse_reference(url, Path("/"))
    if found.type != "tarball":
        raise FlakeError(
            "tarball 'Link' headers that redirect to non-tarball URLs are not supported"
        )
    kept = {key: given.attributes[key] for key in ("dir", "name") if key in given.attributes}
    return found.without("narHash").with_attributes(**kept)
