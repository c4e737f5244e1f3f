"""`lib`: what its functions give, here and in the real Nix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.json_text import to_json
from builder.lang.localhost import LocalHost
from builder.modules.session import module_evaluator
from tests.reference.nix import nix

LIB = Path(__file__).parents[2] / "configs" / "lib"

CASES: dict[str, object] = {
    # trivial
    "id 1": 1,
    "const 1 2": 1,
    "pipe 2 [ (x: x + 1) (x: x * 2) ]": 6,
    "flip (a: b: a - b) 1 3": 2,
    "[ (min 1 2) (max 1 2) (mod 11 10) (compare 1 2) ]": [1, 2, 1, -1],
    "[ (boolToString true) (boolToYesNo false) ]": ["true", "no"],
    "[ (toHexString 250) (toBaseDigits 2 6) ]": ["FA", [1, 1, 0]],
    'throwIf false "x" 1': 1,
    '(tryEval (throwIfNot false "x" 1)).success': False,
    "functionArgs (setFunctionArgs (x: x) { a = true; })": {"a": True},
    "isFunction (setFunctionArgs (x: x) { })": True,
    "toFunction 1 2": 1,
    "mapNullable (x: x + 1) null": None,
    # fixed points
    "(fix (self: { a = 1; b = self.a + 1; })).b": 2,
    "(fix (extends (f: p: { a = p.a + 10; }) (self: { a = 1; b = self.a; }))).b": 11,
    "let o = makeExtensible (self: { a = 1; b = self.a; }); in (o.extend (f: p: { a = 5; })).b": 5,
    "(fix (extends (composeManyExtensions [ (f: p: { a = p.a + 1; }) (f: p: { a = p.a * 2; }) ]) "
    "(self: { a = 3; }))).a": 8,
    "converge (x: x / 2) 16": 0,
    # attrsets
    'attrByPath [ "a" "b" ] 5 { a.b = 1; }': 1,
    'attrByPath [ "a" "c" ] 5 { a.b = 1; }': 5,
    'hasAttrByPath [ "a" "b" ] { a.b = null; }': True,
    'setAttrByPath [ "a" "b" ] 1': {"a": {"b": 1}},
    'getAttrFromPath [ "a" "b" ] { a.b = 1; }': 1,
    "filterAttrs (n: v: v > 1) { a = 1; b = 2; }": {"b": 2},
    'mapAttrs\' (n: v: nameValuePair (n + "x") (v + 1)) { a = 1; }': {"ax": 2},
    "mapAttrsToList (n: v: n + toString v) { b = 2; a = 1; }": ["a1", "b2"],
    'genAttrs [ "a" "b" ] (n: n + n)': {"a": "aa", "b": "bb"},
    "recursiveUpdate { a.b = 1; a.c = 2; } { a.b = 3; d = 4; }": {"a": {"b": 3, "c": 2}, "d": 4},
    "foldlAttrs (acc: n: v: acc + v) 0 { a = 1; b = 2; }": 3,
    "concatMapAttrs (n: v: { ${n} = v; ${n + n} = v; }) { x = 1; }": {"x": 1, "xx": 1},
    "foldAttrs (n: acc: [ n ] ++ acc) [ ] [ { a = 1; } { a = 2; b = 3; } ]": {
        "a": [1, 2],
        "b": [3],
    },
    'mapAttrsRecursive (p: v: concatStringsSep "-" p) { a.b = 1; c = 2; }': {
        "a": {"b": "a-b"},
        "c": "c",
    },
    'collect isInt { a = 1; b.c = 2; d = "x"; }': [1, 2],
    "zipAttrs [ { a = 1; } { a = 2; } ]": {"a": [1, 2]},
    "optionalAttrs false { a = 1; }": {},
    "cartesianProduct { a = [ 1 2 ]; b = [ 3 ]; }": [{"a": 1, "b": 3}, {"a": 2, "b": 3}],
    "mergeAttrsList [ { a = 1; } { b = 2; } { a = 3; } ]": {"a": 3, "b": 2},
    'updateManyAttrsByPath [ { path = [ "a" "b" ]; update = x: x + 1; } ] { a.b = 1; }': {
        "a": {"b": 2}
    },
    'getBin { bin = "b"; out = "o"; }': "b",
    'getExe { type = "derivation"; name = "hello-1"; meta.mainProgram = "hi"; outPath = "/p"; '
    "outputs = [ ]; }": "/p/bin/hi",
    "matchAttrs { a.b = 1; } { a = { b = 1; c = 2; }; }": True,
    # lists
    'foldr (a: b: a + b) "" [ "a" "b" ]': "ab",
    'foldl (a: b: b + a) "" [ "a" "b" ]': "ba",
    'imap1 (i: x: "${toString i}${x}") [ "a" "b" ]': ["1a", "2b"],
    "flatten [ 1 [ 2 [ 3 ] ] ]": [1, 2, 3],
    "[ (optional true 1) (optionals false [ 1 ]) (toList 1) (singleton 2) ]": [[1], [], [1], [2]],
    '[ (range 1 3) (range 3 1) (replicate 2 "x") ]': [[1, 2, 3], [], ["x", "x"]],
    "[ (take 2 [ 1 2 3 ]) (drop 2 [ 1 2 3 ]) (sublist 1 1 [ 1 2 3 ]) ]": [[1, 2], [3], [2]],
    "[ (last [ 1 2 ]) (init [ 1 2 ]) (reverseList [ 1 2 3 ]) ]": [2, [1], [3, 2, 1]],
    '[ (unique [ 3 1 3 2 ]) (unique [ "b" "a" "b" ]) ]': [[3, 1, 2], ["b", "a"]],
    "[ (intersectLists [ 1 2 ] [ 2 3 ]) (subtractLists [ 1 2 ] [ 2 3 ]) ]": [[2], [3]],
    "[ (findFirst (x: x > 1) 9 [ 1 2 3 ]) (findFirst (x: x > 5) 9 [ 1 ]) ]": [2, 9],
    'findSingle (x: x == 3) "none" "many" [ 1 3 3 ]': "many",
    "zipListsWith (a: b: a + b) [ 1 2 ] [ 3 4 5 ]": [4, 6],
    'sortOn stringLength [ "ccc" "a" "bb" ]': ["a", "bb", "ccc"],
    'naturalSort [ "disk11" "disk8" "disk100" ]': ["disk8", "disk11", "disk100"],
    "toposort (a: b: a < b) [ 3 2 1 ]": {"result": [1, 2, 3]},
    "(toposort (a: b: true) [ 1 2 ]) ? cycle": True,
    "[ (count (x: x > 1) [ 1 2 3 ]) (remove 1 [ 1 2 1 ]) ]": [2, [2]],
    'groupBy\' (a: b: a + b) 0 (x: if x > 2 then "b" else "s") [ 1 2 3 ]': {"b": 3, "s": 3},
    'crossLists (a: b: "${toString a}${toString b}") [ [ 1 2 ] [ 3 4 ] ]': [
        "13",
        "14",
        "23",
        "24",
    ],
    "lists.commonPrefix [ 1 2 3 ] [ 1 2 4 ]": [1, 2],
    # strings
    'concatMapStringsSep "," toString [ 1 2 ]': "1,2",
    'concatLines [ "a" "b" ]': "a\nb\n",
    '[ (hasPrefix "a" "ab") (hasSuffix "b" "ab") (hasInfix "*." "a*.b") ]': [
        True,
        True,
        True,
    ],
    '[ (removePrefix "a" "ab") (removeSuffix "b" "ab") ]': ["b", "a"],
    'splitString "." "a.b..c"': ["a", "b", "", "c"],
    'splitString "" "ab"': ["", "a", "b", ""],
    '[ (toUpper "aZ9") (toLower "Az9") (toSentenceCase "hELLO") ]': ["AZ9", "az9", "Hello"],
    '[ (trim "  a b \\n") (trim "   ") ]': ["a b", ""],
    '[ (toInt " 12 ") (toInt "-3") (toIntBase10 "007") ]': [12, -3, 7],
    '(tryEval (toInt "07")).success': False,
    '[ (fixedWidthString 5 "0" "42") (fixedWidthNumber 3 7) ]': ["00042", "007"],
    '[ (escapeShellArg "a b") (escapeShellArg "it\'s") (escapeShellArg "plain-1.2") ]': [
        "'a b'",
        "'it'\\''s'",
        "plain-1.2",
    ],
    'toShellVar "x" [ "a" "b c" ]': "declare -a x=(a 'b c')",
    '[ (versionOlder "1.2" "1.10") (versionAtLeast "1.2" "1.2") ]': [True, True],
    '[ (getName "foo-1.2") (getVersion "foo-1.2") (getName { pname = "x"; }) ]': [
        "foo",
        "1.2",
        "x",
    ],
    '[ (versions.major "1.2.3") (versions.majorMinor "1.2.3") (versions.pad 3 "1") ]': [
        "1",
        "1.2",
        "1.0.0",
    ],
    'makeBinPath [ "/a" "/b" ]': "/a/bin:/b/bin",
    'stringToCharacters "abc"': ["a", "b", "c"],
    'stringAsChars (c: if c == "a" then "i" else c) "nana"': "nini",
    'intersperse "/" [ "a" "b" ]': ["a", "/", "b"],
    '[ (escapeRegex "a.b*") (escapeNixString "a\\${b}") (escapeNixIdentifier "a b") ]': [
        "a\\.b\\*",
        '"a\\${b}"',
        '"a b"',
    ],
    "escapeXML \"<a b='c'>\"": "&lt;a b=&apos;c&apos;&gt;",
    'escapeURL "a b/c"': "a%20b%2Fc",
    'sanitizeDerivationName "..a b@c"': "a-b-c",
    '[ (strings.levenshtein "kitten" "sitting") (strings.commonPrefixLength "abc" "abd") ]': [3, 2],
    '[ (isStringLike "a") (isStringLike { outPath = "x"; }) (isStringLike 1) ]': [
        True,
        True,
        False,
    ],
    'enableFeature true "x"': "--enable-x",
    'cmakeBool "X" false': "-DX:BOOL=FALSE",
    # customisation
    "((makeOverridable ({ a, b ? 1 }: { s = a + b; }) { a = 1; }).override { b = 5; }).s": 6,
    "(callPackageWith { a = 1; b = 2; } ({ a, c ? 3 }: { inherit a c; }) { c = 4; }).c": 4,
    "let s = makeScope (x: f: f) (self: { a = 1; b = self.a; }); in s.b": 1,
    # generators
    "generators.toINI { } { s = { a = 1; b = true; }; }": "[s]\na=1\nb=true\n",
    'generators.toKeyValue { } { a = "x"; b = null; }': "a=x\nb=null\n",
    "generators.toKeyValue { listsAsDuplicateKeys = true; } { a = [ 1 2 ]; }": "a=1\na=2\n",
    "generators.toJSON { } { a = 1; }": '{"a":1}',
    'generators.toPretty { multiline = false; } { a = [ 1 "x" null ]; f = { b, c ? 1 }: b; }': (
        '{ a = [ 1 "x" null ]; f = <function, args: {b, c?}>; }'
    ),
    'generators.toGitINI { user.name = "n"; url."x".insteadOf = "y"; }': (
        '[url "x"]\n\tinsteadOf = "y"\n\n[user]\n\tname = "n"\n'
    ),
    "generators.toLua { multiline = false; } { a = [ 1 true ]; }": '{ ["a"] = { 1, true } }',
    'toGNUCommandLineShell { } { v = true; name = "a b"; l = [ 1 2 ]; n = null; }': (
        "-l 1 -l 2 --name 'a b' -v"
    ),
    # asserts, options without the engine
    'asserts.assertMsg true "x"': True,
    '(tryEval (assertOneOf "x" 1 [ 2 ])).success': False,
    'showOption [ "a" "b c" "<name>" ]': 'a."b c".<name>',
    "isOption (mkOption { })": True,
    "(mkIf true 1)._type": "if",
    '(literalExpression "x").text': "x",
    "runTests { testOk = { expr = 1; expected = 1; }; testBad = { expr = 1; expected = 2; }; }": [
        {"name": "testBad", "expected": 2, "result": 1}
    ],
}


# What is not needed is not evaluated: each is `true`, although something in it throws.
LAZY = [
    "const 1 never == 1",
    "optionals false never == [ ]",
    'optionalString false never == ""',
    "optionalAttrs false never == { }",
    "length (optional true never) == 1",
    'attrByPath [ "a" ] never { a = 1; } == 1',
    "head (take 1 [ 1 never ]) == 1",
    "last [ never 1 ] == 1",
    "length (reverseList [ never never ]) == 2",
    "length (imap0 (i: v: never) [ 1 ]) == 1",
    "length (zipListsWith (a: b: never) [ 1 2 ] [ never ]) == 1",
    "mapAttrs (n: v: never) { a = 1; } ? a",
    'genAttrs [ "a" ] never ? a',
    "(recursiveUpdate { a = never; } { b = 1; }).b == 1",
    'filterAttrs (n: v: n == "a") { a = never; } ? a',
    "findFirst (x: x == 1) null [ 1 never ] == 1",
    "any (x: x) [ true never ]",
    "zipAttrs [ { a = never; } ] ? a",
    "(fix (self: { a = never; b = 1; })).b == 1",
    "(fix (extends (final: prev: { a = never; }) (self: { a = never; b = 1; }))).b == 1",
    "(makeOverridable (args: { a = never; b = 1; }) { }).b == 1",
    "(callPackageWith { a = never; } ({ a }: { b = 1; }) { }).b == 1",
    "(makeScope never (self: { a = never; b = 1; })).b == 1",
    "foldlAttrs (acc: n: v: acc) 0 { a = never; } == 0",
    "foldr (x: rest: x) never [ 1 never ] == 1",
    "foldl (acc: x: x) never [ 1 ] == 1",
    'setAttrByPath [ "a" ] never ? a',
    "(nameValuePair never 1).value == 1",
    '(mkIf never never)._type == "if"',
    "(mkOption { default = never; }) ? default",
    'groupBy (x: "a") [ never ] ? a',
    "traceIf false never 1 == 1",
    "throwIf false never 1 == 1",
    "warnIf false never 1 == 1",
    "asserts.assertMsg true never",
    "length (cartesianProduct { a = [ never ]; }) == 1",
    "toFunction 1 never == 1",
    "concatMapAttrs (n: v: { a = v; }) { x = never; } ? a",
    'updateManyAttrsByPath [ { path = [ "a" ]; update = old: 1; } ] { a = never; } == { a = 1; }',
    'getAttrs [ "a" ] { a = never; } ? a',
    "(lazyDerivation { derivation = never; passthru.x = 1; }).x == 1",
    "mapNullable never null == null",
    "defaultTo never 1 == 1",
    'hasAttrByPath [ "a" ] { a = never; }',
    "length (flatten [ [ 1 ] 2 ]) == 2",
    '(versions.splitVersion "1" == [ "1" ]) || never',
    'enableFeatureAs false "a" never == "--disable-a"',
    'getOutput "dev" { dev = 1; out = never; } == 1',
    "(attrsets.unionOfDisjoint { a = never; } { b = 1; }).b == 1",
]


def _lazily(text: str) -> str:
    return f'with import {LIB}; let never = throw "evaluated"; in {text}'


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    """An evaluator with the module engine."""
    return module_evaluator(LocalHost())


def _value(evaluator: Evaluator, text: str) -> object:
    value = evaluator.eval_string(f"with import {LIB};\n{text}", "/", "test.nix")
    return evaluator.run(lambda: to_json(value, set(), evaluator.coercion))


@pytest.mark.parametrize("text", CASES)
def test_value(evaluator: Evaluator, text: str) -> None:
    """A call gives what it should."""
    assert _value(evaluator, text) == CASES[text]


@pytest.mark.parametrize("text", LAZY)
def test_laziness(evaluator: Evaluator, text: str) -> None:
    """A call does not evaluate what it does not need."""
    assert evaluator.eval_string(_lazily(text)) is True


def test_laziness_in_the_reference() -> None:
    """The real Nix needs no more."""
    all_of_them = " ".join(f"({_lazily(text)})" for text in LAZY)
    ran = nix().eval(f"builtins.all (x: x) [ {all_of_them} ]", see=[LIB])
    assert (ran.out.strip(), ran.status) == ("true", 0), ran.err


def test_reference() -> None:
    """The same library gives the same in the real Nix."""
    parts = "\n".join(f"({text})" for text in CASES)
    ran = nix().eval(f"with import {LIB};\n[\n{parts}\n]", "--strict", "--json", see=[LIB])
    assert ran.status == 0, ran.err
    for text, value in zip(CASES, json.loads(ran.out), strict=True):
        assert value == CASES[text], text


def test_everything_is_there(evaluator: Evaluator) -> None:
    """No name of the library, nor of its parts, is an error (but a set of files looked into)."""
    evaluator.eval_string(
        f"let lib = import {LIB}; in builtins.deepSeq (map (part: builtins.attrValues "
        '(removeAttrs part [ "empty" ])) (builtins.filter builtins.isAttrs (builtins.attrValues '
        '(removeAttrs lib [ "types" "engine" ])))) true'
    )


def test_a_flake_without_its_lock(evaluator: Evaluator, tmp_path: Path) -> None:
    """Its inputs are what is given, and `self` is where it lies."""
    (tmp_path / "flake.nix").write_text(
        '{ inputs.dep.url = "nowhere"; outputs = { self, dep }: '
        "{ x = dep + toString self.y; y = 1; where = self.outPath; }; }"
    )
    call = f'flakes.callLocklessFlake {{ path = {tmp_path}; inputs.dep = "d"; }}'
    assert _value(evaluator, f"({call}).x") == "d1"
    assert _value(evaluator, f"({call}).where == {tmp_path}") is True


def test_sets_of_files_as_options(evaluator: Evaluator, tmp_path: Path) -> None:
    """Definitions of a `fileset` are united; none is none; other values are refused."""
    for name in ("a", "b"):
        (tmp_path / name).write_text("")
    option = "options.files = mkOption { type = types.fileset; };"
    config = "map baseNameOf (fileset.toList (evalModules { modules = [ { OPTION } MORE ]; })"
    config = config.replace("OPTION", option) + ".config.files)"
    more = f"{{ files = fileset.unions [ {tmp_path}/a ]; }} {{ files = {tmp_path}/b; }}"
    assert _value(evaluator, config.replace("MORE", more)) == ["a", "b"]
    with pytest.raises(NixError, match="is not of type `fileset'"):
        _value(evaluator, config.replace("MORE", "{ files = 1; }"))


def test_every_name_is_of_a_part(evaluator: Evaluator) -> None:
    """What the library offers without a part's name is really there."""
    evaluator.eval_string(
        f"let lib = import {LIB}; in builtins.foldl' (all: one: builtins.seq one all) true "
        "(builtins.attrValues lib)"
    )


def test_types_are_named(evaluator: Evaluator) -> None:
    """Every type without parameters has a name and a description."""
    names = _value(
        evaluator,
        'map (t: t.name + ": " + t.description) (builtins.filter (t: t._type or null == '
        '"option-type") (builtins.filter isAttrs (attrValues types)))',
    )
    assert isinstance(names, list)
    assert len(names) >= 25
    assert "str: string" in names


def test_engine_is_asked_for() -> None:
    """Without the engine, types say what is missing and the rest works."""
    plain = Evaluator(LocalHost())
    assert plain.eval_string(f"(import {LIB}).max 1 2") == 2
    with pytest.raises(NixError, match="module engine"):
        plain.eval_string(f"(import {LIB}).types.str")


def test_call_package_names_what_is_missing(evaluator: Evaluator) -> None:
    """A missing argument is an error with the nearest name."""
    with pytest.raises(NixError, match=r'without required argument "stdenw".*stdenv'):
        _value(evaluator, "callPackageWith { stdenv = 1; } ({ stdenw }: { }) { }")
