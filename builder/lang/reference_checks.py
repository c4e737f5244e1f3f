"""What the attributes of a flake reference must be, as in Nix 2.26."""

from __future__ import annotations

import re

from builder.lang.builtins.hashing import parse_hash
from builder.lang.errors import EvalError, switched_off
from builder.lang.reference_types import ATTRIBUTES, FLAGS, NEEDED, VERIFIED, Reference
from builder.lang.reference_urls import SCHEME, URL, git_url

ID = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*")
_SRI = re.compile(r"(md5|sha1|sha256|sha512)-[A-Za-z0-9+/]+={0,2}")
COMMIT = re.compile(r"[0-9a-f]{40}")
BRANCH = re.compile(r"[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*")
_AUTHORITY = re.compile(r"(?:[^@:]*@)?[^@:]*(?::\d+)?")
_TEXTS = ("type", "id", "owner", "repo", "ref", "rev", "path", "url", "dir", "narHash", "host")
# What git allows in no name of a branch or a tag (git-check-ref-format). Compiled when it is
# needed, which is rare.
_NO_REF = r"//|^[./]|/\.|\.\.|[\x00-\x20\x7f:?^~\[\\*]|\.lock(?:$|/)|@\{|[/.]$|^@$|^$"


def check(reference: Reference) -> None:
    """Insist on a known type with its attributes. Raises `EvalError`."""
    check_texts(reference)
    kind = str(reference.get("type", ""))
    if not kind:
        raise EvalError("'type' attribute to specify input scheme is required but not provided")
    if kind not in ATTRIBUTES:
        raise EvalError(f"cannot show unsupported input '{_json(reference)}'")
    if kind == "git":
        refuse_verified(reference)
    for name in sorted(reference):
        if name != "type" and name not in ATTRIBUTES[kind]:
            raise EvalError(f"input attribute '{name}' not supported by scheme '{kind}'")
    for name in NEEDED[kind]:
        if name not in reference:
            raise EvalError(f"input attribute '{name}' is missing")
    if kind == "indirect" and not ID.fullmatch(str(reference["id"])):
        raise EvalError(f"'{reference['id']}' is not a valid flake ID")
    if kind in ("git", "hg", "tarball", "file"):
        _check_url(kind, str(reference["url"]))
        if problem := ref_problem(reference):
            raise EvalError(problem)
        for name in FLAGS:
            if kind == "git" and not isinstance(reference.get(name, False), bool):
                raise EvalError(f"input attribute '{name}' is not a Boolean")
    if "rev" in reference:
        check_rev(str(reference["rev"]))
    if "narHash" in reference and not _SRI.match(str(reference["narHash"])):
        raise EvalError(f"hash '{reference['narHash']}' is not SRI")
    if "narHash" in reference:
        parse_hash(str(reference["narHash"]), None)


def check_texts(reference: Reference) -> None:
    """Insist that what must be a text is one. Raises `EvalError`."""
    for name in _TEXTS:
        if name == "rev" and reference.get("type") == "path":
            continue  # which takes whatever it is
        if not isinstance(reference.get(name, ""), str):
            raise EvalError(f"input attribute '{name}' is not a string {_json(reference)}")


def check_rev(rev: str) -> str:
    if COMMIT.fullmatch(rev) is None:
        parse_hash(rev, "sha1")
    return rev


def refuse_verified(reference: Reference) -> None:
    if any(name in reference for name in VERIFIED):
        raise EvalError(switched_off("verified-fetches"))


def ref_problem(reference: Reference) -> str | None:
    """Why the name of a branch or a tag cannot be one, None when it can."""
    ref = str(reference.get("ref", "master"))
    if reference["type"] == "hg" and BRANCH.fullmatch(ref) is None:
        return f"invalid Mercurial branch/tag name '{ref}'"
    if reference["type"] == "git" and re.search(_NO_REF, ref):
        return f"invalid Git branch/tag name '{ref}'"
    return None


def _check_url(kind: str, url: str) -> None:
    url = git_url(url) if kind == "git" else url
    host = url.removeprefix("file://").partition("/")[0] if url.startswith("file://") else ""
    if host and _AUTHORITY.fullmatch(host):
        raise EvalError(f"file:// URL '{url}' has unexpected authority '{host}'")
    if SCHEME.fullmatch(url) is None or URL.fullmatch(url) is None:
        raise EvalError(f"'{url}' is not a valid URL")


def _json(reference: Reference) -> str:
    import json

    return json.dumps(reference, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
