# Strings.
{ lib }:
let
  inherit (builtins) concatStringsSep elemAt genList head length replaceStrings stringLength substring;
  lower = lib.strings.stringToCharacters "abcdefghijklmnopqrstuvwxyz";
  upper = lib.strings.stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
in
rec {
  inherit (builtins)
    compareVersions concatStringsSep elem elemAt filter fromJSON head isInt isList isAttrs isPath isString length
    match parseDrvName readFile replaceStrings split storeDir stringLength substring tail toJSON typeOf
    unsafeDiscardStringContext
    ;

  /** Strings joined. */
  join = concatStringsSep;
  concatStrings = concatStringsSep "";

  /** What a function gives for each element, joined. */
  concatMapStrings = f: list: concatStrings (map f list);
  concatImapStrings = f: list: concatStrings (lib.lists.imap1 f list);
  concatMapStringsSep = sep: f: list: concatStringsSep sep (map f list);
  concatImapStringsSep = sep: f: list: concatStringsSep sep (lib.lists.imap1 f list);
  concatMapAttrsStringSep = sep: f: set: concatStringsSep sep (lib.attrsets.mapAttrsToList f set);
  concatLines = concatMapStrings (line: line + "\n");

  /** The elements with a separator between them, as a list. */
  intersperse =
    sep: list:
    if list == [ ] || length list == 1 then
      list
    else
      builtins.tail (builtins.concatMap (x: [ sep x ]) list);

  /** A string repeated. */
  replicate = n: s: concatStrings (lib.lists.replicate n s);

  /** A string without white space at its ends. */
  trim = trimWith { start = true; end = true; };
  trimWith =
    { start ? false, end ? false }:
    s:
    let
      space = "[ \t\r\n]*";
      pattern =
        if start && end then
          "${space}(.*[^ \t\r\n])${space}"
        else if start then
          "${space}([^ \t\r\n].*)"
        else if end then
          "(.*[^ \t\r\n])${space}"
        else
          "(.*)";
      found = builtins.match pattern s;
    in
    if found == null then (if start || end then "" else s) else head found;

  /** Paths `name` under several roots, joined by ":". */
  makeSearchPath = sub: paths: concatStringsSep ":" (map (path: path + "/" + sub) (builtins.filter (x: x != null) paths));
  makeSearchPathOutput = output: sub: packages: makeSearchPath sub (map (lib.attrsets.getOutput output) packages);
  makeLibraryPath = makeSearchPathOutput "lib" "lib";
  makeIncludePath = makeSearchPathOutput "dev" "include";
  makeBinPath = makeSearchPathOutput "bin" "bin";

  /** A path text with repeated slashes made one. */
  normalizePath =
    s:
    builtins.foldl' (acc: c: if c == "/" && hasSuffix "/" acc then acc else acc + c) "" (stringToCharacters s);

  /** The string if the condition holds, else the empty one. */
  optionalString = condition: s: if condition then s else "";

  /** Whether a string begins with, ends with or contains another. */
  hasPrefix = prefix: s: substring 0 (stringLength prefix) s == prefix;
  hasSuffix =
    suffix: s:
    let
      size = stringLength s;
      short = stringLength suffix;
    in
    size >= short && substring (size - short) short s == suffix;
  hasInfix =
    infix: s:
    builtins.length (builtins.split (escapeRegex infix) "${s}") > 1;

  /** The bytes of a string, as strings. */
  stringToCharacters = s: genList (n: substring n 1 s) (stringLength s);

  /** Each byte through a function. */
  stringAsChars = f: s: concatStrings (map f (stringToCharacters s));

  /** The code of an ASCII character. */
  charToInt = c: lib.strings.asciiTable.${c};
  asciiTable = builtins.listToAttrs (
    lib.lists.imap0 (index: name: { inherit name; value = index + 32; }) (
      stringToCharacters " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
    )
  ) // { "\t" = 9; "\n" = 10; "\r" = 13; };

  /** Put a backslash before each of some characters. */
  escape = chars: replaceStrings chars (map (c: "\\${c}") chars);

  /** Characters as `\xNN`. */
  escapeC =
    chars:
    replaceStrings chars (map (c: "\\x${fixedWidthString 2 "0" (toLower (lib.trivial.toHexString (charToInt c)))}") chars);

  /** Escape for a URL's query. */
  escapeURL =
    let
      plain = stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
      special = lib.lists.subtractLists plain (builtins.attrNames asciiTable);
    in
    replaceStrings special (map (c: "%${fixedWidthString 2 "0" (lib.trivial.toHexString (charToInt c))}") special);

  /** One word for a shell, quoted only where it must be. */
  escapeShellArg =
    arg:
    let
      s = toString arg;
    in
    if builtins.match "[[:alnum:],._+:@%/-]+" s == null then "'${replaceStrings [ "'" ] [ "'\\''" ] s}'" else s;
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;

  /** Whether a string is a shell variable's name. */
  isValidPosixName = name: builtins.match "[a-zA-Z_][a-zA-Z0-9_]*" name != null;

  /** Shell code that sets a variable: a string, a list as an array, a set as an associative one. */
  toShellVar =
    name: value:
    if !isValidPosixName name then
      throw "toShellVar: ${name} is not a valid shell variable name"
    else if builtins.isAttrs value && !isStringLike value then
      "declare -A ${name}=(${
        concatStringsSep " " (lib.attrsets.mapAttrsToList (n: v: "[${escapeShellArg n}]=${escapeShellArg v}") value)
      })"
    else if builtins.isList value then
      "declare -a ${name}=(${escapeShellArgs value})"
    else
      "${name}=${escapeShellArg value}";
  toShellVars = vars: concatStringsSep "\n" (lib.attrsets.mapAttrsToList toShellVar vars);

  /** A string, or an attribute's name, as a literal of the Nix language. */
  escapeNixString = s: escape [ "$" ] (builtins.toJSON s);
  escapeNixIdentifier = s: if builtins.match "[a-zA-Z_][a-zA-Z0-9_'-]*" s != null then s else escapeNixString s;

  /** A literal for a regular expression. */
  escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");

  /** Text for XML. */
  escapeXML = replaceStrings [ "\"" "'" "<" ">" "&" ] [ "&quot;" "&apos;" "&lt;" "&gt;" "&amp;" ];

  /** ASCII letters in lower, in upper case. */
  toLower = replaceStrings upper lower;
  toUpper = replaceStrings lower upper;
  toSentenceCase = s: optionalString (s != "") (toUpper (substring 0 1 s) + toLower (substring 1 (-1) s));

  /** A string with the context of another. */
  addContextFrom = source: target: substring 0 0 source + target;

  /** The parts between a separator. */
  splitString =
    sep: s:
    builtins.filter builtins.isString (builtins.split (escapeRegex (toString sep)) (toString s));

  /** A string without a beginning, without an end. */
  removePrefix =
    prefix: s: if hasPrefix prefix s then substring (stringLength prefix) (-1) s else s;
  removeSuffix =
    suffix: s:
    if suffix != "" && hasSuffix suffix s then substring 0 (stringLength s - stringLength suffix) s else s;

  /** Whether a version is older than another, or at least as new. */
  versionOlder = a: b: builtins.compareVersions b a == 1;
  versionAtLeast = a: b: !versionOlder a b;

  /** The name, the version of a package (or of a string NAME-VERSION). */
  getName =
    x:
    let
      parse = s: (builtins.parseDrvName s).name;
    in
    if builtins.isString x then parse x else x.pname or (parse x.name);
  getVersion =
    x:
    let
      parse = s: (builtins.parseDrvName s).version;
    in
    if builtins.isString x then parse x else x.version or (parse x.name);

  /** A package's name and version, as one. */
  nameFromURL =
    url: sep:
    let
      file = lib.lists.last (splitString "/" url);
      name = head (splitString sep file);
    in
    assert name != file;
    name;

  /** Flags of configure scripts, of cmake, of meson. */
  enableFeature = flag: name: "--${if flag then "enable" else "disable"}-${name}";
  enableFeatureAs = flag: name: value: enableFeature flag name + optionalString flag "=${value}";
  withFeature = flag: name: "--${if flag then "with" else "without"}-${name}";
  withFeatureAs = flag: name: value: withFeature flag name + optionalString flag "=${value}";
  cmakeOptionType = type: name: value: "-D${name}:${toUpper type}=${value}";
  cmakeBool = name: flag: cmakeOptionType "bool" name (toUpper (lib.trivial.boolToString flag));
  cmakeFeature = cmakeOptionType "string";
  mesonOption = name: value: "-D${name}=${value}";
  mesonBool = name: flag: mesonOption name (lib.trivial.boolToString flag);
  mesonEnable = name: flag: mesonOption name (if flag then "enabled" else "disabled");

  /** A string filled from the left to a width. */
  fixedWidthString =
    width: filler: s:
    let
      missing = width - stringLength s;
    in
    assert lib.asserts.assertMsg (missing >= 0)
      "fixedWidthString: requested string length (${toString width}) must not be shorter than actual length (${toString (stringLength s)})";
    if missing == 0 then s else substring 0 missing (replicate missing filler) + s;
  fixedWidthNumber = width: n: fixedWidthString width "0" (toString n);

  /** A float as text; a warning where digits are lost. */
  floatToString = f: toString f;

  /** Whether a value can be made a string by `toString`, or by interpolation. */
  isConvertibleWithToString =
    v:
    isStringLike v
    || builtins.elem (builtins.typeOf v) [ "null" "int" "float" "bool" ]
    || (builtins.isList v && builtins.all isConvertibleWithToString v);
  isStringLike = v: builtins.isString v || builtins.isPath v || v ? outPath || v ? __toString;
  isCoercibleToString = isConvertibleWithToString;

  /** Whether a value is a path in the store (not below one). */
  isStorePath =
    v:
    isStringLike v
    && (
      let
        s = toString v;
      in
      substring 0 1 s == "/" && dirOf s == builtins.storeDir
    );

  /** The integer that a decimal text is; leading zeros are refused, or allowed. */
  toInt =
    s:
    let
      found = builtins.match "[[:space:]]*(-?[[:digit:]]+)[[:space:]]*" s;
      zero = builtins.match "[[:space:]]*-?0[[:digit:]]+[[:space:]]*" s;
    in
    if found == null then
      throw "toInt: Could not convert ${escapeNixString s} to int."
    else if zero != null then
      throw "toInt: Ambiguity in interpretation of ${escapeNixString s} between octal and zero padded integer."
    else
      builtins.fromJSON (head found);
  toIntBase10 =
    s:
    let
      found = builtins.match "[[:space:]]*0*(-?[[:digit:]]+)[[:space:]]*" s;
    in
    if found == null then
      throw "toIntBase10: Could not convert ${escapeNixString s} to int."
    else
      builtins.fromJSON (head found);

  /** The content of a file, without the newline at its end. */
  fileContents = lib.trivial.fileContents;
  readPathsFromFile =
    root: file: map (path: root + "/${path}") (builtins.filter (s: s != "") (splitString "\n" (fileContents file)));

  /** A name that a derivation may have. */
  sanitizeDerivationName =
    s:
    let
      text = builtins.unsafeDiscardStringContext (toString s);
      parts = builtins.split "[^[:alnum:]+._?=-]+" text;
      dashed = concatMapStrings (part: if builtins.isList part then "-" else part) parts;
      clean = concatStrings (builtins.match "\\.*(.*)" dashed);
      size = stringLength clean;
    in
    if clean == "" then "unknown" else substring (lib.trivial.max (size - 207) 0) (-1) clean;

  /** The number of edits between two strings. */
  levenshtein =
    a: b:
    let
      rows = genList (i: genList (distance i) (stringLength b + 1)) (stringLength a + 1);
      at = i: j: elemAt (elemAt rows i) j;
      distance =
        i: j:
        if i == 0 then
          j
        else if j == 0 then
          i
        else
          lib.trivial.min (lib.trivial.min (at (i - 1) j + 1) (at i (j - 1) + 1)) (
            at (i - 1) (j - 1) + (if substring (i - 1) 1 a == substring (j - 1) 1 b then 0 else 1)
          );
    in
    at (stringLength a) (stringLength b);
  commonPrefixLength =
    a: b:
    let
      most = lib.trivial.min (stringLength a) (stringLength b);
      go = n: if n >= most || substring n 1 a != substring n 1 b then n else go (n + 1);
    in
    go 0;
  commonSuffixLength =
    a: b:
    let
      sizeA = stringLength a;
      sizeB = stringLength b;
      most = lib.trivial.min sizeA sizeB;
      go = n: if n >= most || substring (sizeA - n - 1) 1 a != substring (sizeB - n - 1) 1 b then n else go (n + 1);
    in
    go 0;
  levenshteinAtMost = k: a: b: levenshtein a b <= k;
}
