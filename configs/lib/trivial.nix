# Small functions for every day.
{ lib }:
let
  inherit (builtins) foldl' sub;
  hexDigits = lib.strings.stringToCharacters "0123456789ABCDEF";
in
rec {
  inherit (builtins)
    add
    bitAnd
    bitOr
    bitXor
    ceil
    deepSeq
    floor
    genericClosure
    isBool
    isFloat
    isInt
    lessThan
    pathExists
    readFile
    seq
    sub
    ;

  /**
    The argument itself.

    Type: id :: a -> a

    Example:
      id 1
      => 1
  */
  id = x: x;

  /**
    A function that gives its first argument whatever the second is; the second is never evaluated.

    Type: const :: a -> b -> a

    Example:
      const 5 (throw "never")
      => 5
  */
  const = x: _: x;

  /**
    Pass a value through a list of functions, the first one first.

    Type: pipe :: a -> [ (a -> b) (b -> c) ... ] -> z

    Example:
      pipe 2 [ (x: x + 2) (x: x * 2) ]
      => 8
  */
  pipe = foldl' (value: function: function value);

  /**
    A function with its first two arguments swapped.

    Type: flip :: (a -> b -> c) -> b -> a -> c

    Example:
      flip concat [ 1 ] [ 2 ]
      => [ 2 1 ]
  */
  flip =
    f: a: b:
    f b a;

  /**
    `a ++ b` as a function.

    Type: concat :: [a] -> [a] -> [a]

    Example:
      concat [ 1 2 ] [ 3 ]
      => [ 1 2 3 ]
  */
  concat = a: b: a ++ b;

  /**
    `a || b` as a function.

    Type: or :: Bool -> Bool -> Bool

    Example:
      trivial.or true (throw "never")
      => true
  */
  "or" = a: b: a || b;

  /**
    `a && b` as a function.

    Type: and :: Bool -> Bool -> Bool

    Example:
      trivial.and false (throw "never")
      => false
  */
  and = a: b: a && b;

  /**
    Whether exactly one of two Booleans is true.

    Type: xor :: Bool -> Bool -> Bool

    Example:
      xor true false
      => true
  */
  xor = a: b: a != b;

  /**
    The integer with every bit inverted.

    Type: bitNot :: Int -> Int

    Example:
      bitNot 5
      => (-6)
  */
  bitNot = sub (-1);

  /**
    "true" or "false"; `toString` would give "1" or "".

    Type: boolToString :: Bool -> String

    Example:
      boolToString true
      => "true"
  */
  boolToString = b: if b then "true" else "false";

  /**
    "yes" or "no".

    Type: boolToYesNo :: Bool -> String

    Example:
      boolToYesNo false
      => "no"
  */
  boolToYesNo = b: if b then "yes" else "no";

  /**
    `a // b` as a function.

    Type: mergeAttrs :: AttrSet -> AttrSet -> AttrSet

    Example:
      mergeAttrs { a = 1; b = 2; } { b = 3; }
      => { a = 1; b = 3; }
  */
  mergeAttrs = a: b: a // b;

  /**
    A default for null.

    Type: defaultTo :: a -> (a | null) -> a

    Example:
      map (defaultTo "nothing") [ null "something" ]
      => [ "nothing" "something" ]
  */
  defaultTo = default: value: if value == null then default else value;

  /**
    Apply a function to a value unless it is null.

    Type: mapNullable :: (a -> b) -> (a | null) -> (b | null)

    Example:
      map (mapNullable (x: x + 1)) [ null 22 ]
      => [ null 23 ]
  */
  mapNullable = f: value: if value == null then value else f value;

  /**
    The release of nixpkgs whose library this one agrees with.

    Type: release :: String

    Example:
      release
      => "25.05"
  */
  release = "25.05";

  /**
    The oldest release that is still looked after, as a number.

    Type: oldestSupportedRelease :: Int

    Example:
      oldestSupportedRelease
      => 2411
  */
  oldestSupportedRelease = 2411;

  /**
    Whether a feature of a release (a number such as 2411) is in every release looked after.

    Type: oldestSupportedReleaseIsAtLeast :: Int -> Bool

    Example:
      map oldestSupportedReleaseIsAtLeast [ 2405 9911 ]
      => [ true false ]
  */
  oldestSupportedReleaseIsAtLeast = release: release <= oldestSupportedRelease;
  isInOldestRelease = oldestSupportedReleaseIsAtLeast;

  /**
    What follows the release in a version; empty for a release.

    Type: versionSuffix :: String

    Example:
      versionSuffix
      => ""
  */
  versionSuffix = "";

  /**
    The release and its suffix.

    Type: version :: String

    Example:
      version == release + versionSuffix
      => true
  */
  version = release + versionSuffix;

  /**
    The revision that this library comes from, or a default where it is not known.

    Type: revisionWithDefault :: a -> (String | a)

    Example:
      revisionWithDefault "unknown"
      => "unknown"
  */
  revisionWithDefault = default: default;

  /**
    Whether the expression is evaluated for a `nix-shell`.

    Type: inNixShell :: Bool

    Example:
      inNixShell
      => false
  */
  inNixShell = builtins.getEnv "IN_NIX_SHELL" != "";

  /**
    Whether evaluation is pure: nothing of this machine can be seen.

    Type: inPureEvalMode :: Bool

    Example:
      inPureEvalMode == !(builtins ? currentSystem)
      => true
  */
  inPureEvalMode = !(builtins ? currentSystem);

  /**
    The smaller of two numbers.

    Type: min :: Number -> Number -> Number

    Example:
      min 1 2
      => 1
  */
  min = a: b: if a < b then a else b;

  /**
    The larger of two numbers.

    Type: max :: Number -> Number -> Number

    Example:
      max 1 2
      => 2
  */
  max = a: b: if a > b then a else b;

  /**
    The remainder of an integer division; its sign is the dividend's.

    Type: mod :: Int -> Int -> Int

    Example:
      [ (mod 11 10) (mod 1 10) (mod (-7) 3) ]
      => [ 1 1 (-1) ]
  */
  mod = a: b: a - b * (a / b);

  /**
    -1, 0 or 1 as the first argument is less than, equal to or greater than the second.

    Type: compare :: a -> a -> Int

    Example:
      [ (compare 1 2) (compare "a" "a") (compare 2.5 1) ]
      => [ (-1) 0 1 ]
  */
  compare =
    a: b:
    if a < b then
      -1
    else if a > b then
      1
    else
      0;

  /**
    A comparison that puts what a predicate holds for before what it does not hold for, and compares
    each kind by a comparison of its own.

    Type: splitByAndCompare :: (a -> Bool) -> (a -> a -> Int) -> (a -> a -> Int) -> (a -> a -> Int)

    Example:
      let cmp = splitByAndCompare (hasPrefix "foo") compare compare; in [ (cmp "a" "z") (cmp "fooa" "fooz") (cmp "f" "fooa") (cmp "fooa" "a") ]
      => [ (-1) (-1) 1 (-1) ]
  */
  splitByAndCompare =
    p: yes: no: a: b:
    if p a then
      (if p b then yes a b else -1)
    else if p b then
      1
    else
      no a b;

  /**
    The value that a JSON file holds.

    Type: importJSON :: Path -> Any

    Example:
      importJSON (builtins.toFile "x.json" "[ 1, null ]")
      => [ 1 null ]
  */
  importJSON = path: builtins.fromJSON (builtins.readFile path);

  /**
    The value that a TOML file holds.

    Type: importTOML :: Path -> Any

    Example:
      importTOML (builtins.toFile "x.toml" "a.b = 1")
      => { a = { b = 1; }; }
  */
  importTOML = path: fromTOML (builtins.readFile path);

  /**
    Show a warning when the value is evaluated.

    Type: warn :: String -> a -> a

    Example:
      warn "this is old" 1
      => 1
  */
  warn = builtins.warn;

  /**
    `warn` if a condition holds.

    Type: warnIf :: Bool -> String -> a -> a

    Example:
      warnIf false "never shown" 1
      => 1
  */
  warnIf = condition: message: if condition then warn message else id;

  /**
    `warn` unless a condition holds.

    Type: warnIfNot :: Bool -> String -> a -> a

    Example:
      warnIfNot true "never shown" 1
      => 1
  */
  warnIfNot = condition: message: if condition then id else warn message;

  /**
    An error unless a condition holds; then the value.

    Type: throwIfNot :: Bool -> String -> a -> a

    Example:
      throwIfNot (1 < 2) "numbers are broken" "fine"
      => "fine"
      throwIfNot false "numbers are broken" "fine"
      => error: numbers are broken
  */
  throwIfNot = condition: message: if condition then id else throw message;

  /**
    An error if a condition holds; otherwise the value.

    Type: throwIf :: Bool -> String -> a -> a

    Example:
      throwIf true "not like this" 1
      => error: not like this
  */
  throwIf = condition: message: if condition then throw message else id;

  /**
    An error when a list has an element that is not among the valid ones; then the value.

    Type: checkListOfEnum :: String -> [a] -> [a] -> b -> b

    Example:
      checkListOfEnum "colours" [ "red" "green" ] [ "red" ] "fine"
      => "fine"
      checkListOfEnum "colours" [ "red" "green" ] [ "blue" ] "fine"
      => error: colours: "blue" unexpected; valid ones: "red", "green"
  */
  checkListOfEnum =
    message: valid: given:
    let
      wrong = lib.lists.subtractLists valid given;
      show = lib.strings.concatMapStringsSep ", " builtins.toJSON;
    in
    throwIfNot (wrong == [ ]) "${message}: ${show wrong} unexpected; valid ones: ${show valid}";

  /**
    Trace a message marked as information, then give the value.

    Type: info :: String -> a -> a

    Example:
      info "something is noted" 1
      => 1
  */
  info = message: builtins.trace "INFO: ${message}";

  /**
    Show a list of warnings, the first one first, then give the value.

    Type: showWarnings :: [String] -> a -> a

    Example:
      showWarnings [ ] 1
      => 1
  */
  showWarnings = warnings: value: lib.lists.foldr warn value warnings;

  /**
    Tell which named arguments a function takes where the language cannot see them.

    Type: setFunctionArgs :: (AttrSet -> b) -> AttrSet -> (AttrSet -> b)

    Example:
      trivial.functionArgs (setFunctionArgs (args: args.a) { a = false; b = true; })
      => { a = false; b = true; }
  */
  setFunctionArgs = f: args: {
    __functor = _: f;
    __functionArgs = args;
  };

  /**
    The named arguments of a function, or of a set that can be called: whether each has a default.

    Type: functionArgs :: (a -> b) -> AttrSet

    Example:
      trivial.functionArgs ({ a, b ? 1 }: a)
      => { a = false; b = true; }
  */
  functionArgs =
    f: if f ? __functor then f.__functionArgs or (lib.trivial.functionArgs (f.__functor f)) else builtins.functionArgs f;

  /**
    Whether a value can be called: a function, or a set with `__functor`.

    Type: isFunction :: Any -> Bool

    Example:
      map isFunction [ (x: x) (setFunctionArgs (x: x) { }) { } ]
      => [ true true false ]
  */
  isFunction = f: builtins.isFunction f || (f ? __functor && lib.trivial.isFunction (f.__functor f));

  /**
    A function that seems to take the named arguments of another.

    Type: mirrorFunctionArgs :: (a -> b) -> (a -> c) -> (a -> c)

    Example:
      trivial.functionArgs (mirrorFunctionArgs ({ a, b ? 1 }: a) (args: 5))
      => { a = false; b = true; }
  */
  mirrorFunctionArgs =
    f:
    let
      args = lib.trivial.functionArgs f;
    in
    g: setFunctionArgs g args;

  /**
    The value itself if it can be called; otherwise a function that always gives it.

    Type: toFunction :: (a -> b | b) -> (a -> b)

    Example:
      [ (toFunction 1 2) (toFunction (x: x + 1) 2) ]
      => [ 1 3 ]
  */
  toFunction = v: if isFunction v then v else const v;

  /**
    The number that hexadecimal digits (of either case, with or without 0x) mean.

    Type: fromHexString :: String -> Int

    Example:
      map fromHexString [ "FF" "0x7f" ]
      => [ 255 127 ]
      fromHexString "xyz"
      => error: fromHexString: "xyz" is not a hexadecimal number
  */
  fromHexString =
    text:
    let
      digits = lib.strings.removePrefix "0x" (lib.strings.toLower text);
      known = builtins.match "[0-9a-f]{1,16}" digits != null;
    in
    if known then
      (fromTOML "value = 0x${digits}").value
    else
      throw "fromHexString: ${lib.strings.escapeNixString text} is not a hexadecimal number";

  /**
    A number in hexadecimal, in upper case.

    Type: toHexString :: Int -> String

    Example:
      toHexString 250
      => "FA"
  */
  toHexString = number: lib.strings.concatMapStrings (builtins.elemAt hexDigits) (toBaseDigits 16 number);

  /**
    The digits of a number in a base, the most significant first.

    Type: toBaseDigits :: Int -> Int -> [Int]

    Example:
      [ (toBaseDigits 10 123) (toBaseDigits 2 6) (toBaseDigits 16 250) ]
      => [ [ 1 2 3 ] [ 1 1 0 ] [ 15 10 ] ]
  */
  toBaseDigits =
    base: number:
    let
      go = n: if n < base then [ n ] else go (n / base) ++ [ (mod n base) ];
    in
    assert builtins.isInt base && builtins.isInt number;
    assert base >= 2 && number >= 0;
    go number;
}
