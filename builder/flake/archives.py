"""Sources that are one download: archives, plain files, commits of forges."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from builder.fetch.archive import Unpacked, unpack
from builder.fetch.http import ask
from builder.flake.errors import FlakeError
from builder.flake.forges import Forge
from builder.flake.reference import FlakeRef, parse_reference
from builder.flake.source import SOURCE, Source
from builder.store.local import LocalStore
from builder.store.paths import StorePath

LARGEST = 4 << 30  # bytes of a download
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)")


def fetch_archive(store: LocalStore, reference: FlakeRef) -> Source:
    """What a ``tarball`` or ``file`` reference names.

    An archive whose server says that it will always be found at another address
    (``Link`` with ``rel="immutable"``) is locked to that one.
    Raises `FetchError` and `FlakeError`.
    """
    url = reference.get("url")
    answer = ask(url, limit=LARGEST)
    locked = reference.without("narHash")
    if reference.type == "file":
        with scratch() as folder:
            (folder / "file").write_bytes(answer.data)
            path = store.add_path(folder / "file", reference.get("name", SOURCE))
        return _source(store, path, locked, url)
    if immutable := _immutable(answer.links):
        locked = _immutable_reference(immutable, reference)
    with _tree(answer.data) as tree:
        path = store.add_path(tree.root, reference.get("name", SOURCE))
        if tree.last_modified and "lastModified" not in locked.attributes:
            locked = locked.with_attributes(lastModified=tree.last_modified)
    return _source(store, path, locked, url)


def fetch_forge(store: LocalStore, reference: FlakeRef, tokens: Mapping[str, str]) -> Source:
    """A commit of a forge's repository. Raises `FetchError` and `FlakeError`."""
    if {"ref", "rev"} <= reference.attributes.keys():
        raise FlakeError(
            f"'{reference}' names both a commit and a branch or tag", hint="leave one of them out"
        )
    forge = Forge(reference=reference, tokens=tokens)
    rev = reference.get("rev") or forge.rev()
    with _tree(forge.archive(rev)) as tree:
        path = store.add_path(tree.root, SOURCE)
        locked = reference.without("narHash", "ref", "treeHash").with_attributes(
            rev=rev, lastModified=tree.last_modified
        )
    return _source(store, path, locked, str(reference))


def _source(store: LocalStore, path: StorePath, locked: FlakeRef, origin: str) -> Source:
    found = store.query(path).nar_hash.sri
    return Source(path=path, locked=locked.with_attributes(narHash=found), origin=origin)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="neve-fetch-") as folder:
        yield Path(folder)


@contextmanager
def _tree(archive: bytes) -> Iterator[Unpacked]:
    with scratch() as folder:
        (folder / "archive").write_bytes(archive)
        yield unpack(folder / "archive", folder / "tree")


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
