"""`parseFlakeRef` and `flakeRefToString`: references of flakes as texts and as sets.

A pure format: nothing is looked up. The types of a reference are those of Nix
2.26: indirect, path, git, hg, tarball, file, github, gitlab and sourcehut.
"""

from __future__ import annotations

import re
from typing import Any

from builder.lang.builtins.hashing import parse_hash
from builder.lang.builtins.table import PURE
from builder.lang.errors import EvalError
from builder.lang.expect import want_attrs, want_plain
from builder.lang.thunks import force
from builder.lang.values import describe

Reference = dict[str, str | int | bool]

_ID = r"[a-zA-Z][a-zA-Z0-9_-]*"
_REV = re.compile(r"[0-9a-f]{40}")
_REF = r"[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*"
_INDIRECT = re.compile(rf"(?:flake:)?({_ID})(?:/({_REF}?))?(?:/([0-9a-f]{{40}}))?")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(.*)", re.DOTALL)
_FORGES = ("github", "gitlab", "sourcehut")
_NUMBERS = ("lastModified", "revCount")
_FLAGS = ("submodules", "shallow", "allRefs", "exportIgnore", "lfs", "verifyCommit")
_GIT_KEYS = ("ref", "rev", *_FLAGS)
_CHAR = r"""(?:[a-zA-Z0-9._~!$&'"()*+,;=:@-]|%[0-9a-fA-F]{2})"""
_URL = re.compile(rf"{_CHAR}*(?:/{_CHAR}*)*(?:\?(?:{_CHAR}|[/? ])*)?")
_TEXTS = ("type", "id", "owner", "repo", "ref", "rev", "path", "url", "dir", "narHash", "host")
_SAFE = "/:@~!$'()*+,;=-._"


def _not_absolute(text: str) -> EvalError:
    return EvalError(f"flake reference '{text}' is not an absolute path")


def unquote(text: str) -> str:
    """The text without its percent signs."""
    if "%" not in text:
        return text
    from urllib.parse import unquote as decode  # rarely needed, slow to import

    return decode(text)


def _query(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in text.split("&") if text else ():
        key, equals, value = item.partition("=")
        if equals:
            pairs[unquote(key)] = unquote(value)
    return pairs


def _check_rev(rev: str) -> str:
    if _REV.fullmatch(rev) is None:
        parse_hash(rev, "sha1")
    return rev


def parse(text: str) -> Reference:
    """The attributes of a reference. Raises `EvalError`."""
    whole, _, fragment = text.partition("#")
    if fragment:
        raise EvalError(f"unexpected fragment '{fragment}' in flake reference '{text}'")
    indirect = _INDIRECT.fullmatch(whole)
    if indirect is not None and not whole.endswith("/"):
        return _indirect(indirect)
    head, _, query = whole.partition("?")
    pairs = _query(query)
    scheme = _SCHEME.fullmatch(head)
    if scheme is None:
        if not head.startswith("/"):
            raise _not_absolute(text)
        return _with(pairs, {"type": "path", "path": unquote(head)})
    kind, rest = scheme[1], scheme[2]
    if _URL.fullmatch(whole) is None:
        raise _not_absolute(text)
    if kind in _FORGES:
        return _forge(kind, rest, pairs, text)
    if kind == "path":
        for key in pairs.keys() - {"rev", "narHash", *_NUMBERS}:
            shown = re.sub(" ", "%20", text)
            raise EvalError(f"path URL '{shown}' has unsupported parameter '{key}'")
        return _with(pairs, {"type": "path", "path": unquote(rest)})
    transport, _, inner = kind.partition("+")
    if transport in ("git", "hg") and (inner or kind == "git"):
        return _repository(transport, f"{inner or 'git'}:{rest}", pairs)
    if kind in ("http", "https", "file") or transport in ("tarball", "file"):
        made: Reference = {"type": "file" if transport == "file" and inner else "tarball"}
        return _download(made, f"{inner or kind}:{rest}", pairs)
    raise EvalError(f"input '{text}' is unsupported")


def _indirect(match: re.Match[str]) -> Reference:
    made: Reference = {"type": "indirect", "id": match[1]}
    ref, rev = match[2], match[3]
    if ref and rev is None and _REV.fullmatch(ref):
        ref, rev = None, ref
    if ref:
        made["ref"] = ref
    if rev:
        made["rev"] = rev
    return made


def _with(pairs: dict[str, str], made: Reference) -> Reference:
    for key, value in pairs.items():
        made[key] = int(value) if key in _NUMBERS and value.isdecimal() else value
    return made


def _forge(kind: str, rest: str, pairs: dict[str, str], text: str) -> Reference:
    parts = [unquote(part) for part in rest.split("/")]
    if kind == "gitlab":  # a group may hold groups, its slashes written as %2F
        parts = [part for whole in rest.split("/") for part in unquote(whole).split("/")]
    if len(parts) < 2 or not all(parts) or (len(parts) > 2 and {"ref", "rev"} & pairs.keys()):
        raise _not_absolute(text)
    made: Reference = {"type": kind, "owner": parts[0], "repo": parts[1]}
    if len(parts) > 2:
        named = "/".join(parts[2:])
        made["rev" if _REV.fullmatch(named) else "ref"] = named
    for key, value in pairs.items():
        if key == "rev":
            _check_rev(value)
        if key == "narHash":
            parse_hash(value, None)
        made[key] = value
    return made


def _repository(kind: str, url: str, pairs: dict[str, str]) -> Reference:
    made: Reference = {"type": kind}
    left: list[str] = []
    for key, value in pairs.items():
        if key in ("dir", "narHash"):
            made[key] = value
        elif key in _GIT_KEYS:
            made[key] = value == "1" if key in _FLAGS else value
            if key == "rev":
                _check_rev(value)
        else:
            left.append(f"{key}={value}")
    made["url"] = url + (f"?{'&'.join(sorted(left))}" if left else "")
    return made


def _download(made: Reference, url: str, pairs: dict[str, str]) -> Reference:
    left: list[str] = []
    for key, value in pairs.items():
        if key in ("dir", "narHash", "rev", "revCount", "lastModified"):
            made[key] = int(value) if key in _NUMBERS else value
            if key == "narHash":
                parse_hash(value, None)
        else:
            left.append(f"{key}={value}")
    made["url"] = url + (f"?{'&'.join(sorted(left))}" if left else "")
    return made


def show(reference: Reference) -> str:
    """The text of a reference's attributes. Raises `EvalError`."""
    _check_texts(reference)
    rest = dict(reference)
    kind = str(rest.pop("type", ""))
    if not kind:
        raise EvalError("'type' attribute to specify input scheme is required but not provided")
    match kind:
        case "indirect" | "github" | "gitlab" | "sourcehut":
            names = ("id",) if kind == "indirect" else ("owner", "repo")
            head = "flake:" if kind == "indirect" else f"{kind}:"
            head += "/".join(str(_take(rest, name)) for name in names)
            for name in ("ref", "rev"):
                if name in rest:
                    head += f"/{rest.pop(name)}"
            rest.pop("host", None)
        case "path":
            head = f"path:{_escape(str(_take(rest, 'path')), _SAFE)}"
        case "git" | "hg":
            url = str(_take(rest, "url"))
            head = url if url.startswith(f"{kind}:") else f"{kind}+{url}"
            keys = {"dir", *_GIT_KEYS} - {"allRefs"}
            rest = {key: value for key, value in rest.items() if key in keys}
        case "tarball" | "file":
            head = str(_take(rest, "url"))
            rest = {key: rest[key] for key in ("dir", "narHash") if key in rest}
        case _:
            raise EvalError(f"cannot show unsupported input '{_json(reference)}'")
    head, _, query = head.partition("?")
    pairs = {**_query(query), **{key: _text(value) for key, value in rest.items()}}
    shown = "&".join(f"{key}={_escape(pairs[key])}" for key in sorted(pairs))
    return f"{head}?{shown}" if shown else head


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
    if reference.get("type") in _FORGES and "rev" in reference:
        _check_rev(str(reference["rev"]))


def _escape(value: str, safe: str = "/:@~!$'()*+,;-._") -> str:
    from urllib.parse import quote  # rarely needed, slow to import

    return quote(value, safe=safe)


def _text(value: str | int | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _take(rest: Reference, name: str) -> str | int | bool:
    if name not in rest:
        raise EvalError(f"input attribute '{name}' is missing")
    return rest.pop(name)


@PURE.add("parseFlakeRef", "s")
def parse_flake_ref(text: Any) -> Any:
    """The attributes of a flake reference."""
    return parse(want_plain(text))


@PURE.add("flakeRefToString", "s")
def flake_ref_to_string(attrs: Any) -> str:
    """The text of a flake reference's attributes."""
    given = want_attrs(attrs)
    reference: Reference = {}
    for name in sorted(given):
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
    return show(reference)
