"""Operators and builtins by the type that they give.

A template is a text in which ``{T}`` stands for an expression of type T: one of
the words below, ``{item}`` and ``{result}`` for the wanted list's item and the
whole wanted type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.lang.fuzz.documents import KINDS
from tests.lang.fuzz.odd_calls import TEXTS
from tests.lang.fuzz.program import Node
from tests.lang.fuzz.rare_calls import TEXTS as RARE

Template = Callable[[Any, Any, Any, int], list[str | Node]]
_HOLE = re.compile(r"\{(\w+)\}")
INTS = ("list", "int")
STRINGS = ("list", "string")
TYPES: dict[str, Any] = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "string": "string",
    "null": "null",
    "path": "path",
    "ints": INTS,
    "strings": STRINGS,
    "lists": ("list", INTS),
    "predicate": ("function", "int", "bool"),
    "stringPredicate": ("function", "string", "bool"),
    "binary": ("function", "int", ("function", "int", "int")),
    "less": ("function", "int", ("function", "int", "bool")),
    "unary": ("function", "int", "int"),
    "toStringFn": ("function", "int", "string"),
    "toInts": ("function", "int", INTS),
    "pair": ("set", (("a", "int"), ("b", "string"))),
    "numbers": ("set", (("a", "int"), ("b", "int"))),
    "pairs": ("list", ("set", (("a", "int"), ("b", "string")))),
}


def template(text: str) -> Template:
    """The template that a text describes."""
    pieces = _HOLE.split(text)

    def fill(generator: Any, wanted: Any, scope: Any, depth: int) -> list[str | Node]:
        parts: list[str | Node] = []
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                parts.append(piece)
            else:
                kind = _type(generator, piece, wanted)
                parts.append(generator.make(kind, scope, depth))
        return parts

    return fill


def _type(generator: Any, word: str, wanted: Any) -> Any:
    match word:
        case "any":
            return generator.type(2)
        case "item":
            return wanted[1]
        case "result":
            return wanted
        case "set":
            return generator.set_type(1)
        case "toItem":
            return ("function", "int", wanted[1])
        case "keep":
            return ("function", wanted[1], "bool")
        case "listOfResult":
            return ("list", wanted)
        case "small" | "name":
            return word
        case "number":
            return generator.random.choice(["int", "int", "float"])
    return word if word in KINDS else TYPES[word]


def _all(*texts: str) -> tuple[Template, ...]:
    return tuple(template(text) for text in texts)


CALLS: dict[str, tuple[Template, ...]] = {
    "int": _all(
        "{int} + {int}",
        "{int} - {int}",
        "{int} * {int}",
        "{int} / {int}",
        "- {int}",
        "builtins.add {int} {int}",
        "builtins.sub {int} {int}",
        "builtins.mul {int} {int}",
        "builtins.div {int} {int}",
        "builtins.bitAnd {int} {int}",
        "builtins.bitOr {int} {int}",
        "builtins.bitXor {int} {int}",
        "builtins.length {ints}",
        "builtins.length {strings}",
        "builtins.stringLength {string}",
        "builtins.elemAt {ints} {small}",
        "builtins.foldl' {binary} {int} {ints}",
        "builtins.ceil {number}",
        "builtins.floor {number}",
        "builtins.compareVersions {string} {string}",
        'builtins.getAttr "a" {pair}',
        "builtins.head {ints}",
        "builtins.fromJSON (builtins.toJSON {int})",
        "{pair}.a",
        "{unary} {int}",
        "{binary} {int} {int}",
        "builtins.stringLength (toString {any})",
        "builtins.length (builtins.attrNames {set})",
        "(builtins.parseDrvName {string}).version or {int}",
        "builtins.addErrorContext {string} {int}",
    ),
    "float": _all(
        "{float} + {number}",
        "{number} * {float}",
        "{float} - {number}",
        "{number} / {float}",
        "- {float}",
        "builtins.add {float} {number}",
        "builtins.fromJSON (builtins.toJSON {float})",
    ),
    "null": _all("null", "builtins.match {string} {string}", "if {bool} then null else null"),
    "path": _all('/a + "/${{int}}"', "{path} + {string}", "/a/b", "/x/${toString {int}}"),
    "bool": _all(
        "{int} == {int}",
        "{any} == {any}",
        "{any} != {any}",
        "{set} == {set}",
        "{ints} == {ints}",
        "{int} < {int}",
        "{int} <= {number}",
        "{number} > {int}",
        "{string} < {string}",
        "{ints} < {ints}",
        "{int} >= {int}",
        "{bool} && {bool}",
        "{bool} || {bool}",
        "{bool} -> {bool}",
        "! {bool}",
        "{set} ? a",
        "{set} ? a.b",
        "{any} ? a",
        "builtins.hasAttr {string} {set}",
        "builtins.isInt {any}",
        "builtins.isString {any}",
        "builtins.isList {any}",
        "builtins.isAttrs {any}",
        "builtins.isFunction {any}",
        "builtins.isNull {any}",
        "builtins.isBool {any}",
        "builtins.isFloat {any}",
        "builtins.isPath {any}",
        "builtins.elem {int} {ints}",
        "builtins.elem {any} {strings}",
        "builtins.all {predicate} {ints}",
        "builtins.any {predicate} {ints}",
        "builtins.lessThan {number} {number}",
        "builtins.lessThan {string} {string}",
        "(builtins.tryEval {any}).success",
        "builtins.hasContext {string}",
        "{predicate} {int}",
    ),
    "string": _all(
        "{string} + {string}",
        '"a${{string}}b"',
        '"${{string}}${{string}}"',
        "''\n  x${{string}}\n    y\n''",
        "toString {any}",
        "toString {number}",
        "builtins.toJSON {any}",
        "builtins.substring {small} {int} {string}",
        "builtins.concatStringsSep {string} {strings}",
        "builtins.replaceStrings {strings} {strings} {string}",
        'builtins.replaceStrings [ "a" "b" ] [ {string} {string} ] {string}',
        "builtins.typeOf {any}",
        "builtins.baseNameOf {string}",
        "builtins.dirOf {string}",
        'builtins.hashString "sha256" {string}',
        'builtins.hashString "md5" {string}',
        'builtins.getAttr "b" {pair}',
        "(builtins.parseDrvName {string}).name",
        "builtins.toXML {any}",
        "builtins.head {strings}",
        "builtins.elemAt {strings} {small}",
        "builtins.concatStringsSep {string} (map {toStringFn} {ints})",
        '"${{ __toString = self: {string}; }}"',
        '"${{ outPath = {string}; }}"',
        "toString {path}",
        "toString {ints}",
        "toString [ {any} {any} ]",
        "builtins.unsafeDiscardStringContext {string}",
        "builtins.placeholder {string}",
        "builtins.fromJSON (builtins.toJSON {string})",
        "{string} + {path}",
    ),
    "list": _all(
        "{result} ++ {result}",
        "{result} ++ {result} ++ {result}",
        "({result} ++ {result}) ++ {result}",
        "[ {item} {item} ]",
        "map {toItem} {ints}",
        "builtins.filter {keep} {result}",
        "builtins.genList {toItem} {small}",
        "builtins.tail {result}",
        "builtins.concatLists [ {result} {result} ]",
        "builtins.concatLists {listOfResult}",
        "builtins.concatMap (x: {result}) {ints}",
        "builtins.sort (a: b: false) {result}",
        "(builtins.partition {keep} {result}).right",
        "(builtins.partition {keep} {result}).wrong",
        'builtins.catAttrs "a" [ { a = {item}; } { b = {item}; } { a = {item}; } ]',
        "builtins.sort builtins.lessThan {result}",
        "builtins.sort (a: b: b < a) {ints}",
        "builtins.attrValues { a = {item}; b = {item}; }",
        "builtins.attrNames {set}",
        "builtins.splitVersion {string}",
        'builtins.split "[ab]" {string}',
        'builtins.split "(a)|b" {string}',
        'builtins.match "(.*)b?(.*)" {string}',
        "builtins.fromJSON (builtins.toJSON {result})",
        "map (x: x) {result}",
        "builtins.genericClosure { startSet = [ { key = {small}; } ]; "
        "operator = i: if i.key < 5 then [ { key = i.key + 1; } { key = 3; } ] else [ ]; }",
        "builtins.genericClosure { startSet = [ { key = {string}; v = {item}; } ]; "
        "operator = i: [ ]; }",
    ),
    "set": _all(
        "{result} // {result}",
        "{set} // {result}",
        "builtins.removeAttrs {result} {strings}",
        'removeAttrs ({result} // { q = {any}; }) [ "q" ]',
        "builtins.intersectAttrs {set} {result}",
        "builtins.intersectAttrs {result} {set}",
        "builtins.mapAttrs (n: v: v) {result}",
        "builtins.mapAttrs (n: v: n) {set}",
        "builtins.listToAttrs [ { name = {string}; value = {any}; } ]",
        'builtins.listToAttrs [ { name = "a"; value = {any}; } { name = {name}; value = 1; } ]',
        "builtins.tryEval {any}",
        "builtins.fromJSON (builtins.toJSON {result})",
        "builtins.zipAttrsWith (n: vs: vs) [ {result} {set} ]",
        "builtins.zipAttrsWith (n: vs: builtins.head vs) [ {set} {result} ]",
        "builtins.groupBy {toStringFn} {ints}",
        "builtins.groupBy (x: {string}) {ints}",
        "builtins.functionArgs ({ a, b ? {any}, ... }: a)",
        "builtins.parseDrvName {string}",
        "builtins.partition {predicate} {ints}",
        "builtins.getContext {string}",
        "{ a.b = {any}; a.c = {any}; }",
        "{ ${{string}} = {any}; }",
        "{ ${{null}} = {any}; c = {any}; }",
        "let { a = {any}; body = {result}; }",
    ),
}
for _kind, _texts in (*TEXTS.items(), *RARE.items()):
    CALLS[_kind] += _all(*_texts)
