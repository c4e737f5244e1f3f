# Strings joined, repeated, trimmed; search paths.
{ lib }:
let
  inherit (builtins) concatStringsSep head length match replaceStrings tail;
  inherit (lib.attrsets) mapAttrsToList;
in
rec {
  /**
    Strings with a separator between.

    Type: join :: String -> [String] -> String

    Example:
      join ", " [ "a" "b" ]
      => "a, b"
  */
  join = concatStringsSep;

  /**
    Strings joined.

    Type: concatStrings :: [String] -> String

    Example:
      concatStrings [ "foo" "bar" ]
      => "foobar"
  */
  concatStrings = concatStringsSep "";

  /**
    What a function gives for each element, joined.

    Type: concatMapStrings :: (a -> String) -> [a] -> String

    Example:
      concatMapStrings (x: "a" + x) [ "foo" "bar" ]
      => "afooabar"
  */
  concatMapStrings = f: list: concatStrings (map f list);

  /**
    What a function gives for each index (from 1) and element, joined.

    Type: concatImapStrings :: (Int -> a -> String) -> [a] -> String

    Example:
      concatImapStrings (pos: x: "${toString pos}-${x}") [ "foo" "bar" ]
      => "1-foo2-bar"
  */
  concatImapStrings = f: list: concatStrings (lib.lists.imap1 f list);

  /**
    The elements with a separator between them, as a list.

    Type: intersperse :: a -> [a] -> [a]

    Example:
      intersperse "/" [ "usr" "local" "bin" ]
      => [ "usr" "/" "local" "/" "bin" ]
  */
  intersperse =
    separator: list:
    if length list < 2 then
      list
    else
      tail (
        builtins.concatMap (x: [
          separator
          x
        ]) list
      );

  /**
    What a function gives for each element, with a separator between.

    Type: concatMapStringsSep :: String -> (a -> String) -> [a] -> String

    Example:
      concatMapStringsSep "-" toUpper [ "foo" "bar" ]
      => "FOO-BAR"
  */
  concatMapStringsSep =
    separator: f: list:
    concatStringsSep separator (map f list);

  /**
    What a function gives for each index (from 1) and element, with a separator between.

    Type: concatImapStringsSep :: String -> (Int -> a -> String) -> [a] -> String

    Example:
      concatImapStringsSep "-" (pos: x: toString (x / pos)) [ 6 6 6 ]
      => "6-3-2"
  */
  concatImapStringsSep =
    separator: f: list:
    concatStringsSep separator (lib.lists.imap1 f list);

  /**
    What a function gives for each name and value, with a separator between.

    Type: concatMapAttrsStringSep :: String -> (String -> a -> String) -> AttrSet -> String

    Example:
      concatMapAttrsStringSep "\n" (name: value: "${name}: foo-${value}") { a = "0.1.0"; b = "0.2.0"; }
      => "a: foo-0.1.0\nb: foo-0.2.0"
  */
  concatMapAttrsStringSep =
    separator: f: set:
    concatStringsSep separator (mapAttrsToList f set);

  /**
    Strings as lines: each with a newline at its end.

    Type: concatLines :: [String] -> String

    Example:
      concatLines [ "foo" "bar" ]
      => "foo\nbar\n"
  */
  concatLines = concatMapStrings (line: line + "\n");

  /**
    A string several times.

    Type: replicate :: Int -> String -> String

    Example:
      strings.replicate 3 "ab"
      => "ababab"
  */
  replicate = n: s: concatStrings (lib.lists.replicate n s);

  /**
    A string without white space at its ends.

    Type: trim :: String -> String

    Example:
      trim "   hello, world!   \n"
      => "hello, world!"
  */
  trim = trimWith {
    start = true;
    end = true;
  };

  /**
    A string without white space at its start, at its end, or at both.

    Type: trimWith :: { start ? false :: Bool; end ? false :: Bool; } -> String -> String

    Example:
      [ (trimWith { start = true; } " a ") (trimWith { end = true; } " a ") (trimWith { } " a ") ]
      => [ "a " " a" " a " ]
  */
  trimWith =
    {
      start ? false,
      end ? false,
    }:
    s:
    let
      space = "[ \t\r\n]*";
      pattern =
        if start && end then
          "${space}(.*[^ \t\r\n])${space}"
        else if start then
          "${space}([^ \t\r\n].*)"
        else
          "(.*[^ \t\r\n])${space}";
      found = match pattern s;
    in
    if !(start || end) then
      s
    else if found == null then
      ""
    else
      head found;

  /**
    The string if a condition holds, else the empty one.

    Type: optionalString :: Bool -> String -> String

    Example:
      [ (optionalString true "some") (optionalString false "some") ]
      => [ "some" "" ]
  */
  optionalString = condition: s: if condition then s else "";

  /**
    Folders of one name under several roots (null is left out), with ":" between.

    Type: makeSearchPath :: String -> [String] -> String

    Example:
      makeSearchPath "bin" [ "/root" "/usr" null ]
      => "/root/bin:/usr/bin"
  */
  makeSearchPath =
    sub: roots: concatMapStringsSep ":" (root: root + "/" + sub) (builtins.filter (x: x != null) roots);

  /**
    `makeSearchPath` under one output of packages.

    Type: makeSearchPathOutput :: String -> String -> [Derivation] -> String

    Example:
      makeSearchPathOutput "dev" "bin" [ { dev = "/d"; out = "/o"; } "/p" ]
      => "/d/bin:/p/bin"
  */
  makeSearchPathOutput =
    output: sub: packages:
    makeSearchPath sub (map (lib.attrsets.getOutput output) packages);

  /**
    The search path of packages' libraries.

    Type: makeLibraryPath :: [Derivation] -> String

    Example:
      makeLibraryPath [ "/usr" "/usr/local" ]
      => "/usr/lib:/usr/local/lib"
  */
  makeLibraryPath = makeSearchPathOutput "lib" "lib";

  /**
    The search path of packages' header files.

    Type: makeIncludePath :: [Derivation] -> String

    Example:
      makeIncludePath [ "/usr" "/usr/local" ]
      => "/usr/include:/usr/local/include"
  */
  makeIncludePath = makeSearchPathOutput "dev" "include";

  /**
    The search path of packages' programs.

    Type: makeBinPath :: [Derivation] -> String

    Example:
      makeBinPath [ "/root" "/usr" ]
      => "/root/bin:/usr/bin"
  */
  makeBinPath = makeSearchPathOutput "bin" "bin";

  /**
    A path's text with repeated slashes made one.

    Type: normalizePath :: String -> String

    Example:
      strings.normalizePath "/a//b///c/"
      => "/a/b/c/"
  */
  normalizePath = lib.fixedPoints.converge (replaceStrings [ "//" ] [ "/" ]);
}
