# Strings.
{ lib }:
let
  inherit (builtins)
    concatStringsSep
    elemAt
    genList
    head
    isString
    length
    match
    replaceStrings
    stringLength
    substring
    tail
    ;
  inherit (lib.asserts) assertMsg;
  inherit (lib.attrsets) mapAttrsToList;
  inherit (lib.trivial) max min toHexString;

  # The printable characters of ASCII, from the code 32 on.
  printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  hexByte = c: fixedWidthString 2 "0" (toHexString (charToInt c));
  inherit (lib.strings) charToInt fixedWidthString;
in
rec {
  inherit (builtins)
    compareVersions
    concatStringsSep
    elem
    elemAt
    filter
    fromJSON
    genList
    head
    isAttrs
    isInt
    isList
    isPath
    isString
    length
    match
    parseDrvName
    readFile
    replaceStrings
    split
    storeDir
    stringLength
    substring
    tail
    toJSON
    typeOf
    unsafeDiscardStringContext
    ;

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

  /**
    The string if a condition holds, else the empty one.

    Type: optionalString :: Bool -> String -> String

    Example:
      [ (optionalString true "some") (optionalString false "some") ]
      => [ "some" "" ]
  */
  optionalString = condition: s: if condition then s else "";

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
    Whether a string can be a shell variable's name.

    Type: isValidPosixName :: String -> Bool

    Example:
      map isValidPosixName [ "foo_bar000" "0-bad.jpg" ]
      => [ true false ]
  */
  isValidPosixName = name: match "[a-zA-Z_][a-zA-Z0-9_]*" name != null;

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
      map strings.escapeNixIdentifier [ "hello" "0abc" ]
      => [ "hello" "\"0abc\"" ]
  */
  escapeNixIdentifier =
    s: if match "[a-zA-Z_][a-zA-Z0-9_'-]*" s != null then s else escapeNixString s;

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
  replaceChars = replaceStrings;

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

  /**
    Whether a version is older than another.

    Type: versionOlder :: String -> String -> Bool

    Example:
      [ (versionOlder "1.1" "1.2") (versionOlder "1.10" "1.2") ]
      => [ true false ]
  */
  versionOlder = a: b: builtins.compareVersions b a == 1;

  /**
    Whether a version is another or newer.

    Type: versionAtLeast :: String -> String -> Bool

    Example:
      [ (versionAtLeast "1.1" "1.0") (versionAtLeast "1.1" "1.1") (versionAtLeast "1.1" "1.2") ]
      => [ true true false ]
  */
  versionAtLeast = a: b: !versionOlder a b;

  /**
    The name of a package, or of a string NAME-VERSION.

    Type: getName :: (String | Derivation) -> String

    Example:
      map getName [ "youtube-dl-2016.01.01" { name = "youtube-dl-2016.01.01"; } { pname = "youtube-dl"; } ]
      => [ "youtube-dl" "youtube-dl" "youtube-dl" ]
  */
  getName =
    x: if isString x then (builtins.parseDrvName x).name else x.pname or (builtins.parseDrvName x.name).name;

  /**
    The version of a package, or of a string NAME-VERSION.

    Type: getVersion :: (String | Derivation) -> String

    Example:
      map getVersion [ "youtube-dl-2016.01.01" { version = "2"; } ]
      => [ "2016.01.01" "2" ]
  */
  getVersion =
    x:
    if isString x then
      (builtins.parseDrvName x).version
    else
      x.version or (builtins.parseDrvName x.name).version;

  /**
    The name of the file that a URL is of, up to a separator.

    Type: nameFromURL :: String -> String -> String

    Example:
      nameFromURL "https://example.org/releases/foo-1.11.tar.bz2" "-"
      => "foo"
  */
  nameFromURL =
    url: separator:
    let
      file = lib.lists.last (splitString "/" url);
      name = head (splitString separator file);
    in
    assert name != file;
    name;

  /**
    A definition for cmake: `-DNAME:TYPE=VALUE`.

    Type: cmakeOptionType :: String -> String -> String -> String

    Example:
      cmakeOptionType "string" "ENGINE" "sdl2"
      => "-DENGINE:STRING=sdl2"
      cmakeOptionType "number" "N" "1"
      => error: cmakeOptionType: "number" is no type of cmake
  */
  cmakeOptionType =
    let
      types = [
        "BOOL"
        "FILEPATH"
        "PATH"
        "STRING"
        "INTERNAL"
        "LIST"
      ];
    in
    type: name: value:
    assert assertMsg (builtins.elem (toUpper type) types)
      "cmakeOptionType: ${escapeNixString type} is no type of cmake";
    assert isString name && isString value;
    "-D${name}:${toUpper type}=${value}";

  /**
    A Boolean for cmake.

    Type: cmakeBool :: String -> Bool -> String

    Example:
      cmakeBool "ENABLE_STATIC_LIBS" false
      => "-DENABLE_STATIC_LIBS:BOOL=FALSE"
  */
  cmakeBool =
    name: flag:
    assert builtins.isBool flag;
    cmakeOptionType "bool" name (toUpper (lib.trivial.boolToString flag));

  /**
    A string for cmake.

    Type: cmakeFeature :: String -> String -> String

    Example:
      cmakeFeature "MODULES" "badblock"
      => "-DMODULES:STRING=badblock"
  */
  cmakeFeature = cmakeOptionType "string";

  /**
    A string for meson.

    Type: mesonOption :: String -> String -> String

    Example:
      mesonOption "engine" "opengl"
      => "-Dengine=opengl"
  */
  mesonOption =
    name: value:
    assert isString name && isString value;
    "-D${name}=${value}";

  /**
    A Boolean for meson.

    Type: mesonBool :: String -> Bool -> String

    Example:
      mesonBool "hardened" true
      => "-Dhardened=true"
  */
  mesonBool =
    name: flag:
    assert builtins.isBool flag;
    mesonOption name (lib.trivial.boolToString flag);

  /**
    A feature for meson.

    Type: mesonEnable :: String -> Bool -> String

    Example:
      mesonEnable "opengl" false
      => "-Dopengl=disabled"
  */
  mesonEnable =
    name: flag:
    assert builtins.isBool flag;
    mesonOption name (if flag then "enabled" else "disabled");

  /**
    `--enable-NAME` or `--disable-NAME`.

    Type: enableFeature :: Bool -> String -> String

    Example:
      [ (enableFeature true "foo") (enableFeature false "foo") ]
      => [ "--enable-foo" "--disable-foo" ]
  */
  enableFeature =
    flag: name:
    assert builtins.isBool flag && isString name;
    "--${if flag then "enable" else "disable"}-${name}";

  /**
    `--enable-NAME=VALUE` or `--disable-NAME`.

    Type: enableFeatureAs :: Bool -> String -> String -> String

    Example:
      [ (enableFeatureAs true "foo" "bar") (enableFeatureAs false "foo" (throw "never")) ]
      => [ "--enable-foo=bar" "--disable-foo" ]
  */
  enableFeatureAs =
    flag: name: value:
    enableFeature flag name + optionalString flag "=${value}";

  /**
    `--with-NAME` or `--without-NAME`.

    Type: withFeature :: Bool -> String -> String

    Example:
      [ (withFeature true "foo") (withFeature false "foo") ]
      => [ "--with-foo" "--without-foo" ]
  */
  withFeature =
    flag: name:
    assert builtins.isBool flag && isString name;
    "--${if flag then "with" else "without"}-${name}";

  /**
    `--with-NAME=VALUE` or `--without-NAME`.

    Type: withFeatureAs :: Bool -> String -> String -> String

    Example:
      withFeatureAs true "foo" "bar"
      => "--with-foo=bar"
  */
  withFeatureAs =
    flag: name: value:
    withFeature flag name + optionalString flag "=${value}";

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
