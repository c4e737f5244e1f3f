"""The environment and the files that a sandboxed builder finds, as Nix gives them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.realise import references_graph
from builder.realise.errors import BuildError
from builder.realise.references_graph import ReferencesGraph
from builder.store import base32
from builder.store.derivation import Derivation

BUILD_TOP = "/build"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def attributes(derivation: Derivation) -> Mapping[str, Any]:
    """The derivation's attributes: its structured ones, or its environment."""
    if "__json" not in derivation.env:
        return derivation.env
    parsed = json.loads(derivation.env["__json"])
    if not isinstance(parsed, dict):
        raise BuildError(f"derivation '{derivation.name}': __json does not hold an object")
    return parsed


def prepare(
    derivation: Derivation, top: Path, cores: int, graph: ReferencesGraph
) -> dict[str, str]:
    """Write into `top`, which stands at /build, what the builder reads; return its variables.

    `graph` tells what the derivation's inputs refer to. Raises BuildError for
    attributes that ask for what cannot be.
    """
    given = attributes(derivation)
    env = {
        "PATH": "/path-not-set",
        "HOME": "/homeless-shelter",
        "NIX_STORE": "/nix/store",
        "NIX_BUILD_CORES": str(cores),
    }
    if "__json" in derivation.env:
        outputs = {name: str(path) for name, path in derivation.output_paths().items()}
        data = {**given, "outputs": outputs}
        if references_graph.NAME in given:
            data |= graph.as_json(given[references_graph.NAME])
        (top / ".attrs.json").write_text(json.dumps(data, ensure_ascii=False, sort_keys=True))
        (top / ".attrs.sh").write_text(_shell(data))
        env["NIX_ATTRS_JSON_FILE"] = f"{BUILD_TOP}/.attrs.json"
        env["NIX_ATTRS_SH_FILE"] = f"{BUILD_TOP}/.attrs.sh"
    else:
        env |= _plain(derivation, top)
        if references_graph.NAME in given:
            graph.write_files(given[references_graph.NAME], top)
    if derivation.is_fixed:
        env["NIX_OUTPUT_CHECKED"] = "1"
        for name in str(given.get("impureEnvVars", "")).split():
            env[name] = os.environ.get(name, "")
    env |= dict.fromkeys(("NIX_BUILD_TOP", "TMPDIR", "TEMPDIR", "TMP", "TEMP", "PWD"), BUILD_TOP)
    return env | {"NIX_LOG_FD": "2", "TERM": "xterm-256color"}


def _plain(derivation: Derivation, top: Path) -> dict[str, str]:
    env = dict(derivation.env)
    for name in derivation.env.get("passAsFile", "").split():
        if name in env:
            digest = base32.encode(hashlib.sha256(name.encode()).digest())
            content = env.pop(name).encode("utf-8", "surrogateescape")
            (top / f".attr-{digest}").write_bytes(content)
            env[f"{name}Path"] = f"{BUILD_TOP}/.attr-{digest}"
    return env


def _simple(value: object) -> str | None:
    """A scalar as the shell gets it, None for what is none."""
    match value:
        case None:
            return "''"
        case bool():
            return "1" if value else ""
        case int():
            return str(value)
        case str():
            return shlex.quote(value)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return None


def _shell(data: Mapping[str, Any]) -> str:
    """The declarations of ``.attrs.sh``; what the shell cannot hold is left out."""
    lines = []
    for name, value in sorted(data.items()):
        if not _IDENTIFIER.match(name):
            continue
        if (scalar := _simple(value)) is not None:
            lines.append(f"declare {name}={scalar}\n")
        elif isinstance(value, list):
            items = [_simple(item) for item in value]
            if None not in items:
                lines.append(f"declare -a {name}=({''.join(f'{item} ' for item in items)})\n")
        elif isinstance(value, dict):
            pairs = [(key, _simple(item)) for key, item in sorted(value.items())]
            if all(item is not None for _, item in pairs):
                body = "".join(f"[{shlex.quote(key)}]={item} " for key, item in pairs)
                lines.append(f"declare -A {name}=({body})\n")
    return "".join(lines)


def write_etc(folder: Path, *, network: bool) -> None:
    """The few files below /etc that programs cannot do without."""
    folder.mkdir()
    (folder / "passwd").write_text(
        "root:x:0:0:Nix build user:/build:/noshell\n"
        "nixbld:x:1000:100:Nix build user:/build:/noshell\n"
        "nobody:x:65534:65534:Nobody:/:/noshell\n"
    )
    (folder / "group").write_text("root:x:0:\nnixbld:!:100:\nnogroup:x:65534:\n")
    (folder / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    if network:
        (folder / "nsswitch.conf").write_text("hosts: files dns\nservices: files\n")
        resolver = Path("/etc/resolv.conf")
        if resolver.exists():
            (folder / "resolv.conf").write_bytes(resolver.read_bytes())
