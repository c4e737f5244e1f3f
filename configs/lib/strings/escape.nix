# Strings for other languages.
{ lib }:
let
  inherit (builtins) concatStringsSep head match replaceStrings stringLength substring;
  inherit (lib.attrsets) mapAttrsToList;
  inherit (lib.strings)
    asciiTable
    charToInt
    concatMapAttrsStringSep
    concatMapStrings
    concatMapStringsSep
    fixedWidthString
    isStringLike
    isValidPosixName
    stringToCharacters
    toLower
    ;
  inherit (lib.trivial) max toHexString;
  hexByte = c: fixedWidthString 2 "0" (toHexString (charToInt c));
in
rec {
  /**
    A backslash before each of some characters.

    Type: escape :: [String] -> String -> String

    Example:
      escape [ "(" ")" ] "(foo)"
      => "\\(foo\\)"
  */
  escape = chars: replaceStrings chars (map (c: "\\${c}") chars);

  /**
    Some characters as `\xNN`, in C's notation.

    Type: escapeC :: [String] -> String -> String

    Example:
      strings.escapeC [ " " ] "foo bar"
      => "foo\\x20bar"
  */
  escapeC = chars: replaceStrings chars (map (c: "\\x${toLower (hexByte c)}") chars);

  /**
    A string for a part of a URL: all but letters, digits and "-_.~" as `%NN`.

    Type: escapeURL :: String -> String

    Example:
      escapeURL "foo/bar baz"
      => "foo%2Fbar%20baz"
  */
  escapeURL =
    let
      plain = stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
      special = lib.lists.subtractLists plain (builtins.attrNames asciiTable);
    in
    replaceStrings special (map (c: "%${hexByte c}") special);

  /**
    One word for a shell, quoted only where it must be.

    Type: escapeShellArg :: String -> String

    Example:
      map escapeShellArg [ "esc'ape\nme" "plain" ]
      => [ "'esc'\\''ape\nme'" "plain" ]
  */
  escapeShellArg =
    arg:
    let
      s = toString arg;
    in
    if match "[[:alnum:],._+:@%/-]+" s == null then "'${replaceStrings [ "'" ] [ "'\\''" ] s}'" else s;

  /**
    Several words for a shell.

    Type: escapeShellArgs :: [String] -> String

    Example:
      escapeShellArgs [ "one" "two three" "four'five" ]
      => "one 'two three' 'four'\\''five'"
  */
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;

  /**
    Shell code that sets a variable: to a string, a list (an array) or a set (an associative array).

    Type: toShellVar :: String -> (String | [String] | AttrSet) -> String

    Example:
      [ (toShellVar "foo" "some string") (toShellVar "l" [ "a" "b c" ]) (toShellVar "s" { a = "b"; }) ]
      => [ "foo='some string'" "declare -a l=(a 'b c')" "declare -A s=([a]=b)" ]
      toShellVar "0" "x"
      => error: toShellVar: 0 is not a valid shell variable name
  */
  toShellVar =
    name: value:
    if !isValidPosixName name then
      throw "toShellVar: ${name} is not a valid shell variable name"
    else if builtins.isAttrs value && !isStringLike value then
      "declare -A ${name}=(${
        concatMapAttrsStringSep " " (n: v: "[${escapeShellArg n}]=${escapeShellArg v}") value
      })"
    else if builtins.isList value then
      "declare -a ${name}=(${escapeShellArgs value})"
    else
      "${name}=${escapeShellArg value}";

  /**
    Shell code that sets several variables, a line each.

    Type: toShellVars :: AttrSet -> String

    Example:
      toShellVars { foo = "bar"; baz = 1; }
      => "baz=1\nfoo=bar"
  */
  toShellVars = vars: concatStringsSep "\n" (mapAttrsToList toShellVar vars);

  /**
    A string as a literal of the Nix language.

    Type: escapeNixString :: String -> String

    Example:
      strings.escapeNixString "hello\${}\n"
      => "\"hello\\\${}\\n\""
  */
  escapeNixString = s: escape [ "$" ] (builtins.toJSON s);

  /**
    An attribute's name as the Nix language writes it, quoted where it must be.

    Type: escapeNixIdentifier :: String -> String

    Example:
      map strings.escapeNixIdentifier [ "hello" "0abc" "with" ]
      => [ "hello" "\"0abc\"" "\"with\"" ]
  */
  escapeNixIdentifier =
    let
      words = {
        "assert" = 1;
        "else" = 1;
        "if" = 1;
        "in" = 1;
        "inherit" = 1;
        "let" = 1;
        "rec" = 1;
        "then" = 1;
        "with" = 1;
      };
    in
    s:
    if match "[a-zA-Z_][a-zA-Z0-9_'-]*" s != null && !(words ? ${s}) then s else escapeNixString s;

  /**
    A regular expression that matches exactly a string.

    Type: escapeRegex :: String -> String

    Example:
      escapeRegex "[^a-z]*"
      => "\\[\\^a-z]\\*"
  */
  escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");

  /**
    Text for XML.

    Type: escapeXML :: String -> String

    Example:
      escapeXML "\"test\" 'test' < & >"
      => "&quot;test&quot; &apos;test&apos; &lt; &amp; &gt;"
  */
  escapeXML = replaceStrings [ "\"" "'" "<" ">" "&" ] [ "&quot;" "&apos;" "&lt;" "&gt;" "&amp;" ];

  /**
    A string as a name that a derivation may have.

    Type: sanitizeDerivationName :: String -> String

    Example:
      map strings.sanitizeDerivationName [ "../hello.bar # foo" "" ]
      => [ "-hello.bar-foo" "unknown" ]
  */
  sanitizeDerivationName =
    s:
    let
      text = builtins.unsafeDiscardStringContext (toString s);
      bare = head (match "\\.*(.*)" (replaceStrings [ "\n" ] [ " " ] text));
      parts = builtins.split "[^[:alnum:]+._?=-]+" bare;
      clean = concatMapStrings (part: if builtins.isList part then "-" else part) parts;
      size = stringLength clean;
    in
    if size == 0 then "unknown" else substring (max (size - 207) 0) (-1) clean;
}
