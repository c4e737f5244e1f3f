"""Closures from binary caches, for `fetchClosure`."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from builder.lang.errors import EvalError
from builder.lang.host import WantedClosure
from builder.realise.progress import Progress
from builder.store import nar
from builder.store.cache.binary_cache import BinaryCache
from builder.store.cache.narinfo import NarInfo
from builder.store.cache.substituter import Substituter
from builder.store.content_address import follows_from_content
from builder.store.errors import FormatError, StoreError
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.rewrite import content_addressed

_HOW = """

If you do intend to fetch an input-addressed store path, add

    inputAddressed = true;

to the 'fetchClosure' arguments.

Note that to ensure authenticity input-addressed store paths, users must configure a trusted \
binary cache public key on their systems. This is not needed for content-addressed paths."""


def fetch(
    store: LocalStore, wanted: WantedClosure, taking: Callable[[str], Substituter] | None
) -> StorePath:
    """What is wanted, with all it refers to; raises `EvalError`.

    `taking` gives what takes paths from a cache. Without it no one is trusted:
    only what follows from its content is taken.
    """

    def nobody(url: str) -> Substituter:
        return Substituter(store, [BinaryCache(url, {})], [], watcher=Progress())

    closures = Closures(store=store, url=wanted.store, taking=taking or nobody)
    try:
        path = StorePath.parse(wanted.path)
        to_path = StorePath.parse(wanted.to_path) if wanted.to_path else None
    except FormatError as error:
        raise EvalError(str(error)) from None
    if wanted.to_path is not None:
        return closures.rewritten(path, to_path)
    if wanted.is_input_addressed:
        return closures.by_inputs(path)
    return closures.by_content(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closures:
    """Takes closures from the cache at `url` into `store`. Everything raises `EvalError`.

    `taking` gives what takes paths from a cache, signatures checked.
    """

    store: LocalStore
    url: str
    taking: Callable[[str], Substituter]

    def by_content(self, path: StorePath) -> StorePath:
        """A path that must be addressed by its content."""
        if not follows_from_content(self._copied(path)):
            raise EvalError(
                f"The 'fromPath' value '{path}' is input-addressed, but 'inputAddressed' is set to "
                f"'false' (default).{_HOW}"
            )
        return path

    def by_inputs(self, path: StorePath) -> StorePath:
        """A path that must be addressed by its inputs."""
        if self._copied(path).ca is not None:
            raise EvalError(
                f"The store object referred to by 'fromPath' at '{path}' is not input-addressed, "
                "but 'inputAddressed' is set to 'true'.\n\nRemove the 'inputAddressed' attribute "
                "(it defaults to 'false') to expect 'fromPath' to be content-addressed"
            )
        return path

    def rewritten(self, path: StorePath, wanted: StorePath | None) -> StorePath:
        """The closure under names that follow from its content, the top one `wanted`."""
        if wanted is None or not self.store.keep(wanted):
            made = self._rewrite(path)
            shown = f"rewriting '{path}' to content-addressed form yielded '{made}'"
            if wanted is None:
                raise EvalError(
                    f"{shown}\nUse this value for the 'toPath' attribute passed to 'fetchClosure'"
                )
            if made != wanted:
                raise EvalError(f"{shown}, while '{wanted}' was expected")
        if not follows_from_content(self.store.query(wanted)):
            raise EvalError(
                f"The 'toPath' value '{wanted}' is input-addressed, so it can't possibly be the "
                "result of rewriting to a content-addressed path.\n\nSet 'toPath' to an empty "
                "string to make Nix report the correct content-addressed path."
            )
        return wanted

    def _copied(self, path: StorePath) -> PathInfo:
        """What is known of a path that is in the store, now if not before."""
        if not self.store.keep(path):
            try:
                self.taking(self.url).take([path])
            except StoreError as error:
                raise EvalError(str(error)) from None
            if not self.store.is_valid(path):
                raise self._refused(path)
        return self.store.query(path)

    def _refused(self, path: StorePath) -> EvalError:
        found = self._query(BinaryCache(self.url, {}), path)
        if follows_from_content(found.info):
            return EvalError(f"cannot take '{path}' and all it refers to from '{self.url}'")
        return EvalError(f"cannot add path '{path}' because it lacks a signature by a trusted key")

    def _query(self, cache: BinaryCache, path: StorePath) -> NarInfo:
        try:
            found = cache.query(path)
        except StoreError as error:
            raise EvalError(str(error)) from None
        if found is None:
            raise EvalError(f"path '{path}' does not exist in the store '{self.url}'")
        return found

    def _rewrite(self, top: StorePath) -> StorePath:
        """Add the closure, rewritten; nobody's word is needed for what follows from content."""
        cache = BinaryCache(self.url, {})
        names: dict[StorePath, StorePath] = {}
        waiting = [(top, False)]
        while waiting:
            path, is_ready = waiting.pop()
            if path in names:
                continue
            found = self._query(cache, path)
            others = [other for other in found.info.references if other not in (path, *names)]
            if others and not is_ready:
                waiting += [(path, True), *((other, False) for other in others)]
                continue
            names[path] = self._add(cache, found, names)
        return names[top]

    def _add(
        self, cache: BinaryCache, found: NarInfo, names: dict[StorePath, StorePath]
    ) -> StorePath:
        archive = io.BytesIO()
        try:
            with self.store.scratch() as folder:
                cache.fetch(found, folder / "tree")
                nar.dump(folder / "tree", archive.write)
            info, data = content_addressed(found.info, archive.getvalue(), names)
            if not self.store.keep(info.path):
                self.store.add_nar(info, io.BytesIO(data))
        except StoreError as error:
            raise EvalError(str(error)) from None
        return info.path
