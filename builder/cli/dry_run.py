"""``neve build --dry-run``: what would be built and fetched, as Nix tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.cli.built import Built, Held, Result
from builder.cli.outputs import derivation
from builder.cli.resolve import Places, resolve
from builder.cli.session import Session
from builder.cli.targets import Target
from builder.realise.missing import Ask, Missing, find_missing
from builder.store.cache.narinfo import NarInfo
from builder.store.paths import StorePath

_MIB = 1 << 20  # bytes


def foresee(session: Session, texts: Sequence[str], places: Places) -> tuple[list[Result], Missing]:
    """What building the installables `texts` would give, and what it would take."""
    named = [resolve(session, text, places) for text in texts]
    targets = [target for one in named for target in one.targets]
    missing = find_missing(
        [(one.drv, one.outputs) for one in targets if not isinstance(one, StorePath)],
        [one for one in targets if isinstance(one, StorePath)],
        lambda drv: derivation(session, drv),
        session.store.database.valid,
        _asking(session),
    )
    return [_result(session, target) for target in targets], missing


def _asking(session: Session) -> Ask | None:
    caches = session.caches()
    if caches is None:
        return None

    def ask(path: StorePath) -> NarInfo | None:
        return next((offer.found for offer in caches.ask(path)), None)

    return ask


def _result(session: Session, target: Target) -> Result:
    if isinstance(target, StorePath):
        return Held(target)
    paths = derivation(session, target.drv).output_paths()
    return Built(drv=target.drv, outputs={name: paths[name] for name in sorted(target.outputs)})


def told(missing: Missing) -> Iterator[str]:
    """The lines that say it."""
    if builds := missing.builds:
        yield f"{_these(len(builds), 'derivation')} will be built:"
        yield from (f"  {drv}" for drv in builds)
    if fetches := missing.fetches:
        sizes = [sum(f.file_size or 0 for f in fetches), sum(f.info.nar_size for f in fetches)]
        packed, unpacked = (f"{size / _MIB:.2f} MiB" for size in sizes)
        what = _these(len(fetches), "path")
        yield f"{what} will be fetched ({packed} download, {unpacked} unpacked):"
        yield from (f"  {found.info.path}" for found in fetches)
    if missing.unknown:
        yield "don't know how to build these paths:"
        yield from (f"  {path}" for path in missing.unknown)


def _these(count: int, noun: str) -> str:
    return f"this {noun}" if count == 1 else f"these {count} {noun}s"
