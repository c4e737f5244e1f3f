"""Settings that hold for all commands: binary caches, whom to trust, what may be built.

The format is that of nix.conf: lines ``name = value``, ``#`` begins a comment,
``extra-NAME`` adds to a list. Read in this order, later ones win:
``/etc/neve/neve.conf``, ``neve/neve.conf`` in the user's configuration folder,
the variable ``NEVE_CONFIG``, the command's ``--option NAME VALUE``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from builder.cli.errors import UsageError

SYSTEM_FILE = Path("/etc/neve/neve.conf")
_LISTS = (
    "substituters",
    "trusted-public-keys",
    "secret-key-files",
    "access-tokens",
    "allowed-uris",
)
_TEXTS = ("flake-registry",)
_BOOLEANS = (
    "allow-import-from-derivation",
    "auto-optimise-store",
    "keep-going",
    "require-sigs",
    "substitute",
)
_NUMBERS = {
    "cores": "cores",
    "keep-free": "bytes",
    "max-build-log-size": "bytes",
    "max-jobs": "builds, or 'auto'",
    "max-silent-time": "seconds",
    "narinfo-cache-negative-ttl": "seconds",
    "narinfo-cache-positive-ttl": "seconds",
    "timeout": "seconds",
}
_NAMES = (*_LISTS, *(f"extra-{name}" for name in _LISTS), *_BOOLEANS, *_NUMBERS, *_TEXTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The settings, by Nix's names; times are in seconds, sizes in bytes, 0 is no limit."""

    substituters: tuple[str, ...] = ()
    trusted_public_keys: tuple[str, ...] = ()
    secret_key_files: tuple[str, ...] = ()
    access_tokens: tuple[str, ...] = ()  # HOST=TOKEN, for forges
    allowed_uris: tuple[str, ...] = ()  # prefixes, for restricted evaluation
    flake_registry: str = ""  # a path or an address
    allow_import_from_derivation: bool = True
    auto_optimise_store: bool = False
    require_sigs: bool = True
    substitute: bool = True
    narinfo_cache_negative_ttl: int = 3600
    narinfo_cache_positive_ttl: int = 30 * 86400
    max_jobs: int = 0  # builds at a time; 0: as many as there are cores
    cores: int = 0  # of each build; 0: all
    keep_going: bool = False
    timeout: int = 0
    max_silent_time: int = 0
    max_build_log_size: int = 0
    keep_free: int = 1 << 30  # of the store's disk, see builder.realise.room

    @property
    def secrets(self) -> dict[str, str]:
        """The access tokens by host."""
        return dict(item.split("=", 1) for item in self.access_tokens if "=" in item)

    def with_setting(self, name: str, value: str, origin: str) -> Configuration:
        """One setting more; raises UsageError for a wrong one, saying where it is."""
        if name not in _NAMES:
            # Imported here: most names are right.
            import difflib

            near = difflib.get_close_matches(name, _NAMES, 1)
            raise UsageError(
                f"{origin}: there is no setting '{name}'",
                hint=f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(_NAMES)}",
            )
        words = tuple(value.split())
        if name.startswith("extra-"):
            name = name.removeprefix("extra-")
            known: tuple[str, ...] = getattr(self, _field(name))
            words = (*known, *(word for word in words if word not in known))
        made: object = words
        if name in _BOOLEANS:
            made = _boolean(name, value, origin)
        elif name in _TEXTS:
            made = value
        elif name in _NUMBERS:
            made = _number(name, value, origin)
        return replace(self, **{_field(name): made})  # type: ignore[arg-type]


def _field(name: str) -> str:
    return name.replace("-", "_")


def _boolean(name: str, value: str, origin: str) -> bool:
    if value not in ("true", "false"):
        raise UsageError(f"{origin}: '{name}' must be true or false, not '{value}'")
    return value == "true"


_DIGITS = 18  # of a number: with more it would fit nowhere


def _number(name: str, value: str, origin: str) -> int:
    if name == "max-jobs" and value == "auto":
        return 0
    if name == "max-jobs" and value == "0":
        raise UsageError(
            f"{origin}: with '{name}' 0 nothing could be built, for nobody else builds",
            hint="give a number from 1 on, or 'auto'",
        )
    if not (value.isascii() and value.isdecimal() and len(value) <= _DIGITS):
        raise UsageError(f"{origin}: '{name}' must be a number of {_NUMBERS[name]}, not '{value}'")
    return int(value)


def read_configuration(
    environment: Mapping[str, str],
    options: Iterable[Sequence[str]] = (),
    *,
    system_file: Path = SYSTEM_FILE,
) -> Configuration:
    """All settings together; raises UsageError, naming file and line."""
    made = Configuration()
    home = environment.get("XDG_CONFIG_HOME") or f"{environment.get('HOME') or '/root'}/.config"
    for file in (system_file, Path(home) / "neve/neve.conf"):
        if file.is_file():
            made = _read_text(made, file.read_text(encoding="utf-8"), str(file))
    made = _read_text(made, environment.get("NEVE_CONFIG", ""), "NEVE_CONFIG")
    for name, value in options:
        made = made.with_setting(name, value, f"--option {name}")
    return made


def _read_text(made: Configuration, text: str, origin: str) -> Configuration:
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.partition("#")[0].strip()
        if not plain:
            continue
        name, equals, value = plain.partition("=")
        if not equals:
            raise UsageError(
                f"{origin}:{number}: '{plain}' is no setting", hint="write NAME = VALUE"
            )
        made = made.with_setting(name.strip(), value.strip(), f"{origin}:{number}")
    return made
