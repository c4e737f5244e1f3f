"""Random texts in languages inside of the language: patterns, JSON, TOML, versions, references."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_ATOMS = (
    *("a", "b", "x", "1", ".", "é", "-", " ", "a", "b", "."),
    *("[ab]", "[^a]", "[a-z]", "[^a-y.]", "[]a]", "[a-]", "[^]]", "[0-9x-]", "[.]", "[a\\\\]"),
    *("[[:alpha:]]", "[[:digit:]]", "[^[:space:]]", "[[:alnum:]_]", "[[:upper:][:punct:]]"),
    *("[[:xdigit:]]", "[[:blank:]]", "[[:print:]]", "[[.a.]]", "[[=a=]]", "[[.hyphen.]]"),
    *("\\\\.", "\\\\*", "\\\\(", "\\\\\\$", "^", "\\$", "()"),
)
_REPEATS = ("", "", "", "", "*", "+", "?", "{2}", "{0,1}", "{1,}", "{0}", "*?", "**")
_BROKEN = ("(", ")", "[", "[z-a]", "{", "a{2,1}", "\\\\", "*", "[[:nope:]]", "a||b", "\\\\1", "+a")


def pattern(random: Random, depth: int = 2) -> str:
    """A POSIX extended regular expression; a few are none."""
    branches = []
    for _ in range(random.choice((1, 1, 1, 2))):
        pieces = []
        for _ in range(random.randint(1, 3)):
            if random.random() < 0.015:
                pieces.append(random.choice(_BROKEN))
                continue
            group = depth > 0 and random.random() < 0.35
            atom = f"({pattern(random, depth - 1)})" if group else random.choice(_ATOMS)
            pieces.append(atom + random.choice(_REPEATS))
        branches.append("".join(pieces))
    return "|".join(branches)


def _subject(random: Random) -> str:
    """What a pattern is tried on: short, for some take time exponential in it."""
    return "".join(random.choice("aabbx1-é. ") for _ in range(random.randint(0, 7)))


_NUMBERS = ("0", "-0", "1", "-1", "1.5", "1e3", "1E-2", "123456789012", "9223372036854775807")
_ODD_NUMBERS = ("-0.0", "1.0", "1e400", "01", "+1", ".5", "1.", "9223372036854775808", "-1e-400")
_STRINGS = (
    "",
    "a",
    "é",
    "a b",
    "\\\\n",
    "\\\\u00e9",
    "\\\\ud83d\\\\ude00",
    "\\\\/",
    "\\\\x",
)


def _json(random: Random, depth: int) -> str:
    chance = random.random()
    if depth > 0 and chance < 0.25:
        return f"[{', '.join(_json(random, depth - 1) for _ in range(random.randint(0, 3)))}]"
    if depth > 0 and chance < 0.6:
        names = [random.choice(("a", "b", "c", "a")) for _ in range(random.randint(0, 3))]
        return "{" + ",".join(f'\\"{name}\\": {_json(random, depth - 1)}' for name in names) + "}"
    if chance < 0.75:
        return random.choice(_NUMBERS if random.random() < 0.8 else _ODD_NUMBERS)
    if chance < 0.95:
        return f'\\"{random.choice(_STRINGS)}\\"'
    return random.choice(("true", "false", "null", "nul", "", "[1,]", "{", '{\\"a\\"}', "'a'"))


_VALUES = (
    *("1", "0x1F", "0b101", "0o17", "1_000", "-0", "+5", "1.5", "-1e3", "true", "false"),
    *("'a'", "'''a\\nb'''", '\\"a\\\\\\\\nb\\"', '\\"\\"\\"\\na\\"\\"\\"', '\\"\\\\u00e9\\"', "[]"),
    *("[1, 2]", "[ 'a', [ 1 ] ]", "[1, 'a']", "{ a = 1 }", "{}", "{ a.b = 1, c = [] }"),
    *("1979-05-27", "01", "nope", "inf", "-nan", "[1,,2]", "{a=1,}", "9223372036854775808", "'"),
)


def _toml(random: Random) -> str:
    lines = []
    for _ in range(random.randint(0, 4)):
        name = random.choice(("a", "b", "c.d", "'x y'", '\\"q\\"', "1", "a.b"))
        if random.random() < 0.3:
            lines.append(random.choice((f"[{name}]", f"[[{name}]]")))
        else:
            lines.append(f"{name} = {random.choice(_VALUES)}")
    return "\\n".join(lines) + random.choice(("\\n", "", "\\n# c\\n", "\\r\\n"))


def _version(random: Random) -> str:
    pieces = ("1", "2", "10", "01", "a", "pre", "rc", ".", "-", "_", ".", "-", "foo", "x", "")
    return "".join(random.choice(pieces) for _ in range(random.randint(0, 6)))


_FLAKES = (
    *("github:o/r", "gitlab:o/r", "sourcehut:~o/r", "path:/a", "path:./a", "git+https://h/r"),
    *("git+file:///a", "https://h/a.tar.gz", "tarball+https://h/a", "file+https://h/a", "nixpkgs"),
    *("flake:n", "/a/b", "./a", ".", "git+ssh://git@h/r", "hg+https://h/r", "git:h/r", "x:y"),
    *(
        "github:o",
        "github:o/r/ref",
        "github:o/r/a/b",
        "n/ref",
        "",
        "file:///a.zip",
        "github:o/r.git",
    ),
)
_ENDS = (
    *("", "", "", "?dir=a", "?ref=main", "?rev=0123456789012345678901234567890123456789", "#a"),
    *(
        "?rev=x",
        "?ref=a..b",
        "?host=h.org",
        "?host=-h",
        "?dir=a&ref=b",
        "?x=y",
        "/",
        "?submodules=1",
    ),
    *("?narHash=sha256-47DEQpj8HBSa%2B/TImW%2B5JCeuQeRkm5NMpJWZG3hSuFU=", "?lastModified=1", "?a"),
)


def _flake(random: Random) -> str:
    return random.choice(_FLAKES) + random.choice(_ENDS)


KINDS: dict[str, Callable[[Random], str]] = {
    "regex": pattern,
    "subject": _subject,
    "json": lambda random: _json(random, 3),
    "toml": _toml,
    "version": _version,
    "flakeref": _flake,
}


def document(kind: str, random: Random) -> str:
    """A string literal with a random text of a kind in it."""
    return f'"{KINDS[kind](random)}"'
