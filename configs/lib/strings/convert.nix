# Numbers and files as strings, and back.
{ lib }:
let
  inherit (builtins) head length match stringLength substring;
  inherit (lib.asserts) assertMsg;
  inherit (lib.strings) concatStrings escapeNixString removeSuffix replicate splitString;
in
rec {
  /**
    A string filled from the left to a width by another.

    Type: fixedWidthString :: Int -> String -> String -> String

    Example:
      fixedWidthString 5 "0" "15"
      => "00015"
      fixedWidthString 1 "0" "15"
      => error: fixedWidthString: requested string length (1) must not be shorter than actual length (2)
  */
  fixedWidthString =
    width: filler: s:
    let
      missing = width - stringLength s;
    in
    assert assertMsg (missing >= 0)
      "fixedWidthString: requested string length (${toString width}) must not be shorter than actual length (${toString (stringLength s)})";
    if missing == 0 then s else substring 0 missing (replicate missing filler) + s;

  /**
    A number filled with zeros to a width.

    Type: fixedWidthNumber :: Int -> Int -> String

    Example:
      fixedWidthNumber 5 15
      => "00015"
  */
  fixedWidthNumber = width: n: fixedWidthString width "0" (toString n);

  /**
    A float as text; a warning where digits are lost.

    Type: floatToString :: Float -> String

    Example:
      strings.floatToString 0.5
      => "0.500000"
  */
  floatToString =
    float:
    let
      text = toString float;
    in
    lib.trivial.warnIf (
      float != builtins.fromJSON text
    ) "Imprecise conversion from float to string ${text}" text;

  /**
    The integer that a decimal text is. White space around it is fine, leading zeros are not.

    Type: toInt :: String -> Int

    Example:
      map toInt [ "1337" "-4" " 123 " ]
      => [ 1337 (-4) 123 ]
      toInt "00024"
      => error: toInt: Ambiguity in interpretation of "00024" between octal and zero padded integer.
      toInt "3.14"
      => error: toInt: Could not convert "3.14" to int.
  */
  toInt =
    s:
    let
      found = match "[[:space:]]*(-?[[:digit:]]+)[[:space:]]*" s;
    in
    if found == null then
      throw "toInt: Could not convert ${escapeNixString s} to int."
    else if match "-?0[[:digit:]]+" (head found) != null then
      throw "toInt: Ambiguity in interpretation of ${escapeNixString s} between octal and zero padded integer."
    else
      builtins.fromJSON (head found);

  /**
    The integer that a decimal text is, with leading zeros or without.

    Type: toIntBase10 :: String -> Int

    Example:
      map toIntBase10 [ "1337" "-0004" "00024" "0" ]
      => [ 1337 (-4) 24 0 ]
      toIntBase10 "foo"
      => error: toIntBase10: Could not convert "foo" to int.
  */
  toIntBase10 =
    s:
    let
      found = match "[[:space:]]*(-?)0*([[:digit:]]+)[[:space:]]*" s;
    in
    if found == null then
      throw "toIntBase10: Could not convert ${escapeNixString s} to int."
    else
      builtins.fromJSON (concatStrings found);

  /**
    The paths that a file lists, a line each, below a root.

    Type: readPathsFromFile :: String -> Path -> [String]

    Example:
      readPathsFromFile "/root" (builtins.toFile "list" "a\nb/c\n")
      => [ "/root/a" "/root/b/c" ]
  */
  readPathsFromFile =
    root: file:
    map (path: root + "/${path}") (builtins.filter (s: s != "") (splitString "\n" (fileContents file)));

  /**
    The content of a file without the newline at its end.

    Type: fileContents :: Path -> String

    Example:
      fileContents (builtins.toFile "version" "1.0\n")
      => "1.0"
  */
  fileContents = file: removeSuffix "\n" (builtins.readFile file);
}
