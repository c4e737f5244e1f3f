# Files of lines: keys, values, sections.
{ lib }:
let
  inherit (builtins) concatStringsSep isAttrs isBool isFloat isInt isList isString;
  inherit (lib.attrsets) isDerivation mapAttrsToList;
  inherit (lib.generators) toPretty;
  inherit (lib.strings) concatMapStringsSep concatStrings escape;
  inherit (lib.trivial) boolToString isFunction;
in
rec {
  /**
    A value as most formats write it. Lists, sets and functions are errors.

    Type: mkValueStringDefault :: { } -> a -> String

    Example:
      map (generators.mkValueStringDefault { }) [ "a" 1 true null 0.5 ]
      => [ "a" "1" "true" "null" "0.500000" ]
      generators.mkValueStringDefault { } [ 1 ]
      => error: generators.mkValueStringDefault: lists not supported: [ 1 ]
  */
  mkValueStringDefault =
    { }:
    v:
    let
      refuse = what: throw "generators.mkValueStringDefault: ${what} not supported: ${toPretty { multiline = false; } v}";
    in
    if isString v then
      v
    else if isInt v || isDerivation v then
      toString v
    else if isBool v then
      boolToString v
    else if v == null then
      "null"
    else if isList v then
      refuse "lists"
    else if isAttrs v then
      refuse "attrsets"
    else if isFunction v then
      refuse "functions"
    else if isFloat v then
      lib.strings.floatToString v
    else
      refuse "this value is";

  /**
    A key and its value with a separator between, which is escaped in the key.

    Type: mkKeyValueDefault :: { mkValueString ? mkValueStringDefault { }; } -> String -> String -> a -> String

    Example:
      generators.mkKeyValueDefault { } ":" "f:oo" "bar"
      => "f\\:oo:bar"
  */
  mkKeyValueDefault =
    {
      mkValueString ? mkValueStringDefault { },
    }:
    separator: key: value:
    "${escape [ separator ] key}${separator}${mkValueString value}";

  /**
    A key and its value as dconf writes them.

    Type: mkDconfKeyValue :: String -> a -> String

    Example:
      generators.mkDconfKeyValue "size" [ 1 2 ]
      => "size=@ai [1,2]"
  */
  mkDconfKeyValue = mkKeyValueDefault { mkValueString = v: toString (lib.gvariant.mkValue v); } "=";

  /**
    A line for each name and value.

    Type: toKeyValue :: { mkKeyValue ?; listsAsDuplicateKeys ? false; indent ? ""; } -> AttrSet -> String

    Example:
      generators.toKeyValue { } { a = "x"; b = null; }
      => "a=x\nb=null\n"
      generators.toKeyValue { listsAsDuplicateKeys = true; } { a = [ 1 2 ]; }
      => "a=1\na=2\n"
  */
  toKeyValue =
    {
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
      indent ? "",
    }:
    attrs:
    let
      line = key: value: indent + mkKeyValue key value + "\n";
      lines =
        key: value:
        if listsAsDuplicateKeys then map (line key) (lib.lists.toList value) else [ (line key value) ];
    in
    concatStrings (builtins.concatLists (mapAttrsToList lines attrs));

  /**
    An INI file: sections of lines.

    Type: toINI :: { mkSectionName ?; mkKeyValue ?; listsAsDuplicateKeys ? false; } -> AttrSet -> String

    Example:
      generators.toINI { } { foo = { hi = 1; ciao = "bar"; }; baz."also, integers" = 42; }
      => "[baz]\nalso, integers=42\n\n[foo]\nciao=bar\nhi=1\n"
  */
  toINI =
    {
      mkSectionName ? name: escape [ "[" "]" ] name,
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    sections:
    let
      section =
        name: attrs:
        "[${mkSectionName name}]\n" + toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } attrs;
    in
    concatStringsSep "\n" (mapAttrsToList section sections);

  /**
    An INI file with lines before the first section.

    Type: toINIWithGlobalSection :: { mkSectionName ?; mkKeyValue ?; listsAsDuplicateKeys ? false; } -> { globalSection; sections ? { }; } -> String

    Example:
      generators.toINIWithGlobalSection { } { globalSection.someGlobalKey = "hi"; sections.foo.hi = 1; }
      => "someGlobalKey=hi\n\n[foo]\nhi=1\n"
  */
  toINIWithGlobalSection =
    {
      mkSectionName ? name: escape [ "[" "]" ] name,
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    {
      globalSection,
      sections ? { },
    }:
    lib.strings.optionalString (globalSection != { }) (
      toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } globalSection + "\n"
    )
    + toINI { inherit mkSectionName mkKeyValue listsAsDuplicateKeys; } sections;

  /**
    Git's configuration: sets in sections are subsections.

    Type: toGitINI :: AttrSet -> String

    Example:
      generators.toGitINI { url."ssh://git@example.org/".insteadOf = "https://example.org"; user.name = "x"; }
      => "[url \"ssh://git@example.org/\"]\n\tinsteadOf = \"https://example.org\"\n\n[user]\n\tname = \"x\"\n"
  */
  toGitINI =
    attrs:
    let
      mkSectionName =
        name:
        let
          parts = lib.strings.splitString "." name;
          sub = concatStringsSep "." (builtins.tail parts);
        in
        if sub == "" || lib.strings.hasInfix "\"" name then name else "${builtins.head parts} \"${sub}\"";
      quoted =
        builtins.replaceStrings
          [
            "\n"
            "\t"
            "\""
            "\\"
          ]
          [
            "\\n"
            "\\t"
            "\\\""
            "\\\\"
          ];
      mkValueString = v: mkValueStringDefault { } (if isString v then "\"${quoted v}\"" else v);
      line = key: value: "\t" + mkKeyValueDefault { inherit mkValueString; } " = " key value;
      mkKeyValue = key: value: concatMapStringsSep "\n" (line key) (lib.lists.toList value);
      # The sections by their names, "section.subsection".
      leaves =
        path: value:
        if isAttrs value && !isDerivation value then
          builtins.concatLists (mapAttrsToList (name: leaves (path ++ [ name ])) value)
        else if builtins.length path > 1 then
          [ { ${concatStringsSep "." (lib.lists.init path)}.${lib.lists.last path} = value; } ]
        else
          throw "generators.toGitINI: `${concatStringsSep "." path}' is no section";
      sections = builtins.zipAttrsWith (_: lib.attrsets.mergeAttrsList) (leaves [ ] attrs);
    in
    toINI { inherit mkSectionName mkKeyValue; } sections;

  /**
    A dconf key file.

    Type: toDconfINI :: AttrSet -> String

    Example:
      generators.toDconfINI { "org/x".on = true; }
      => "[org/x]\non=true\n"
  */
  toDconfINI = toINI { mkKeyValue = mkDconfKeyValue; };
}
