"""URLs as references of flakes have them: queries, escapes, what git is told."""

from __future__ import annotations

import re
from collections.abc import Callable

_SCP = re.compile(r"(?!/)([^/]*)@(.*):(.*)")
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(.*)", re.DOTALL)
_CHAR = r"""(?:[a-zA-Z0-9._~!$&'"()*+,;=:@-]|%[0-9a-fA-F]{2})"""
URL = re.compile(rf"{_CHAR}*(?:/{_CHAR}*)*(?:\?(?:{_CHAR}|[/? ])*)?")
_PLAIN = ":@/?-._~"  # what stays as it is in a query
PLAIN_IN_PATHS = "/:@-._~"


def unquote(text: str) -> str:
    """The text without its percent signs."""
    if "%" not in text:
        return text
    from urllib.parse import unquote as decode  # rarely needed, slow to import

    return decode(text)


def escape(value: str, safe: str) -> str:
    from urllib.parse import quote  # rarely needed, slow to import

    return quote(value, safe=safe)


def quiet(line: str) -> None:
    """Nobody is told."""


def read_query(text: str, say: Callable[[str], None] = quiet) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in text.split("&") if text else ():
        key, equals, value = item.partition("=")
        if equals:
            pairs.setdefault(key, unquote(value))
        elif item:
            say(f"warning: dubious URI query '{item}' is missing equal sign '=', ignoring")
    return pairs


def asking(url: str, pairs: dict[str, str]) -> str:
    """The URL with a query of these, sorted."""
    query = "&".join(f"{escape(key, _PLAIN)}={escape(pairs[key], _PLAIN)}" for key in sorted(pairs))
    return f"{url}?{query}" if query else url


def git_url(url: str) -> str:
    """What git is told: ``user@host:path`` means ssh, and what has no ``//`` a file."""
    found = _SCP.fullmatch(url)
    if found:
        url = f"ssh://{found[1]}@{found[2]}/{found[3]}"
    if "://" in url or url.startswith("file:"):
        return url
    return f"file://{escape(url or '/', PLAIN_IN_PATHS)}"
