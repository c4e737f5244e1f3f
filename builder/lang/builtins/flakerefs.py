"""`parseFlakeRef` and `flakeRefToString`: references of flakes as texts and as sets.

A pure format: nothing is looked up. The types of a reference are those of Nix
2.26: indirect, path, git, hg, tarball, file, github, gitlab and sourcehut.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from builder.lang.builtins.hashing import parse_hash
from builder.lang.builtins.table import World
from builder.lang.errors import EvalError, switched_off
from builder.lang.expect import want_attrs, want_plain
from builder.lang.reference_types import (
    ATTRIBUTES,
    FLAGS,
    FORGES,
    GIT_KEYS,
    NEEDED,
    NUMBERS,
    TRANSPORTS,
    VERIFIED,
)
from builder.lang.symbols import in_order
from builder.lang.thunks import force
from builder.lang.values import Builtin, describe

Reference = dict[str, str | int | bool]

_ID = r"[a-zA-Z][a-zA-Z0-9_-]*"
_SRI = re.compile(r"(md5|sha1|sha256|sha512)-[A-Za-z0-9+/]+={0,2}")
COMMIT = re.compile(r"[0-9a-f]{40}")
_REF = r"[a-zA-Z0-9@][a-zA-Z0-9_.@+-]*"
_ID_ONLY = re.compile(_ID)
_BRANCH = re.compile(r"[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*")
_INDIRECT = re.compile(rf"(?:flake:)?({_ID})(?:/({_REF}))?(?:/([0-9a-f]{{40}}))?")
_SCP = re.compile(r"(?!/)([^/]*)@(.*):(.*)")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(.*)", re.DOTALL)
_CHAR = r"""(?:[a-zA-Z0-9._~!$&'"()*+,;=:@-]|%[0-9a-fA-F]{2})"""
_URL = re.compile(rf"{_CHAR}*(?:/{_CHAR}*)*(?:\?(?:{_CHAR}|[/? ])*)?")
_AUTHORITY = re.compile(r"(?:[^@:]*@)?[^@:]*(?::\d+)?")
_TEXTS = ("type", "id", "owner", "repo", "ref", "rev", "path", "url", "dir", "narHash", "host")
# What git allows in no name of a branch or a tag (git-check-ref-format). Compiled when it is
# needed, which is rare.
_NO_REF = r"//|^[./]|/\.|\.\.|[\x00-\x20\x7f:?^~\[\\*]|\.lock(?:$|/)|@\{|[/.]$|^@$|^$"
_PLAIN = ":@/?-._~"  # what stays as it is in a query
_PLAIN_IN_PATHS = "/:@-._~"


def _not_absolute(text: str) -> EvalError:
    return EvalError(f"flake reference '{text}' is not an absolute path")


def unquote(text: str) -> str:
    """The text without its percent signs."""
    if "%" not in text:
        return text
    from urllib.parse import unquote as decode  # rarely needed, slow to import

    return decode(text)


def _quiet(line: str) -> None:
    """Nobody is told."""


def _query(text: str, say: Callable[[str], None] = _quiet) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in text.split("&") if text else ():
        key, equals, value = item.partition("=")
        if equals:
            pairs.setdefault(key, unquote(value))
        elif item:
            say(f"warning: dubious URI query '{item}' is missing equal sign '=', ignoring")
    return pairs


def _asking(url: str, pairs: dict[str, str]) -> str:
    """The URL with a query of these, sorted."""
    query = "&".join(
        f"{_escape(key, _PLAIN)}={_escape(pairs[key], _PLAIN)}" for key in sorted(pairs)
    )
    return f"{url}?{query}" if query else url


def _check_rev(rev: str) -> str:
    if COMMIT.fullmatch(rev) is None:
        parse_hash(rev, "sha1")
    return rev


def parse(text: str, say: Callable[[str], None] = _quiet) -> Reference:
    """The attributes of a reference; `say` is told what is left out. Raises `EvalError`."""
    whole, _, fragment = text.partition("#")
    made = _parse(whole, text, say)
    if fragment:
        raise EvalError(f"unexpected fragment '{fragment}' in flake reference '{text}'")
    if made.get("dir") == "":
        del made["dir"]
    return made


def _parse(whole: str, text: str, say: Callable[[str], None]) -> Reference:
    """The same of a reference without its fragment; messages name the `text` with it."""
    indirect = _INDIRECT.fullmatch(whole)
    if indirect is not None and not whole.endswith("/"):
        return _indirect(indirect)
    head, _, query = whole.partition("?")
    pairs = _query(query, say)
    scheme = _SCHEME.fullmatch(head)
    if scheme is None:
        if not head.startswith("/"):
            raise _not_absolute(text)
        return _path(f"//{_escape(head, _PLAIN_IN_PATHS)}", pairs)
    kind, rest = scheme[1], scheme[2]
    if _URL.fullmatch(whole) is None:
        raise _not_absolute(text)
    if kind in FORGES:
        return _forge(kind, rest, pairs, text)
    if kind == "path":
        return _path(rest, pairs)
    if kind == "flake":
        indirect = _INDIRECT.fullmatch("/".join(part for part in rest.split("/") if part))
        if indirect is None:
            raise _not_absolute(text)
        return {**_indirect(indirect), "dir": pairs.get("dir", "")}
    transport, _, inner = kind.partition("+")
    if kind == "git" or (transport in ("git", "hg") and inner in TRANSPORTS[transport]):
        found = _repository(transport, f"{inner or 'git'}:{rest}", pairs)
        if _ref_problem(found):
            raise _not_absolute(text)
        return found
    plain = kind in ("http", "https", "file")
    if plain or (transport in ("tarball", "file") and inner in TRANSPORTS[transport]):
        made: Reference = {"type": "file" if transport == "file" and inner else "tarball"}
        return _download(made, f"{inner or kind}:{rest}", pairs)
    pairs.pop("dir", None)
    raise EvalError(f"input '{_asking(head, pairs)}' is unsupported")


def _indirect(match: re.Match[str]) -> Reference:
    made: Reference = {"type": "indirect", "id": match[1]}
    ref, rev = match[2], match[3]
    if ref and rev is None and COMMIT.fullmatch(ref):
        ref, rev = None, ref
    if ref:
        made["ref"] = ref
    if rev:
        made["rev"] = rev
    return made


def _with(pairs: dict[str, str], made: Reference) -> Reference:
    for key, value in pairs.items():
        made[key] = int(value) if key in NUMBERS and value.isdecimal() else value
    return made


def _path(rest: str, pairs: dict[str, str]) -> Reference:
    text = _asking(f"path:{rest}", {key: pairs[key] for key in pairs if key != "dir"})
    if rest.startswith("//"):
        authority, slash, inner = rest[2:].partition("/")
        if authority:
            raise EvalError(f"path URL '{text}' should not have an authority ('{authority}')")
        rest = slash + inner
    for key, value in sorted(pairs.items()):
        if key in NUMBERS and not value.isdecimal():
            raise EvalError(f"path URL '{text}' has invalid parameter '{key}'")
        if key not in ("rev", "narHash", "dir", *NUMBERS):
            raise EvalError(f"path URL '{text}' has unsupported parameter '{key}'")
    return _with(pairs, {"type": "path", "path": unquote(rest)})


def _forge(kind: str, rest: str, pairs: dict[str, str], text: str) -> Reference:
    parts = [part for part in unquote(rest).split("/") if part]
    named = "/".join(parts[2:])
    is_rev = COMMIT.fullmatch(named) is not None
    twice = ("rev" if is_rev else "ref") in pairs and named
    if len(parts) < 2 or twice or _BRANCH.fullmatch(pairs.get("ref", "a")) is None:
        raise _not_absolute(text)
    if "rev" in pairs:
        _check_rev(pairs["rev"])
    if bool(named) + ("ref" in pairs) + ("rev" in pairs) > 1:
        raise _not_absolute(text)
    made: Reference = {"type": kind, "owner": parts[0], "repo": parts[1]}
    if named:
        if _BRANCH.fullmatch(named) is None:
            raise _not_absolute(text)
        made["rev" if is_rev else "ref"] = named
    for key, value in pairs.items():
        if key == "narHash":
            parse_hash(value, None)
        if key in ("dir", "ref", "rev", "host", "narHash"):
            made[key] = value
    return made


def _repository(kind: str, url: str, pairs: dict[str, str]) -> Reference:
    made: Reference = {"type": kind}
    left: dict[str, str] = {}
    for key, value in pairs.items():
        if key == "dir":
            made[key] = value
        elif key in GIT_KEYS:
            made[key] = value == "1" if key in FLAGS else value
        else:
            left[key] = value
    whole = _asking(url, left)
    made["url"] = _git_url(whole) if kind == "git" else whole
    if kind == "git":
        _refuse_verified(made)
    return made


def _git_url(url: str) -> str:
    """What git is told: ``user@host:path`` means ssh, and what has no ``//`` a file."""
    found = _SCP.fullmatch(url)
    if found:
        url = f"ssh://{found[1]}@{found[2]}/{found[3]}"
    if "://" in url or url.startswith("file:"):
        return url
    return f"file://{_escape(url or '/', _PLAIN_IN_PATHS)}"


def _download(made: Reference, url: str, pairs: dict[str, str]) -> Reference:
    left: dict[str, str] = {}
    for key, value in pairs.items():
        if key in ("dir", "narHash", "rev"):
            made[key] = value
        elif key in NUMBERS:
            if value.isdecimal():
                made[key] = int(value)
        elif key != "unpack":
            left[key] = value
    made["url"] = _asking(url, left)
    return made


def check(reference: Reference) -> None:
    """Insist on a known type with its attributes. Raises `EvalError`."""
    _check_texts(reference)
    kind = str(reference.get("type", ""))
    if not kind:
        raise EvalError("'type' attribute to specify input scheme is required but not provided")
    if kind not in ATTRIBUTES:
        raise EvalError(f"cannot show unsupported input '{_json(reference)}'")
    if kind == "git":
        _refuse_verified(reference)
    for name in sorted(reference):
        if name != "type" and name not in ATTRIBUTES[kind]:
            raise EvalError(f"input attribute '{name}' not supported by scheme '{kind}'")
    for name in NEEDED[kind]:
        if name not in reference:
            raise EvalError(f"input attribute '{name}' is missing")
    if kind == "indirect" and not _ID_ONLY.fullmatch(str(reference["id"])):
        raise EvalError(f"'{reference['id']}' is not a valid flake ID")
    if kind in ("git", "hg", "tarball", "file"):
        _check_url(kind, str(reference["url"]))
        if problem := _ref_problem(reference):
            raise EvalError(problem)
        for name in FLAGS:
            if kind == "git" and not isinstance(reference.get(name, False), bool):
                raise EvalError(f"input attribute '{name}' is not a Boolean")
    if "rev" in reference:
        _check_rev(str(reference["rev"]))
    if "narHash" in reference and not _SRI.match(str(reference["narHash"])):
        raise EvalError(f"hash '{reference['narHash']}' is not SRI")
    if "narHash" in reference:
        parse_hash(str(reference["narHash"]), None)


def _refuse_verified(reference: Reference) -> None:
    if any(name in reference for name in VERIFIED):
        raise EvalError(switched_off("verified-fetches"))


def _ref_problem(reference: Reference) -> str | None:
    """Why the name of a branch or a tag cannot be one, None when it can."""
    ref = str(reference.get("ref", "master"))
    if reference["type"] == "hg" and _BRANCH.fullmatch(ref) is None:
        return f"invalid Mercurial branch/tag name '{ref}'"
    if reference["type"] == "git" and re.search(_NO_REF, ref):
        return f"invalid Git branch/tag name '{ref}'"
    return None


def _check_url(kind: str, url: str) -> None:
    url = _git_url(url) if kind == "git" else url
    host = url.removeprefix("file://").partition("/")[0] if url.startswith("file://") else ""
    if host and _AUTHORITY.fullmatch(host):
        raise EvalError(f"file:// URL '{url}' has unexpected authority '{host}'")
    if _SCHEME.fullmatch(url) is None or _URL.fullmatch(url) is None:
        raise EvalError(f"'{url}' is not a valid URL")


def show(reference: Reference, say: Callable[[str], None] = _quiet) -> str:
    """The text of a reference's attributes; `say` as for `parse`. Raises `EvalError`."""
    _check_texts(reference)
    check({key: value for key, value in reference.items() if key != "dir"})
    rest = dict(reference)
    kind = str(rest.pop("type"))
    match kind:
        case "indirect" | "github" | "gitlab" | "sourcehut":
            parts = [str(rest.pop(name)) for name in (*NEEDED[kind], "ref", "rev") if name in rest]
            head = "flake:" if kind == "indirect" else f"{kind}:"
            head += _escape("/".join(parts), _PLAIN_IN_PATHS)
            keys = {"dir", "narHash"}
        case "path":
            head = f"path:{_escape(str(rest.pop('path')), _PLAIN_IN_PATHS)}"
            keys = {"dir", *ATTRIBUTES["path"]}
        case "git" | "hg":
            url = str(rest.pop("url"))
            url = _git_url(url) if kind == "git" else url
            _query(url.partition("?")[2], say)  # the reference checks it, and writes it later
            head = url if url.startswith(f"{kind}:") else f"{kind}+{url}"
            keys = {"dir", *GIT_KEYS} - {"allRefs"}
            rest = {key: value for key, value in rest.items() if value is not False}
        case _:
            head = str(rest.pop("url"))
            keys = {"dir", "narHash"}
    head, _, query = head.partition("?")
    if kind in ("git", "hg", "tarball", "file"):
        head = _encoded(head)
    pairs = {**_query(query, say), **{key: _text(rest[key]) for key in rest if key in keys}}
    return _asking(head, pairs)


def _encoded(url: str) -> str:
    """A URL without its query whose path has percent signs where they are needed, only there."""
    scheme, _, rest = url.partition(":")
    slash = rest.find("/", 2) if rest.startswith("//") else 0
    authority, path = (rest, "") if slash < 0 else (rest[:slash], rest[slash:])
    return f"{scheme}:{authority}{_escape(unquote(path), _PLAIN_IN_PATHS)}"


def _json(reference: Reference) -> str:
    import json

    return json.dumps(reference, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _check_texts(reference: Reference) -> None:
    """Insist that what must be a text is one. Raises `EvalError`."""
    for name in _TEXTS:
        if name == "rev" and reference.get("type") == "path":
            continue  # which takes whatever it is
        if not isinstance(reference.get(name, ""), str):
            raise EvalError(f"input attribute '{name}' is not a string {_json(reference)}")


def _escape(value: str, safe: str) -> str:
    from urllib.parse import quote  # rarely needed, slow to import

    return quote(value, safe=safe)


def _text(value: str | int | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def install(world: World) -> dict[str, Builtin]:
    """`parseFlakeRef` and `flakeRefToString`."""

    def parse_flake_ref(text: Any) -> Any:
        """The attributes of a flake reference."""
        return parse(want_plain(text), world.host.trace)

    def flake_ref_to_string(attrs: Any) -> str:
        """The text of a flake reference's attributes."""
        return show(_given(attrs), world.host.trace)

    runs = {"parseFlakeRef": parse_flake_ref, "flakeRefToString": flake_ref_to_string}
    return {name: Builtin(name, "s", run) for name, run in runs.items()}


def _given(attrs: Any) -> Reference:
    """What `flakeRefToString` is given. Raises `EvalError`."""
    given = want_attrs(attrs)
    reference: Reference = {}
    for name in in_order(given):
        value = force(given[name])
        if isinstance(value, int) and not isinstance(value, bool) and value < 0:
            raise EvalError(f"negative value given for flake ref attr {name}: {value}")
        if isinstance(value, (str, int)):
            reference[name] = value
        else:
            raise EvalError(
                f"flake reference attribute sets may only contain integers, Booleans, and strings, "
                f"but attribute '{name}' is {describe(value)}"
            )
    return reference
