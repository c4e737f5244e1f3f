"""The types of flake references and what each may say, as in Nix 2.26."""

from __future__ import annotations

Reference = dict[str, str | int | bool]

FORGES = ("github", "gitlab", "sourcehut")
NUMBERS = ("lastModified", "revCount")
FLAGS = ("submodules", "shallow", "allRefs", "exportIgnore", "verifyCommit")
# What asks for signed commits; Nix refuses them unless its experiment is switched on.
VERIFIED = ("keytype", "publicKey", "publicKeys", "verifyCommit")
GIT_KEYS = ("ref", "rev", "keytype", "publicKey", "publicKeys", *FLAGS)
TRANSPORTS = {
    "git": ("http", "https", "ssh", "git", "file"),
    "hg": ("http", "https", "ssh", "file"),
    "tarball": ("http", "https", "file"),
    "file": ("http", "https", "file"),
}
_FORGE_ATTRIBUTES = (
    "owner", "repo", "ref", "rev", "narHash", "lastModified", "host", "treeHash",
)  # fmt: skip
_DOWNLOAD_ATTRIBUTES = ("url", "narHash", "name", "unpack", *("rev", "revCount", "lastModified"))
# What each type of reference may say, `type` and a flake's `dir` aside.
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "indirect": ("id", "ref", "rev", "narHash"),
    "path": ("path", "rev", "revCount", "lastModified", "narHash"),
    "git": (
        *("url", "lastModified", "revCount", "narHash", "name", "dirtyRev", "dirtyShortRev"),
        *GIT_KEYS,
    ),
    "hg": ("url", "ref", "rev", "revCount", "narHash", "name"),
    "tarball": _DOWNLOAD_ATTRIBUTES,
    "file": _DOWNLOAD_ATTRIBUTES,
    **dict.fromkeys(FORGES, _FORGE_ATTRIBUTES),
}  # fmt: skip
NEEDED = {
    "indirect": ("id",), "path": ("path",), **dict.fromkeys(FORGES, ("owner", "repo")),
    **dict.fromkeys(("git", "hg", "tarball", "file"), ("url",)),
}  # fmt: skip
