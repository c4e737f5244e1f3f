# Cases of letters, and parts of strings.
{ lib }:
let
  inherit (builtins) genList head isString match replaceStrings stringLength substring tail;
  inherit (lib.asserts) assertMsg;
  inherit (lib.strings) concatMapStrings escapeRegex hasPrefix hasSuffix stringToCharacters;
in
rec {
  replaceChars = replaceStrings;

  /**
    A string with each occurrence of another replaced.

    Type: replaceString :: String -> String -> String -> String

    Example:
      replaceString "world" "Nix" "Hello, world!"
      => "Hello, Nix!"
  */
  replaceString = from: to: replaceStrings [ from ] [ to ];

  /**
    The lower-case letters of ASCII.

    Type: lowerChars :: [String]

    Example:
      head lowerChars
      => "a"
  */
  lowerChars = stringToCharacters "abcdefghijklmnopqrstuvwxyz";

  /**
    The upper-case letters of ASCII.

    Type: upperChars :: [String]

    Example:
      head upperChars
      => "A"
  */
  upperChars = stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  /**
    A string with ASCII letters in lower case.

    Type: toLower :: String -> String

    Example:
      toLower "HOME"
      => "home"
  */
  toLower = replaceStrings upperChars lowerChars;

  /**
    A string with ASCII letters in upper case.

    Type: toUpper :: String -> String

    Example:
      toUpper "home"
      => "HOME"
  */
  toUpper = replaceStrings lowerChars upperChars;

  /**
    A string with its first letter in upper case and the others in lower case.

    Type: toSentenceCase :: String -> String

    Example:
      toSentenceCase "hELLO world"
      => "Hello world"
  */
  toSentenceCase =
    s:
    assert assertMsg (isString s)
      "lib.toSentenceCase can only be used with strings, but was given a ${builtins.typeOf s}";
    toUpper (substring 0 1 s) + toLower (substring 1 (-1) s);

  /**
    Words as one, in camel case; "-", "_", a space and a new upper-case letter begin a word.

    Type: toCamelCase :: String -> String

    Example:
      map toCamelCase [ "hello-world" "hello_world" "hello world" "helloWorld" "Hello World" ]
      => [ "helloWorld" "helloWorld" "helloWorld" "helloWorld" "helloWorld" ]
  */
  toCamelCase =
    s:
    let
      separated = splitStringBy (
        _: c:
        builtins.elem c [
          "-"
          "_"
          " "
        ]
      ) false s;
      humps = splitStringBy (before: c: match "[a-z]" before != null && match "[A-Z]" c != null) true;
      words = builtins.concatMap humps separated;
    in
    assert assertMsg (isString s)
      "lib.toCamelCase can only be used with strings, but was given a ${builtins.typeOf s}";
    toLower (head words) + concatMapStrings toSentenceCase (tail words);

  /**
    A string with the context of another added to its own.

    Type: addContextFrom :: String -> String -> String

    Example:
      addContextFrom "a" "b"
      => "b"
  */
  addContextFrom = source: target: substring 0 0 source + target;

  /**
    The parts of a string between a separator.

    Type: splitString :: String -> String -> [String]

    Example:
      [ (splitString "." "foo.bar.baz") (splitString "/" "/usr/local") ]
      => [ [ "foo" "bar" "baz" ] [ "" "usr" "local" ] ]
  */
  splitString =
    separator: s:
    let
      text = toString s;
      parts = builtins.filter isString (builtins.split (escapeRegex (toString separator)) text);
    in
    if builtins.hasContext text then map (addContextFrom text) parts else parts;

  /**
    A string split where a predicate holds of a byte and the one before it ("" at the start). The
    byte begins the next part, or is left out.

    Type: splitStringBy :: (String -> String -> Bool) -> Bool -> String -> [String]

    Example:
      splitStringBy (prev: curr: builtins.elem curr [ "." "-" ]) false "foo.bar-baz"
      => [ "foo" "bar" "baz" ]
      splitStringBy (prev: curr: match "[a-z]" prev != null && match "[A-Z]" curr != null) true "fooBarBaz"
      => [ "foo" "Bar" "Baz" ]
  */
  splitStringBy =
    predicate: keep: s:
    let
      size = stringLength s;
      at = n: if n < 0 then "" else substring n 1 s;
      starts = builtins.filter (n: predicate (at (n - 1)) (at n)) (genList (n: n) size);
      from = [ 0 ] ++ map (n: if keep then n else n + 1) starts;
      to = starts ++ [ size ];
    in
    lib.lists.zipListsWith (start: end: substring start (end - start) s) from to;

  /**
    A string without a beginning that it may have.

    Type: removePrefix :: String -> String -> String

    Example:
      map (removePrefix "foo.") [ "foo.bar" "xfoo.bar" ]
      => [ "bar" "xfoo.bar" ]
  */
  removePrefix = prefix: s: if hasPrefix prefix s then substring (stringLength prefix) (-1) s else s;

  /**
    A string without an end that it may have.

    Type: removeSuffix :: String -> String -> String

    Example:
      map (removeSuffix "front") [ "homefront" "home" ]
      => [ "home" "home" ]
  */
  removeSuffix =
    suffix: s:
    if hasSuffix suffix s then substring 0 (stringLength s - stringLength suffix) s else s;
}
