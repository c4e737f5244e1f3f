"""``neve store path-info``: what the database knows, as ``nix path-info`` prints it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from builder.cli.errors import UsageError
from builder.cli.store_names import open_session, paths_of
from builder.store.export import in_order
from builder.store.graph import closure_sizes
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """What is printed of each path besides its name."""

    size: bool
    closure_size: bool
    signatures: bool
    human: bool

    def count(self, size: int) -> str:
        if not self.human:
            return f"\t{size:>11}"
        power = sum(1 for _ in takewhile(lambda n: size / 1024 ** (n + 1) > 1024, range(7)))
        return f"\t{size / 1024 ** (power + 1):>6.1f} {'KMGTPEZY'[power]}iB"

    def __bool__(self) -> bool:
        return self.size or self.closure_size or self.signatures


def run(words: argparse.Namespace) -> int:
    """Print what the database knows of paths."""
    session = open_session(words)
    store = session.store
    if words.all == bool(words.paths):
        raise UsageError("name the paths, or all of them by --all, and not both")
    paths = store.database.all_paths() if words.all else paths_of(session, words.paths, words)
    missing: set[StorePath] = set()
    if words.json and not words.recursive:
        missing = set(paths) - store.database.valid(paths)
    if words.recursive:
        infos = in_order(store.closure(paths))
    else:
        infos = [store.query(path) for path in paths if path not in missing]
    sizes = _closure_sizes(store, infos, whole=words.recursive) if words.closure_size else {}
    if words.json:
        facts = {str(info.path): _facts(info, sizes) for info in infos}
        print(json.dumps({**dict.fromkeys(map(str, missing)), **facts}, sort_keys=True))
        return 0
    columns = _Columns(
        size=words.size,
        closure_size=words.closure_size,
        signatures=words.sigs,
        human=words.human_readable,
    )
    for line in _table(infos, sizes, columns):
        print(line)
    return 0


def _closure_sizes(
    store: LocalStore, infos: Sequence[PathInfo], *, whole: bool
) -> dict[StorePath, int]:
    """Bytes by path; `whole`: `infos` hold all that they refer to."""
    if whole:
        return closure_sizes({info.path: info for info in infos})
    return {
        info.path: sum(other.nar_size for other in store.closure([info.path])) for info in infos
    }


def _table(
    infos: Sequence[PathInfo], sizes: Mapping[StorePath, int], columns: _Columns
) -> Iterator[str]:
    width = max((len(str(info.path)) for info in infos), default=0) if columns else 0
    for info in infos:
        line = f"{info.path!s:<{width}}"
        if columns.size:
            line += columns.count(info.nar_size)
        if columns.closure_size:
            line += columns.count(sizes[info.path])
        if columns.signatures:
            line += "\t" + " ".join(_guarantees(info))
        yield line


def _guarantees(info: PathInfo) -> Iterator[str]:
    """Why the path may be trusted."""
    if info.ultimate:
        yield "ultimate"
    if info.ca:
        yield f"ca:{info.ca}"
    yield from info.signatures


def _facts(info: PathInfo, sizes: Mapping[StorePath, int]) -> dict[str, object]:
    facts: dict[str, object] = {
        "ca": info.ca,
        "deriver": str(info.deriver) if info.deriver else None,
        "narHash": info.nar_hash.sri,
        "narSize": info.nar_size,
        "references": [str(path) for path in info.references],
        "registrationTime": info.registration_time,
        "signatures": list(info.signatures),
        "ultimate": info.ultimate,
    }
    if info.path in sizes:
        facts["closureSize"] = sizes[info.path]
    return facts
