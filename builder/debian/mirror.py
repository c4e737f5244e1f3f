"""Where to fetch from: the order in which mirrors are tried."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from builder.debian.errors import DebianError

VARIABLE = "NEVE_DEBIAN_MIRROR"
_ONE_LINE = re.compile(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)")


def mirrors(
    wanted: str | None, environment: Mapping[str, str], apt: Path = Path("/etc/apt")
) -> tuple[str, ...]:
    """Base URLs of mirrors, best first, none twice.

    `wanted` is what the flake's input names; then comes NEVE_DEBIAN_MIRROR
    (several separated by blanks), then the host's own first source of the
    main archive, below the folder `apt`. Raises DebianError when none is
    known.
    """
    found = [wanted] if wanted else []
    found += environment.get(VARIABLE, "").split()
    found += [url for url, components in _sources(apt) if _is_main_archive(url, components)][:1]
    if not found:
        raise DebianError(
            f"no Debian mirror is known: the input names none, {VARIABLE} is not set, and "
            f"'{apt}' has no source of Debian's main archive",
            hint=f"set {VARIABLE} to a mirror's base URL (the folder that holds dists/ and "
            "pool/), or add ?mirror=URL to the input",
        )
    return tuple(dict.fromkeys(url.rstrip("/") for url in found))


def _is_main_archive(url: str, components: list[str]) -> bool:
    parts = urlsplit(url)
    return (
        parts.scheme in ("http", "https", "file")
        and "debian" in parts.path.split("/")
        and "main" in components
    )


def _sources(apt: Path) -> Iterator[tuple[str, list[str]]]:
    """Each source's URL and components, in apt's order of files."""
    parts = apt / "sources.list.d"
    files = [apt / "sources.list", *(sorted(parts.iterdir()) if parts.is_dir() else ())]
    for file in files:
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".list":
            for line in text.splitlines():
                match = _ONE_LINE.match(line.split("#")[0].strip())
                if match:
                    yield match.group(1), match.group(3).split()
        elif file.suffix == ".sources":
            yield from _deb822(text)


def _deb822(text: str) -> Iterator[tuple[str, list[str]]]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for paragraph in re.split(r"\n\s*\n", "\n".join(lines)):
        unfolded = re.sub(r"\n[ \t]+", " ", paragraph)
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in unfolded.splitlines())
        }
        if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes") != "no":
            for url in fields.get("uris", "").split():
                yield url, fields.get("components", "").split()
