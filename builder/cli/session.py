"""Everything that a command works with, opened when first needed.

What only some commands need is imported where it is opened: a command that
evaluates an expression reads neither the flakes' nor the builders' code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.fetch.cache import cache_folder
from builder.realise.limits import Limits
from builder.realise.progress import Progress
from builder.realise.settings import Settings, current_system

if TYPE_CHECKING:
    from builder.cli.configuration import Configuration
    from builder.flake.flake import Flake, Flakes
    from builder.flake.host import StoreHost
    from builder.flake.memory import Memory
    from builder.flake.registry import Registries
    from builder.flake.source import Fetcher
    from builder.lang.evaluator import Evaluator
    from builder.realise.scheduler import Realised
    from builder.store.cache.binary_cache import BinaryCache
    from builder.store.cache.substituter import Substituter
    from builder.store.derivation import Derivation
    from builder.store.local import LocalStore
    from builder.store.paths import StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says about the whole command."""

    store: Path | None = None
    impure: bool = False
    quiet: bool = False
    show_trace: bool = False
    json: bool = False
    print_build_logs: bool = False
    settings: tuple[tuple[str, str], ...] = ()  # names and values, as in neve.conf
    override_inputs: tuple[tuple[str, str], ...] = ()  # inputs' names and references


@dataclass
class Session:
    """One command's store, evaluator and builder."""

    options: Options
    cwd: Path = field(default_factory=Path.cwd)
    pure: bool | None = None  # None: as the options say
    restricted: bool = False
    search_path: tuple[tuple[str, str], ...] = ()
    features: frozenset[str] = frozenset()
    _sandbox_flake: Flake | None = None
    _opened: dict[str, tuple[Flake, Any]] = field(default_factory=dict)

    @cached_property
    def store(self) -> LocalStore:
        """The store."""
        from builder.store.local import LocalStore

        return LocalStore(self.store_root, optimises=self.configuration.auto_optimise_store)

    @property
    def store_root(self) -> Path:
        """Where the store lies."""
        from builder.store.root import default_root

        return self.options.store or default_root(os.environ)

    @cached_property
    def cache(self) -> Path:
        """Where what can be had again is kept."""
        return cache_folder(os.environ)

    @cached_property
    def memory(self) -> Memory:
        """What earlier commands found out."""
        from builder.flake.memory import Memory

        return Memory(self.cache / "memory.sqlite")

    @cached_property
    def host(self) -> StoreHost:
        """The world of the evaluation."""
        from builder.flake.host import StoreHost

        return StoreHost(
            lambda: self.store,
            pure=not self.options.impure if self.pure is None else self.pure,
            restricted=self.restricted,
            builds=lambda: self.configuration.allow_import_from_derivation,
            search_path=self.search_path,
            system=current_system(),
            build=self._build_while_evaluating,
            say=self.say,
            flakes=lambda reference: self.flakes.get(reference),
            fetcher=lambda: self.fetcher,
            allowed_uris=lambda: self.configuration.allowed_uris,
            taking=lambda url: self.substituter([url]),
        )

    @cached_property
    def evaluator(self) -> Evaluator:
        """The language."""
        from builder.lang.cache import installed_code
        from builder.modules.session import module_evaluator

        return module_evaluator(
            self.host,
            self.cache / "eval",
            features=self.features,
            installed=[installed_code()],
        )

    @cached_property
    def fetcher(self) -> Fetcher:
        """What fetches inputs and trees."""
        from datetime import UTC, datetime

        from builder.flake.source import Fetcher

        return Fetcher(
            store=self.store,
            environment=os.environ,
            now=datetime.now(UTC),
            memory=self.memory,
            secrets=lambda: self.configuration.secrets,
            names=lambda: self.registries,
        )

    @cached_property
    def registries(self) -> Registries:
        """What names of flakes stand for."""
        from builder.flake.registry import registries

        return registries(os.environ, self.configuration.flake_registry)

    @cached_property
    def flakes(self) -> Flakes:
        """Flakes over the evaluator."""
        from builder.debian.mirror import mirrors
        from builder.flake.flake import Flakes

        return Flakes(
            evaluator=self.evaluator,
            host=self.host,
            fetcher=self.fetcher,
            cache=self.cache / "debian",
            mirrors=lambda wanted: mirrors(wanted, os.environ),
        )

    def say(self, message: str) -> None:
        """A line to the user, on standard error."""
        print(message, file=sys.stderr, flush=True)

    def outputs(self, reference: str) -> tuple[Flake, Any]:
        """A flake and its forced outputs: opened and evaluated once, however often asked for."""
        if reference not in self._opened:
            flake = self.open_flake(reference)
            self.use_sandbox_of(flake)
            self._opened[reference] = (flake, self.evaluator.force(self.flakes.outputs(flake)))
        return self._opened[reference]

    def open_flake(
        self, text: str, *, update: frozenset[str] | None = frozenset(), locking: bool = False
    ) -> Flake:
        """The flake; its lock file is written when it was not up to date.

        Inputs that the command line overrides are for this command only, unless it
        is about the lock itself (`locking`).
        """
        from builder.flake.errors import FlakeError
        from builder.flake.reference import locate, parse_reference

        given = {
            tuple(name.split("/")): locate(parse_reference(reference, self.cwd), self.cwd)
            for name, reference in self.options.override_inputs
        }
        flake = self.flakes.open(text, self.cwd, update=update, given=given)
        if flake.lock_changed and (locking or not given):
            if not flake.is_local:
                raise FlakeError(
                    f"cannot write modified lock file of flake '{flake.source.locked}'",
                    hint="lock it where it is written, and commit the lock",
                )
            flake.lock.write(flake.lock_file)
            self.say(f"wrote '{flake.lock_file}'")
        return flake

    def realise(
        self,
        wanted: Mapping[StorePath, frozenset[str]],
        known: Mapping[StorePath, Derivation] | None = None,
        own_limits: Mapping[StorePath, Limits] | None = None,
    ) -> Realised:
        """Build outputs of derivations, of which `known` are not in the store yet.

        `own_limits` is what the packages say of some of them.
        """
        from builder.realise.scheduler import Realiser

        derivations = self.host.derivations if known is None else known
        targets = [(drv, outputs) for drv, outputs in wanted.items()]
        progress = self._progress()
        realiser = Realiser(
            self.store,
            replace(self._settings(), own_limits=own_limits or {}),
            progress,
            self._bubblewrap,
            lambda: self.caches(progress),
        )
        return realiser.realise(targets, derivations)

    def _build_while_evaluating(
        self, wanted: Mapping[StorePath, frozenset[str]], known: Mapping[StorePath, Derivation]
    ) -> None:
        self.realise(wanted, known)

    def _progress(self) -> Progress:
        if self.options.quiet:
            return Progress()
        from builder.cli.progress import progress_on

        settings = self._settings()
        return progress_on(sys.stderr, settings.jobs, with_logs=settings.shows_logs)

    @cached_property
    def configuration(self) -> Configuration:
        """The user's settings."""
        from builder.cli.configuration import read_configuration

        return read_configuration(os.environ, self.options.settings)

    def caches(self, progress: Progress | None = None) -> Substituter | None:
        """What asks the caches of the settings, None without any."""
        settings = self.configuration
        if not settings.substitute or not settings.substituters:
            return None
        return self._substituter(self._usable_caches(progress or self._progress()), progress)

    def _usable_caches(self, progress: Progress) -> Iterator[BinaryCache]:
        """Those of the settings; one that is none costs a warning, as one that does not answer."""
        from builder.store.cache.binary_cache import BinaryCache
        from builder.store.cache.errors import CacheError

        for url in self.configuration.substituters:
            try:
                yield BinaryCache(url, os.environ)
            except CacheError as error:
                progress.warn(f"{error}; it is not asked")

    def substituter(self, urls: Sequence[str], progress: Progress | None = None) -> Substituter:
        """What takes paths from the caches at `urls`; raises CacheError for what is none."""
        from builder.store.cache.binary_cache import BinaryCache

        return self._substituter([BinaryCache(url, os.environ) for url in urls], progress)

    def _substituter(
        self, caches: Iterable[BinaryCache], progress: Progress | None = None
    ) -> Substituter:
        from builder.store.cache.keys import PublicKey
        from builder.store.cache.memory import Lifetimes, Memory
        from builder.store.cache.substituter import Substituter

        settings = self.configuration
        lifetimes = Lifetimes(
            negative=settings.narinfo_cache_negative_ttl,
            positive=settings.narinfo_cache_positive_ttl,
        )
        return Substituter(
            self.store,
            list(caches),
            [PublicKey.parse(text) for text in settings.trusted_public_keys],
            watcher=progress or self._progress(),
            memory=Memory(self.cache / "narinfo.sqlite", lifetimes),
            needs_signatures=settings.require_sigs,
        )

    def build_settings(self) -> Settings:
        """How this session builds, bubblewrap included."""
        return replace(self._settings(), bubblewrap=self._bubblewrap())

    def _settings(self) -> Settings:
        given = self.configuration
        plain = Settings(
            mirrors=self._mirrors(),
            keep_going=given.keep_going,
            shows_logs=self.options.print_build_logs,
            limits=Limits(
                timeout=given.timeout or None,
                max_silent=given.max_silent_time or None,
                max_log=given.max_build_log_size or None,
                keep_free=given.keep_free,
            ),
        )
        return replace(plain, jobs=given.max_jobs or plain.jobs, cores=given.cores or plain.cores)

    def _mirrors(self) -> tuple[str, ...]:
        from builder.debian.errors import DebianError
        from builder.debian.mirror import mirrors

        try:
            return mirrors(None, os.environ)
        except DebianError:
            return ()  # what is fetched already needs none; a fetch says what to set

    def bubblewrap(self) -> tuple[str, ...]:
        """The argv prefix that runs bubblewrap; empty when there is none."""
        return self._bubblewrap() or ()

    def _bubblewrap(self) -> tuple[str, ...] | None:
        """The host's bubblewrap, or the pinned one of the Debian input in use."""
        from builder.realise.bubblewrap import PACKAGES, host_bubblewrap, pinned_bubblewrap
        from builder.realise.scheduler import Realiser
        from builder.store.paths import StorePath

        if found := host_bubblewrap(os.environ):
            return found
        if self._sandbox_flake is None:
            return None
        needed = self.flakes.debian_closure(self._sandbox_flake, current_system(), PACKAGES[0])
        if needed is None:
            return None
        drvs = [StorePath.parse(path) for path in needed]
        targets = [(drv, frozenset({"out"})) for drv in drvs]
        made = Realiser(self.store, self._settings()).realise(targets, self.host.derivations)
        return pinned_bubblewrap([self.store.real_path(made[drv]["out"]) for drv in drvs])

    def use_sandbox_of(self, flake: Flake) -> None:
        """Take bubblewrap, if the host has none, from the flake's Debian input."""
        self._sandbox_flake = flake
