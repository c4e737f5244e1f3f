# Operators as functions; numbers.
{ lib }:
let
  inherit (builtins) sub;
  hexDigits = lib.strings.stringToCharacters "0123456789ABCDEF";
in
rec {
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
    The number that hexadecimal digits (of either case, with or without 0x) mean.

    Type: fromHexString :: String -> Int

    Example:
      map fromHexString [ "FF" "0x7f" ]
      => [ 255 127 ]
      fromHexString "xyz"
      => error: fromHexString: "xyz" is not a hexadecimal number
      map fromHexString [ "000000000000000000ff" "7fffffffffffffff" ]
      => [ 255 9223372036854775807 ]
      fromHexString "8000000000000000"
      => error: fromHexString: "8000000000000000" is larger than the largest integer
  */
  fromHexString =
    text:
    let
      digits = lib.strings.removePrefix "0x" (lib.strings.toLower text);
      shown = lib.strings.escapeNixString text;
    in
    if builtins.match "[0-9a-f]+" digits == null then
      throw "fromHexString: ${shown} is not a hexadecimal number"
    else if builtins.match "0*([0-7][0-9a-f]{15}|[0-9a-f]{0,15})" digits == null then
      throw "fromHexString: ${shown} is larger than the largest integer"
    else
      (fromTOML "value = 0x${digits}").value;

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
