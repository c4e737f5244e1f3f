"""Taking paths from binary caches in place of building them.

A cache that does not answer, or lies, costs a warning: it is asked no more by
this process (or not for that path), and what is missing is built.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from threading import Lock

from builder.store.cache.binary_cache import BinaryCache
from builder.store.cache.errors import CacheError
from builder.store.cache.keys import PublicKey, is_trusted
from builder.store.cache.memory import Memory
from builder.store.cache.narinfo import NarInfo
from builder.store.cache.offer import Offer, Watcher
from builder.store.cache.transfers import Transfers
from builder.store.content_address import follows_from_content
from builder.store.info import PathInfo
from builder.store.local import LocalStore
from builder.store.paths import StorePath


class Substituter:
    """Asks `caches`, and adds what they have to `store`.

    Only what one of `keys` has signed is taken, unless the cache is trusted,
    or `needs_signatures` is false, or the path follows from its content.
    """

    def __init__(
        self,
        store: LocalStore,
        caches: Sequence[BinaryCache],
        keys: Collection[PublicKey],
        *,
        watcher: Watcher,
        memory: Memory | None = None,
        needs_signatures: bool = True,
    ) -> None:
        self._store = store
        self._keys = keys
        self._watcher = watcher
        self._memory = memory
        self._needs_signatures = needs_signatures
        self._caches = self._by_priority(caches)
        self._lock = Lock()
        self._dead: set[str] = set()
        self._refused: set[tuple[str, StorePath]] = set()
        self._answers: dict[StorePath, tuple[Offer, ...]] = {}

    def _by_priority(self, caches: Sequence[BinaryCache]) -> list[BinaryCache]:
        answering = []
        for place, cache in enumerate(caches):
            try:
                answering.append((cache.priority, place, cache))
            except CacheError as error:
                self._watcher.warn(f"{error}; it is not asked")
        return [cache for _, _, cache in sorted(answering, key=lambda item: item[:2])]

    # Asking

    def ask(self, path: StorePath) -> tuple[Offer, ...]:
        """What the caches have of `path`, the best offer first; from any thread."""
        if path not in self._answers:
            self._answers[path] = self._ask_caches(path)
        return self._usable(self._answers[path], path)

    def _usable(self, offers: tuple[Offer, ...], path: StorePath) -> tuple[Offer, ...]:
        return tuple(
            offer
            for offer in offers
            if offer.cache.url not in self._dead and (offer.cache.url, path) not in self._refused
        )

    def _ask_caches(self, path: StorePath) -> tuple[Offer, ...]:
        """All caches' offers in order; the later ones are for when the first one lies."""
        found = []
        for cache in self._caches:
            answer = self._query(cache, path)
            if answer is None:
                continue
            if self._may_take(cache, answer.info):
                found.append(Offer(cache=cache, found=answer))
        return tuple(found)

    def _query(self, cache: BinaryCache, path: StorePath) -> NarInfo | None:
        if cache.url in self._dead:
            return None
        if self._memory is not None:
            is_known, answer = self._memory.recall(cache.url, path)
            if is_known:
                return answer
        try:
            answer = cache.query(path)
        except CacheError as error:
            self._give_up(cache, error)
            return None
        if self._memory is not None:
            self._memory.remember(cache.url, path, answer)
        return answer

    def _give_up(self, cache: BinaryCache, error: CacheError) -> None:
        with self._lock:
            if cache.url not in self._dead:
                self._dead.add(cache.url)
                self._watcher.warn(f"{error}; it is asked no more")

    def _may_take(self, cache: BinaryCache, info: PathInfo) -> bool:
        if not self._needs_signatures or cache.is_trusted:
            return True
        if is_trusted(info, self._keys) or follows_from_content(info):
            return True
        with self._lock:
            self._watcher.warn(
                f"cache '{cache.url}': '{info.path}' has no signature of a trusted key"
            )
        return False

    # Fetching

    def take(self, paths: Iterable[StorePath]) -> set[StorePath]:
        """As `Transfers.take`, which see."""
        with closing(self.transfers()) as transfers:
            return transfers.take(paths)

    def transfers(self) -> Transfers:
        """What takes paths, in one go or in several."""
        return Transfers(self._store, self._caches, self.ask, self._refuse, self._watcher)

    def repair(self, path: StorePath) -> bool:
        """Put a valid path that is damaged or gone back as it was; whether a cache had it."""
        wanted = self._store.query(path)
        with self._store.adding(), self._store.scratch() as folder:
            for place, offer in enumerate(self.ask(path)):
                tree = folder / f"{place}-{path.base}"
                if offer.found.info.nar_hash != wanted.nar_hash:
                    continue
                try:
                    offer.cache.fetch(offer.found, tree)
                except CacheError as error:
                    self._refuse(offer, error)
                    continue
                with self._store.lock(path):
                    self._store.install(tree, path)
                return True
        return False

    def _refuse(self, offer: Offer, error: CacheError) -> tuple[Offer, ...]:
        """A cache did not keep its promise: what it says of that path counts no more; which
        offers are left."""
        path = offer.found.info.path
        self._watcher.warn(str(error))
        self._refused.add((offer.cache.url, path))
        if self._memory is not None:
            self._memory.forget(offer.cache.url, path)
        return self.ask(path)
