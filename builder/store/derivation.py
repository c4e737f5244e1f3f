"""Derivations and their file format, the ATerm that Nix calls a ``.drv``.

    Derive([outputs],[inputDrvs],[inputSrcs],"system","builder",[args],[env])

Lists that stand for sets and maps are sorted by their bytes; strings escape
only ``" \\ \\n \\r \\t`` ("Derivation ATerm" of the Nix manual). Strings may
hold bytes that are not UTF-8: they are kept as surrogate escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from builder.store.errors import FormatError
from builder.store.hashes import Hash
from builder.store.paths import StorePath

# The backslash first, which stands in the others' escapes.
_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
_UNESCAPE = {"n": "\n", "r": "\r", "t": "\t"}
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output: `path` is None while unknown; `content` is given when it is fixed.

    `recursive`: the content's hash is that of its NAR, else of a single file.
    """

    path: StorePath | None
    content: Hash | None = None
    recursive: bool = False

    @property
    def hash_algo(self) -> str:
        """How the ``.drv`` writes method and algorithm: "", "sha256", "r:sha256", …"""
        if self.content is None:
            return ""
        return ("r:" if self.recursive else "") + self.content.algo


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """What is built, from what, and how.

    `name` is the name of the ``.drv`` path without its suffix. `input_drvs`
    maps each derivation that must be built before to those outputs of it that
    are used.
    """

    name: str
    outputs: Mapping[str, Output]
    input_drvs: Mapping[StorePath, frozenset[str]]
    input_srcs: frozenset[StorePath]
    system: str
    builder: str
    args: tuple[str, ...]
    env: Mapping[str, str]

    @property
    def is_fixed(self) -> bool:
        """Whether the output's content is known beforehand by its hash."""
        return len(self.outputs) == 1 and all(o.content for o in self.outputs.values())

    def output_paths(self) -> dict[str, StorePath]:
        """Each output's path, by name; raises FormatError when one is not known."""
        paths: dict[str, StorePath] = {}
        for name, output in sorted(self.outputs.items()):
            if output.path is None:
                raise FormatError(f"derivation '{self.name}': path of output '{name}' is not known")
            paths[name] = output.path
        return paths

    def references(self) -> frozenset[StorePath]:
        """What the ``.drv`` file refers to."""
        return self.input_srcs | self.input_drvs.keys()

    def to_aterm(self) -> bytes:
        """The content of the ``.drv`` file."""
        return unparse(self, {str(path): names for path, names in self.input_drvs.items()})

    @staticmethod
    def parse(content: bytes, name: str) -> Derivation:
        """Read a ``.drv`` file's content; `name` as above. Raises FormatError."""
        return _Parser(content.decode("utf-8", "surrogateescape"), name).derivation()


def _by_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _sorted(env: Mapping[str, str]) -> list[tuple[str, str]]:
    """The variables, sorted by the bytes of their names."""
    if "".join(env).isascii():
        return sorted(env.items())  # the order of characters is that of bytes
    return sorted(env.items(), key=lambda item: _by_bytes(item[0]))


def _string(text: str) -> str:
    # Most texts have nothing to escape, which this finds out sooner than `str.translate`
    # or a loop.
    if '"' in text or "\\" in text or "\n" in text or "\r" in text or "\t" in text:
        for char, escaped in _ESCAPES:
            text = text.replace(char, escaped)
    return f'"{text}"'


def _strings(texts: Iterable[str]) -> str:
    return f"[{','.join(map(_string, texts))}]"


def unparse(
    derivation: Derivation, inputs: Mapping[str, Iterable[str]], *, mask_outputs: bool = False
) -> bytes:
    """The ATerm with `inputs` in place of the input derivations.

    `mask_outputs` leaves the outputs' paths out, also in the environment.
    """
    outputs = []
    for name, output in sorted(derivation.outputs.items()):
        path = "" if mask_outputs or output.path is None else str(output.path)
        digest = output.content.base16 if output.content else ""
        outputs.append(f'("{name}","{path}","{output.hash_algo}","{digest}")')
    drvs = [f'("{key}",{_strings(sorted(inputs[key]))})' for key in sorted(inputs)]
    env = [
        f"({_string(key)},{_string('' if mask_outputs and key in derivation.outputs else value)})"
        for key, value in _sorted(derivation.env)
    ]
    sources = _strings(sorted(map(str, derivation.input_srcs)))
    return _by_bytes(
        f"Derive([{','.join(outputs)}],[{','.join(drvs)}],{sources},"
        # Nix writes the system as it is, whatever is in it.
        f'"{derivation.system}",{_string(derivation.builder)},'
        f"{_strings(derivation.args)},[{','.join(env)}])"
    )


class _Parser:
    """Reads one derivation; each method reads what its name says at the current place."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.place = 0

    def fail(self, wanted: str) -> FormatError:
        found = self.text[self.place : self.place + 20]
        return FormatError(
            f"derivation '{self.name}' is damaged: expected {wanted} at character "
            f"{self.place}, found {found!r}"
        )

    def expect(self, token: str) -> None:
        if not self.text.startswith(token, self.place):
            raise self.fail(f"'{token}'")
        self.place += len(token)

    def string(self) -> str:
        match = _STRING.match(self.text, self.place)
        if match is None:
            raise self.fail("a string")
        self.place = match.end()
        body = match.group(1)
        if "\\" not in body:
            return body
        return _ESCAPED.sub(lambda m: _UNESCAPE.get(m.group(1), m.group(1)), body)

    def items(self, item: Callable[[], None]) -> None:
        """``[item,item,…]``"""
        self.expect("[")
        while not self.text.startswith("]", self.place):
            item()
            if not self.text.startswith("]", self.place):
                self.expect(",")
        self.place += 1

    def strings(self) -> list[str]:
        found: list[str] = []
        self.items(lambda: found.append(self.string()))
        return found

    def fields(self, count: int) -> list[str]:
        """``("a","b",…)`` with `count` strings."""
        self.expect("(")
        found = [self.string()]
        for _ in range(count - 1):
            self.expect(",")
            found.append(self.string())
        self.expect(")")
        return found

    def output(self, into: dict[str, Output]) -> None:
        name, path, algo, digest = self.fields(4)
        recursive = algo.startswith("r:")
        content = Hash.parse(digest, algo.removeprefix("r:")) if algo else None
        into[name] = Output(
            path=StorePath.parse(path) if path else None, content=content, recursive=recursive
        )

    def input_drv(self, into: dict[StorePath, frozenset[str]]) -> None:
        self.expect("(")
        path = StorePath.parse(self.string())
        self.expect(",")
        into[path] = frozenset(self.strings())
        self.expect(")")

    def variable(self, into: dict[str, str]) -> None:
        key, value = self.fields(2)
        into[key] = value

    def derivation(self) -> Derivation:
        outputs: dict[str, Output] = {}
        drvs: dict[StorePath, frozenset[str]] = {}
        env: dict[str, str] = {}
        self.expect("Derive(")
        self.items(lambda: self.output(outputs))
        self.expect(",")
        self.items(lambda: self.input_drv(drvs))
        self.expect(",")
        sources = frozenset(StorePath.parse(path) for path in self.strings())
        self.expect(",")
        system = self.string()
        self.expect(",")
        builder = self.string()
        self.expect(",")
        args = tuple(self.strings())
        self.expect(",")
        self.items(lambda: self.variable(env))
        self.expect(")")
        if self.place != len(self.text):
            raise self.fail("the end")
        return Derivation(
            name=self.name,
            outputs=outputs,
            input_drvs=drvs,
            input_srcs=sources,
            system=system,
            builder=builder,
            args=args,
            env=env,
        )
