"""Derivations of every kind: the `.drv` and all outputs lie where the real Nix puts them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.lang.evaluator import Evaluator
from builder.lang.json_text import to_json
from builder.store.local import LocalStore
from tests.hosts import idle_host
from tests.reference import nix

COMMON = 'name = "x"; system = "s"; builder = "/bin/sh";'
BASE16 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SRI = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
HASHES = {
    "sha256 base 16": f'outputHash = "{BASE16}"; outputHashAlgo = "sha256";',
    "sha256 base 32": 'outputHash = "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73"; '
    'outputHashAlgo = "sha256";',
    "sha256 base 64": f'outputHash = "{SRI[7:]}"; outputHashAlgo = "sha256";',
    "sha256 SRI": f'outputHash = "{SRI}";',
    "sha256 SRI, null algorithm": f'outputHash = "{SRI}"; outputHashAlgo = null;',
    "sha256 prefixed": f'outputHash = "sha256:{BASE16}";',
    "md5": 'outputHash = "d41d8cd98f00b204e9800998ecf8427e"; outputHashAlgo = "md5";',
    "sha1": 'outputHash = "da39a3ee5e6b4b0d3255bfef95601890afd80709"; outputHashAlgo = "sha1";',
    "sha512": 'outputHash = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuw'
    'vY7kxvUdBeoGlODJ6+SfaPg==";',
}  # fmt: skip
PLAIN = {
    "plain": "",
    "arguments": 'args = [ "-c" "echo" 1 true ];',
    "environment": 'a = 1; b = true; c = null; d = [ 1 "x" [ 2 ] ]; e = 1.5; f = "é\\n\\"\\\\";',
    "outputs": 'outputs = [ "out" "dev" "lib" ];',
    "first output": 'outputs = [ "dev" "out" ];',
    "structured": '__structuredAttrs = true; a = { b = [ 1 { c = null; } ]; }; d = 1.5; e = "é";',
    "structured outputs": '__structuredAttrs = true; outputs = [ "out" "dev" ];',
    "no nulls": "__ignoreNulls = true; a = null; b = 1;",
    "no nulls, structured": "__ignoreNulls = true; __structuredAttrs = true; a = null; b = 1;",
    "checks": 'allowedReferences = [ "out" ]; disallowedReferences = [ ]; allowedRequisites = null;'
    ' disallowedRequisites = [ ]; impureEnvVars = [ "A" ]; preferLocalBuild = true;',
    "checks, structured": '__structuredAttrs = true; outputChecks.out = { maxSize = 1; '
    "allowedReferences = [ ]; };",
    "reference": 'src = dep; dev = dep.dev; both = "${dep}/${dep.dev}";',
    "reference, structured": "__structuredAttrs = true; src = dep; list = [ dep dep.dev ];",
    "derivation as a file": "drv = builtins.unsafeDiscardOutputDependency dep.drvPath;",
    "text": 'text = builtins.toFile "t" "content";',
    "text that refers": 'text = builtins.toFile "t" "x ${builtins.toFile "u" "y"}";',
    "a file": "src = ./file;",
    "a folder": "src = ./folder;",
    "placeholder": 'p = builtins.placeholder "out";',
    "fixed reference": "src = fixed;",
    "self": 'a = "${builtins.placeholder "dev"}"; outputs = [ "out" "dev" ];',
}  # fmt: skip
KINDS = {
    **PLAIN,
    **{f"flat {name}": text for name, text in HASHES.items()},
    **{f"recursive {n}": f'{text} outputHashMode = "recursive";' for n, text in HASHES.items()},
    "nar mode": f'{HASHES["sha256 SRI"]} outputHashMode = "nar";',
    "flat mode": f'{HASHES["sha256 SRI"]} outputHashMode = "flat";',
    "to be found": 'outputHash = ""; outputHashAlgo = "sha256";',
    "fixed with a reference": f'{HASHES["sha256 SRI"]} src = dep;',
    "fixed, structured": f"{HASHES['sha256 SRI']} __structuredAttrs = true;",
}  # fmt: skip


def _program(text: str) -> str:
    return f"""
let
  dep = derivation {{ {COMMON} outputs = [ "out" "dev" ]; }};
  fixed = derivation {{ {COMMON} {HASHES["sha256 SRI"]} }};
  made = derivation {{ {COMMON} {text} }};
in {{
  drv = builtins.unsafeDiscardStringContext made.drvPath;
  outputs = map (o: builtins.unsafeDiscardStringContext o.outPath) made.all;
  context = builtins.getContext made.outPath;
}}"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs, with a file and a folder that they add to the store."""
    folder = tmp_path_factory.mktemp("derivations")
    (folder / "file").write_text("a file\n")
    (folder / "folder").mkdir()
    (folder / "folder" / "inside").write_text("inside\n")
    (folder / "folder" / "link").symlink_to("inside")
    for index, text in enumerate(KINDS.values()):
        (folder / f"{index}.nix").write_text(_program(text))
    return folder


@pytest.fixture(scope="module")
def expected(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What the real Nix says, of all kinds in one process."""
    root = tmp_path_factory.mktemp("reference")
    done = nix().run(
        *("nix-instantiate", "--store", str(root), "--eval", "--strict", "--json"),
        *(str(sources / f"{index}.nix") for index in range(len(KINDS))),
        see=[sources], write=[root],
    )  # fmt: skip
    assert done.status == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_kind(kind: str, sources: Path, expected: list[object], tmp_path: Path) -> None:
    """The same paths and the same context."""
    evaluator = Evaluator(idle_host(LocalStore(tmp_path), system="s"))
    index = list(KINDS).index(kind)
    value = evaluator.eval_file(str(sources / f"{index}.nix"))
    assert evaluator.run(lambda: to_json(value, set(), evaluator.coercion)) == expected[index]
