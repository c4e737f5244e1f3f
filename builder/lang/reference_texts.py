"""References of flakes as texts and as sets: a pure format, nothing is looked up."""

from __future__ import annotations

import re
from collections.abc import Callable

from builder.lang.builtins.hashing import parse_hash
from builder.lang.errors import EvalError
from builder.lang.reference_checks import (
    BRANCH,
    COMMIT,
    ID,
    check,
    check_rev,
    check_texts,
    ref_problem,
    refuse_verified,
)
from builder.lang.reference_types import (
    ATTRIBUTES,
    FLAGS,
    FORGES,
    GIT_KEYS,
    NEEDED,
    NUMBERS,
    TRANSPORTS,
    Reference,
)
from builder.lang.reference_urls import (
    PLAIN_IN_PATHS,
    SCHEME,
    URL,
    asking,
    escape,
    git_url,
    quiet,
    read_query,
    unquote,
)

# What needs no scheme: a name, and any of what a branch's name may be.
_INDIRECT = re.compile(rf"{ID.pattern}(?:/{BRANCH.pattern})?")


def _not_absolute(text: str) -> EvalError:
    return EvalError(f"flake reference '{text}' is not an absolute path")


def parse(text: str, say: Callable[[str], None] = quiet) -> Reference:
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
    if _INDIRECT.fullmatch(whole):
        return _indirect(whole)
    head, _, query = whole.partition("?")
    pairs = read_query(query, say)
    scheme = SCHEME.fullmatch(head)
    if scheme is None:
        if not head.startswith("/"):
            raise _not_absolute(text)
        return _path(f"//{escape(head, PLAIN_IN_PATHS)}", pairs)
    kind, rest = scheme[1], scheme[2]
    if URL.fullmatch(whole) is None:
        raise _not_absolute(text)
    if kind in FORGES:
        return _forge(kind, rest, pairs, text)
    if kind == "path":
        return _path(rest, pairs)
    if kind == "flake":
        if rest.startswith("//"):  # a host's name, which counts for nothing
            rest = rest[2:].partition("/")[2]
        try:
            return {**_indirect(rest), "dir": pairs.get("dir", "")}
        except EvalError:
            raise _not_absolute(text) from None
    transport, _, inner = kind.partition("+")
    if kind == "git" or (transport in ("git", "hg") and inner in TRANSPORTS[transport]):
        found = _repository(transport, f"{inner or 'git'}:{rest}", pairs)
        if ref_problem(found):
            raise _not_absolute(text)
        return found
    plain = kind in ("http", "https", "file")
    if plain or (transport in ("tarball", "file") and inner in TRANSPORTS[transport]):
        made: Reference = {"type": "file" if transport == "file" and inner else "tarball"}
        return _download(made, f"{inner or kind}:{rest}", pairs)
    pairs.pop("dir", None)
    raise EvalError(f"input '{asking(head, pairs)}' is unsupported")


def _indirect(path: str) -> Reference:
    """``id[/ref][/rev]``. Raises `EvalError`."""
    url = f"flake://{path}"
    name, *more = [part for part in path.split("/") if part] or [""]
    if len(more) > 2:
        raise EvalError(f"GitHub URL '{url}' is invalid")
    if not ID.fullmatch(name):
        raise EvalError(f"'{name}' is not a valid flake ID")
    if more and not COMMIT.fullmatch(more[-1]):
        if len(more) == 2:
            raise EvalError(f"in flake URL '{url}', '{more[1]}' is not a commit hash")
        if not BRANCH.fullmatch(more[0]):
            raise EvalError(
                f"in flake URL '{url}', '{more[0]}' is not a commit hash or branch/tag name"
            )
        return {"type": "indirect", "id": name, "ref": more[0]}
    return {
        "type": "indirect",
        "id": name,
        **dict(zip(("rev", "ref"), reversed(more), strict=False)),
    }


def _with(pairs: dict[str, str], made: Reference) -> Reference:
    for key, value in pairs.items():
        made[key] = int(value) if key in NUMBERS and value.isdecimal() else value
    return made


def _path(rest: str, pairs: dict[str, str]) -> Reference:
    text = asking(f"path:{rest}", {key: pairs[key] for key in pairs if key != "dir"})
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
    if len(parts) < 2 or twice or BRANCH.fullmatch(pairs.get("ref", "a")) is None:
        raise _not_absolute(text)
    if "rev" in pairs:
        check_rev(pairs["rev"])
    if bool(named) + ("ref" in pairs) + ("rev" in pairs) > 1:
        raise _not_absolute(text)
    made: Reference = {"type": kind, "owner": parts[0], "repo": parts[1]}
    if named:
        if BRANCH.fullmatch(named) is None:
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
    whole = asking(url, left)
    made["url"] = git_url(whole) if kind == "git" else whole
    if kind == "git":
        refuse_verified(made)
    return made


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
    made["url"] = asking(url, left)
    return made


def show(reference: Reference, say: Callable[[str], None] = quiet) -> str:
    """The text of a reference's attributes; `say` as for `parse`. Raises `EvalError`."""
    check_texts(reference)
    check({key: value for key, value in reference.items() if key != "dir"})
    rest = dict(reference)
    kind = str(rest.pop("type"))
    match kind:
        case "indirect" | "github" | "gitlab" | "sourcehut":
            parts = [str(rest.pop(name)) for name in (*NEEDED[kind], "ref", "rev") if name in rest]
            head = "flake:" if kind == "indirect" else f"{kind}:"
            head += escape("/".join(parts), PLAIN_IN_PATHS)
            keys = {"dir", "narHash"}
        case "path":
            head = f"path:{escape(str(rest.pop('path')), PLAIN_IN_PATHS)}"
            keys = {"dir", *ATTRIBUTES["path"]}
        case "git" | "hg":
            url = str(rest.pop("url"))
            url = git_url(url) if kind == "git" else url
            read_query(url.partition("?")[2], say)  # the reference checks it, and writes it later
            head = url if url.startswith(f"{kind}:") else f"{kind}+{url}"
            keys = {"dir", *GIT_KEYS} - {"allRefs"}
            rest = {key: value for key, value in rest.items() if value is not False}
        case _:
            head = str(rest.pop("url"))
            keys = {"dir", "narHash"}
    head, _, query = head.partition("?")
    if kind in ("git", "hg", "tarball", "file"):
        head = _encoded(head)
    pairs = {**read_query(query, say), **{key: _text(rest[key]) for key in rest if key in keys}}
    return asking(head, pairs)


def _encoded(url: str) -> str:
    """A URL without its query whose path has percent signs where they are needed, only there."""
    scheme, _, rest = url.partition(":")
    slash = rest.find("/", 2) if rest.startswith("//") else 0
    authority, path = (rest, "") if slash < 0 else (rest[:slash], rest[slash:])
    return f"{scheme}:{authority}{escape(unquote(path), PLAIN_IN_PATHS)}"


def _text(value: str | int | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
