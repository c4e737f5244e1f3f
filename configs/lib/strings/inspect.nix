# What a string is, has, and how near it is to another.
{ lib }:
let
  inherit (builtins) elemAt genList isString length match stringLength substring;
  inherit (lib.strings) concatStrings escapeRegex;
  inherit (lib.trivial) max min;
  # The printable characters of ASCII, from the code 32 on.
  printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
in
rec {
  /**
    Whether a string begins with another.

    Type: hasPrefix :: String -> String -> Bool

    Example:
      [ (hasPrefix "foo" "foobar") (hasPrefix "foo" "barfoo") ]
      => [ true false ]
  */
  hasPrefix = prefix: s: substring 0 (stringLength prefix) s == prefix;

  /**
    Whether a string ends with another.

    Type: hasSuffix :: String -> String -> Bool

    Example:
      [ (hasSuffix "foo" "foobar") (hasSuffix "foo" "barfoo") ]
      => [ false true ]
  */
  hasSuffix =
    suffix: s:
    let
      size = stringLength s;
      short = stringLength suffix;
    in
    size >= short && substring (size - short) short s == suffix;

  /**
    Whether a string contains another.

    Type: hasInfix :: String -> String -> Bool

    Example:
      map (hasInfix "bc") [ "abcd" "ab" ]
      => [ true false ]
  */
  hasInfix = infix: s: length (builtins.split (escapeRegex infix) "${s}") > 1;

  /**
    The bytes of a string, as strings.

    Type: stringToCharacters :: String -> [String]

    Example:
      stringToCharacters "abc"
      => [ "a" "b" "c" ]
  */
  stringToCharacters = s: genList (n: substring n 1 s) (stringLength s);

  /**
    Each byte of a string through a function, joined.

    Type: stringAsChars :: (String -> String) -> String -> String

    Example:
      stringAsChars (x: if x == "a" then "i" else x) "nax"
      => "nix"
  */
  stringAsChars = f: s: concatStrings (map f (stringToCharacters s));

  /**
    The code of an ASCII character.

    Type: charToInt :: String -> Int

    Example:
      strings.charToInt "A"
      => 65
  */
  charToInt = c: asciiTable.${c};

  /**
    The codes of the characters of ASCII: the printable ones, tabulator, line feed, carriage return.

    Type: asciiTable :: AttrSet

    Example:
      strings.asciiTable."\n"
      => 10
  */
  asciiTable =
    builtins.listToAttrs (
      lib.lists.imap0 (n: c: lib.attrsets.nameValuePair c (n + 32)) (stringToCharacters printable)
    )
    // {
      "\t" = 9;
      "\n" = 10;
      "\r" = 13;
    };

  /**
    Whether `toString` can be used on a value.

    Type: isConvertibleWithToString :: Any -> Bool

    Example:
      map strings.isConvertibleWithToString [ 1 null [ "a" true ] { } (x: x) ]
      => [ true true true false false ]
  */
  isConvertibleWithToString =
    v:
    isStringLike v
    || builtins.elem (builtins.typeOf v) [
      "null"
      "int"
      "float"
      "bool"
    ]
    || (builtins.isList v && builtins.all isConvertibleWithToString v);

  isCoercibleToString = isConvertibleWithToString;

  /**
    Whether a value can stand where a string is interpolated.

    Type: isStringLike :: Any -> Bool

    Example:
      map isStringLike [ "a" /a { outPath = "x"; } { __toString = _: "x"; } 1 { } ]
      => [ true true true true false false ]
  */
  isStringLike = v: isString v || builtins.isPath v || v ? outPath || v ? __toString;

  /**
    Whether a value is a path in the store; what is below one is not.

    Type: isStorePath :: Any -> Bool

    Example:
      map isStorePath [ "${builtins.storeDir}/d945ibfx9x185xf04b890y4f9g3cbb63-python" "${builtins.storeDir}/x/bin" 42 ]
      => [ true false false ]
  */
  isStorePath =
    v:
    isStringLike v
    && (
      let
        s = toString v;
      in
      substring 0 1 s == "/" && (dirOf s == builtins.storeDir || match "/[0-9a-z]{52}" s != null)
    );

  /**
    Whether a string can be a shell variable's name.

    Type: isValidPosixName :: String -> Bool

    Example:
      map isValidPosixName [ "foo_bar000" "0-bad.jpg" ]
      => [ true false ]
  */
  isValidPosixName = name: match "[a-zA-Z_][a-zA-Z0-9_]*" name != null;

  /**
    The number of edits (a byte more, less or another) that make one string of another.

    Type: levenshtein :: String -> String -> Int

    Example:
      [ (strings.levenshtein "foo" "foo") (strings.levenshtein "book" "hook") (strings.levenshtein "hello" "Heyo") ]
      => [ 0 1 3 ]
  */
  levenshtein =
    a: b:
    let
      # Cells look at others as they need them; each is evaluated once.
      rows = genList (i: genList (distance i) (stringLength b + 1)) (stringLength a + 1);
      at = i: j: elemAt (elemAt rows i) j;
      distance =
        i: j:
        if i == 0 then
          j
        else if j == 0 then
          i
        else
          min (min (at (i - 1) j + 1) (at i (j - 1) + 1)) (
            at (i - 1) (j - 1) + (if substring (i - 1) 1 a == substring (j - 1) 1 b then 0 else 1)
          );
    in
    at (stringLength a) (stringLength b);

  /**
    How many bytes two strings share at their beginning.

    Type: commonPrefixLength :: String -> String -> Int

    Example:
      strings.commonPrefixLength "abcX" "abcYZ"
      => 3
  */
  commonPrefixLength =
    a: b:
    let
      most = min (stringLength a) (stringLength b);
      go = n: if n >= most || substring n 1 a != substring n 1 b then n else go (n + 1);
    in
    go 0;

  /**
    How many bytes two strings share at their end.

    Type: commonSuffixLength :: String -> String -> Int

    Example:
      strings.commonSuffixLength "Xabc" "YZabc"
      => 3
  */
  commonSuffixLength =
    a: b:
    let
      sizeA = stringLength a;
      sizeB = stringLength b;
      most = min sizeA sizeB;
      go =
        n:
        if n >= most || substring (sizeA - n - 1) 1 a != substring (sizeB - n - 1) 1 b then n else go (n + 1);
    in
    go 0;

  /**
    Whether two strings are at most some edits apart; quick for strings that share most of their text.

    Type: levenshteinAtMost :: Int -> String -> String -> Bool

    Example:
      [ (strings.levenshteinAtMost 0 "foo" "foo") (strings.levenshteinAtMost 1 "foo" "boa") ]
      => [ true false ]
  */
  levenshteinAtMost =
    k: a: b:
    let
      apart = max (stringLength a - stringLength b) (stringLength b - stringLength a);
      start = commonPrefixLength a b;
      restA = substring start (-1) a;
      restB = substring start (-1) b;
      end = commonSuffixLength restA restB;
      inside = s: substring 0 (stringLength s - end) s;
    in
    apart <= k && levenshtein (inside restA) (inside restB) <= k;
}
