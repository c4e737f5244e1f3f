"""Paths that follow from their content: whoever has the content needs no signature.

The field `ca` of Nix: ``text:sha256:<base 32>`` for text files, derivations
among them, ``fixed:<algo>:<base 32>`` for a single file by its bytes and
``fixed:r:<algo>:<base 32>`` for a tree by its archive (`rewrite` says how, for one that
refers to itself).
"""

from __future__ import annotations

import io
from pathlib import Path

from builder.store.errors import FormatError
from builder.store.hashes import Hash, hash_file
from builder.store.info import PathInfo
from builder.store.nar import dump, hash_path
from builder.store.paths import StorePath, make_fixed_output_path, make_hashed_text_path
from builder.store.rewrite import hash_without_self


def follows_from_content(info: PathInfo) -> bool:
    """Whether the path is the one that content as `ca` tells it must have."""
    if info.ca is None:
        return False
    try:
        return _path(info, info.ca) == info.path
    except FormatError:
        return False


def has_content(info: PathInfo, tree: Path) -> bool:
    """Whether what lies at `tree`, whose archive is the right one, is as `ca` tells."""
    if info.ca is None:
        return True
    is_recursive, content = parse_content_address(info.ca)
    if is_recursive and info.path in info.references:
        archive = io.BytesIO()
        dump(tree, archive.write)
        return hash_without_self(archive.getvalue(), info.path.digest) == content
    if is_recursive:
        known = info.nar_hash if content.algo == "sha256" else hash_path(tree, algo=content.algo)[0]
        return known == content
    if tree.is_symlink() or not tree.is_file() or tree.stat().st_mode & 0o111:
        return False
    return hash_file(content.algo, tree) == content


def parse_content_address(ca: str) -> tuple[bool, Hash]:
    """Whether it is about the archive, and the hash; raises FormatError."""
    kind, _, rest = ca.partition(":")
    if kind == "text":
        return False, Hash.parse(rest, "sha256")
    if kind != "fixed":
        raise FormatError(f"content address '{ca}' is of no known kind")
    is_recursive = rest.startswith("r:")
    return is_recursive, Hash.parse(rest.removeprefix("r:"))


def _path(info: PathInfo, ca: str) -> StorePath:
    is_recursive, content = parse_content_address(ca)
    name = info.path.name
    if ca.startswith("text:"):
        return make_hashed_text_path(name, content, info.references)
    others = [path for path in info.references if path != info.path]
    return make_fixed_output_path(
        name,
        content,
        recursive=is_recursive,
        references=others,
        self_reference=len(others) < len(info.references),
    )
