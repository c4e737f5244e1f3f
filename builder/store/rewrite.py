"""Giving paths that were named by their inputs names by their content.

Names inside a path that follow from its content cannot be part of what is hashed: a
path's own letters count as zeros. (Nix's comments say that the places where they stood are
hashed, too; 2.26 does not.)
"""

from __future__ import annotations

from collections.abc import Mapping

from builder.store.hashes import Hash, hash_bytes
from builder.store.info import PathInfo, fixed_ca
from builder.store.paths import StorePath, make_fixed_output_path


def hash_without_self(archive: bytes, digest: str) -> Hash:
    """The SHA-256 of an archive in which the path's own `digest` letters count as zeros."""
    own = digest.encode()
    content = archive.replace(own, bytes(len(own)))
    return hash_bytes("sha256", content)


def content_addressed(
    info: PathInfo, archive: bytes, names: Mapping[StorePath, StorePath]
) -> tuple[PathInfo, bytes]:
    """A path under the name that follows from its content, and its archive then.

    `names` are the new names of all other paths that it refers to.
    """
    others = {path: names[path] for path in info.references if path != info.path}
    for old, new in others.items():
        archive = archive.replace(old.digest.encode(), new.digest.encode())
    content = hash_without_self(archive, info.path.digest)
    has_self = len(others) < len(info.references)
    made = make_fixed_output_path(
        info.path.name,
        content,
        recursive=True,
        references=others.values(),
        self_reference=has_self,
    )
    archive = archive.replace(info.path.digest.encode(), made.digest.encode())
    rewritten = PathInfo(
        path=made,
        nar_hash=hash_bytes("sha256", archive),
        nar_size=len(archive),
        references=tuple(sorted({*others.values(), *([made] if has_self else [])})),
        ca=fixed_ca(content, recursive=True),
    )
    return rewritten, archive
