"""Strings: lengths count bytes, as in Nix."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from builder.lang.builtins.table import PURE, World, text_and_context
from builder.lang.coerce import make_string
from builder.lang.errors import EvalError
from builder.lang.expect import want_int, want_list, want_string, want_text
from builder.lang.thunks import force
from builder.lang.values import Builtin, ContextString


def to_bytes(text: str) -> bytes:
    """The bytes of a string."""
    return text.encode("utf-8", "surrogateescape")


def from_bytes(data: bytes) -> str:
    """A string of bytes, whatever they are."""
    return data.decode("utf-8", "surrogateescape")


@PURE.add("replaceStrings", "sll")
def replace_strings(old: Any, new: Any, value: Any) -> str | ContextString:
    """Replace each occurrence of a string of `old` by the one of `new` at its place."""
    olds, targets = want_list(old), want_list(new)
    if len(olds) != len(targets):
        raise EvalError(
            "'from' and 'to' arguments passed to builtins.replaceStrings have different lengths"
        )
    sources = [want_text(item) for item in olds]
    text, context = text_and_context(want_string(value))
    used: set[Any] = set(context)

    def target(index: int) -> str:
        piece, more = text_and_context(want_string(targets[index]))
        used.update(more)
        return to_bytes(piece).decode("latin-1")

    # Bytes as characters: an empty string is found between the bytes of a character too.
    sources = [to_bytes(source).decode("latin-1") for source in sources]
    whole = to_bytes(text).decode("latin-1")
    index_of: dict[str, int] = {}
    for index, source in enumerate(sources):
        index_of.setdefault(source, index)
    result = whole
    if "" in index_of:
        result = _replaced_everywhere(whole, sources[: index_of[""] + 1], target)
    elif sources:
        pattern = "|".join(re.escape(source) for source in sources)
        result = re.sub(pattern, lambda m: target(index_of[m.group()]), whole)
    return make_string(from_bytes(result.encode("latin-1")), used)


def _replaced_everywhere(text: str, sources: list[str], target: Callable[[int], str]) -> str:
    """`replaceStrings` where the last of `sources` is empty and so is found at each place."""
    parts: list[str] = []
    at = 0
    while at <= len(text):
        index = next(i for i, source in enumerate(sources) if text.startswith(source, at))
        parts.append(target(index))
        if not sources[index]:
            parts.append(text[at : at + 1])
        at += len(sources[index]) or 1
    return "".join(parts)


def install(world: World) -> dict[str, Builtin]:
    """Those that may have to copy paths into the store."""
    coercion = world.coercion

    def coerced(value: Any) -> tuple[str, frozenset[Any]]:
        value = force(value)
        if type(value) is str:
            return value, frozenset()
        context: set[Any] = set()
        text = coercion.text(value, context)
        return text, frozenset(context)

    def substring(start: Any, length: Any, value: Any) -> str | ContextString:
        # `length` bytes from `start`; a negative length means all the rest.
        begin = want_int(start)
        if begin < 0:
            raise EvalError("negative start position in 'substring'")
        count = want_int(length)
        value = force(value)
        if count == 0 and isinstance(value, (str, ContextString)):
            return make_string("", text_and_context(value)[1])
        text, context = coerced(value)
        if text.isascii():
            return make_string(text[begin:] if count < 0 else text[begin : begin + count], context)
        data = to_bytes(text)
        piece = data[begin:] if count < 0 else data[begin : begin + count]
        return make_string(from_bytes(piece), context)

    def string_length(value: Any) -> int:
        text = coerced(value)[0]
        return len(text) if text.isascii() else len(to_bytes(text))

    def to_string(value: Any) -> str | ContextString:
        value = force(value)
        if type(value) is str:
            return value
        if type(value) is int:
            return str(value)
        context: set[Any] = set()
        return make_string(coercion.text(value, context, more=True, copy=False), context)

    def concat_sep(separator: Any, items: Any) -> str | ContextString:
        middle, start = text_and_context(want_string(separator))
        context: set[Any] = set(start)
        parts = [coercion.text(item, context) for item in want_list(items)]
        return make_string(middle.join(parts), context)

    return {
        "substring": Builtin("substring", "stt", substring),
        "stringLength": Builtin("stringLength", "s", string_length),
        "toString": Builtin("toString", "s", to_string),
        "concatStringsSep": Builtin("concatStringsSep", "st", concat_sep),
    }
