# Values as configuration files.
{ lib }:
let
  inherit (builtins)
    concatStringsSep
    filter
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isPath
    isString
    toJSON
    typeOf
    ;
  inherit (lib.asserts) assertMsg;
  inherit (lib.attrsets) isDerivation mapAttrsToList;
  inherit (lib.lists) optional;
  inherit (lib.strings)
    concatMapStringsSep
    concatStrings
    escape
    escapeNixIdentifier
    ;
  inherit (lib.trivial) boolToString functionArgs isFunction;
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

  /**
    JSON.

    Type: toJSON :: { } -> a -> String

    Example:
      generators.toJSON { } { a = [ 1 null ]; }
      => "{\"a\":[1,null]}"
  */
  toJSON = { }: builtins.toJSON;

  /**
    YAML, of which JSON is a part.

    Type: toYAML :: { } -> a -> String

    Example:
      generators.toYAML { } { a = 1; }
      => "{\"a\":1}"
  */
  toYAML = toJSON;

  /**
    TOML: values first, then tables. Null is left out.

    Type: toTOML :: { } -> AttrSet -> String

    Example:
      generators.toTOML { } { a = 1; t = { b = [ true 0.5 ]; }; l = [ { x = "y"; } ]; n = null; }
      => "a = 1\n\n[[l]]\nx = \"y\"\n\n[t]\nb = [true, 0.5]\n"
      fromTOML (generators.toTOML { } { a."b c" = [ [ 1 ] { d = "\n"; } ]; })
      => { a = { "b c" = [ [ 1 ] { d = "\n"; } ]; }; }
  */
  toTOML =
    { }:
    let
      key = name: if builtins.match "[A-Za-z0-9_-]+" name != null then name else builtins.toJSON name;
      path = concatMapStringsSep "." key;
      isTable = v: isAttrs v && !isDerivation v;
      isTables = v: isList v && v != [ ] && builtins.all isTable v;
      float =
        v:
        let
          text = builtins.toJSON v;
        in
        # A whole number would be an integer for who reads it.
        if builtins.match "-?[0-9]+" text != null then "${text}.0" else text;
      inline =
        v:
        if isFloat v then
          float v
        else if isBool v || isInt v || isString v || isPath v || isDerivation v then
          builtins.toJSON v
        else if isList v then
          "[${concatMapStringsSep ", " inline v}]"
        else if isAttrs v then
          "{${concatStringsSep ", " (mapAttrsToList (n: x: "${key n} = ${inline x}") (given v))}}"
        else
          throw "generators.toTOML: a ${typeOf v} has no form in TOML: ${toPretty { multiline = false; } v}";
      given = lib.attrsets.filterAttrs (_: v: v != null);
      blocks =
        at: table:
        let
          all = given table;
          values = lib.attrsets.filterAttrs (_: v: !(isTable v || isTables v)) all;
          tables = removeAttrs all (builtins.attrNames values);
          own = concatStrings (mapAttrsToList (n: v: "${key n} = ${inline v}\n") values);
          below =
            n: v:
            let
              here = at ++ [ n ];
              open = left: right: rest: [ ("${left}${path here}${right}\n" + builtins.head rest) ] ++ builtins.tail rest;
            in
            if isTable v then
              open "[" "]" (blocks here v)
            else
              builtins.concatMap (entry: open "[[" "]]" (blocks here entry)) v;
        in
        [ own ] ++ builtins.concatLists (mapAttrsToList below tables);
    in
    table:
    if isTable table then
      concatStringsSep "\n" (filter (block: block != "") (blocks [ ] table))
    else
      throw "generators.toTOML: a ${typeOf table} is no table";

  /**
    A value that may be infinitely deep, made safe to print: deeper parts are an error, or
    "<unevaluated>".

    Type: withRecursion :: { depthLimit :: Int; throwOnDepthLimit ? true; } -> a -> a

    Example:
      generators.toPretty { multiline = false; } (generators.withRecursion { depthLimit = 1; throwOnDepthLimit = false; } (let x = { a = x; b = 1; }; in x))
      => "{ a = { a = \"<unevaluated>\"; b = \"<unevaluated>\"; }; b = 1; }"
      generators.toPretty { } (generators.withRecursion { depthLimit = 1; } { a.b.c.d = 1; })
      => error: Exceeded maximum eval-depth limit of 1 while trying to pretty-print with `generators.withRecursion'!
  */
  withRecursion =
    {
      depthLimit,
      throwOnDepthLimit ? true,
    }:
    assert isInt depthLimit;
    let
      special = [
        "__functor"
        "__functionArgs"
        "__toString"
        "__pretty"
      ];
      below =
        depth: v:
        if depth <= depthLimit then
          go depth v
        else if throwOnDepthLimit then
          throw "Exceeded maximum eval-depth limit of ${toString depthLimit} while trying to pretty-print with `generators.withRecursion'!"
        else
          "<unevaluated>";
      go =
        depth: v:
        if isAttrs v then
          builtins.mapAttrs (name: x: if builtins.elem name special then x else below (depth + 1) x) v
        else if isList v then
          map (below (depth + 1)) v
        else
          v;
    in
    go 0;

  /**
    A value in the Nix language, laid out for people. With `allowPrettyValues`, a set with `__pretty`
    and `val` is printed by its own function.

    Type: toPretty :: { multiline ? true; indent ? ""; allowPrettyValues ? false; } -> a -> String

    Example:
      generators.toPretty { } { a = [ 1 "x" ]; }
      => "{\n  a = [\n    1\n    \"x\"\n  ];\n}"
      generators.toPretty { multiline = false; } { f = { b, c ? 1 }: b; n = null; "0" = 0.5; }
      => "{ \"0\" = 0.5; f = <function, args: {b, c?}>; n = null; }"
  */
  toPretty =
    {
      multiline ? true,
      indent ? "",
      allowPrettyValues ? false,
    }:
    let
      go =
        indent: v:
        let
          open = if multiline then "\n${indent}  " else " ";
          close = if multiline then "\n${indent}" else " ";
          deeper = go (indent + "  ");
          text =
            let
              lines = lib.strings.splitString "\n" v;
              single = map (escape [ "\\" "\"" "\${" ]) lines;
              block = map (builtins.replaceStrings [ "\${" "''" ] [ "''\${" "'''" ]) lines;
              # Quotes on a line of their own say that the text ends with a newline.
              end = lib.lists.last block;
              body = concatStringsSep open (lib.lists.init block);
            in
            if multiline && builtins.length lines > 1 then
              "''${open}${body}${if end == "" then close else open + end}''"
            else
              "\"${concatStringsSep "\\n" single}\"";
          function =
            let
              args = functionArgs v;
              shown = mapAttrsToList (n: optional: if optional then "${n}?" else n) args;
            in
            if args == { } then "<function>" else "<function, args: {${concatStringsSep ", " shown}}>";
          attr =
            n: x:
            "${escapeNixIdentifier n} = ${builtins.addErrorContext "while evaluating an attribute `${n}`" (deeper x)};";
        in
        if isInt v then
          toString v
        else if isFloat v then
          # More digits than `toString` gives.
          builtins.toJSON v
        else if isString v then
          text
        else if isBool v then
          boolToString v
        else if v == null then
          "null"
        else if isPath v then
          toString v
        else if isList v then
          if v == [ ] then "[ ]" else "[${open}${concatMapStringsSep open deeper v}${close}]"
        else if isFunction v then
          function
        else if isAttrs v then
          if allowPrettyValues && v ? __pretty && v ? val then
            v.__pretty v.val
          else if v == { } then
            "{ }"
          else if isDerivation v then
            "<derivation ${v.name or "???"}>"
          else
            "{${open}${concatStringsSep open (mapAttrsToList attr v)}${close}}"
        else
          abort "generators.toPretty: should never happen (v = ${v})";
    in
    go indent;

  /**
    An Apple property list. Null is left out.

    Type: toPlist :: { escape ? false; } -> a -> String

    Example:
      lib.last (splitString "1.0\">\n" (generators.toPlist { } { a = [ 1 true ]; }))
      => "<dict>\n\t<key>a</key>\n\t<array>\n\t\t<integer>1</integer>\n\t\t<true/>\n\t</array>\n</dict>\n</plist>"
  */
  toPlist =
    {
      escape ? false,
    }:
    let
      text = if escape then lib.strings.escapeXML else lib.trivial.id;
      wrap =
        indent: name: items:
        concatStringsSep "\n" ([ "${indent}<${name}>" ] ++ items ++ [ "${indent}</${name}>" ]);
      go =
        indent: v:
        let
          leaf = name: content: "${indent}<${name}>${content}</${name}>";
          deeper = go "\t${indent}";
          pair = n: x: [
            "\t${indent}<key>${text n}</key>"
            (deeper x)
          ];
          kept = lib.attrsets.filterAttrs (n: x: n != "_module" && x != null) v;
        in
        if v == null then
          ""
        else if isBool v then
          indent + (if v then "<true/>" else "<false/>")
        else if isInt v then
          leaf "integer" (toString v)
        else if isString v || isPath v || isDerivation v then
          leaf "string" (text (toString v))
        else if isList v then
          wrap indent "array" (map deeper v)
        else if isAttrs v then
          wrap indent "dict" (builtins.concatLists (mapAttrsToList pair kept))
        else if isFloat v then
          leaf "real" (toString v)
        else
          abort "generators.toPlist: should never happen (v = ${toPretty { } v})";
    in
    v: ''
      <?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <plist version="1.0">
      ${go "" v}
      </plist>'';

  /**
    Dhall, as an expression.

    Type: toDhall :: { } -> a -> String

    Example:
      generators.toDhall { } { a = [ 1 (-2) ]; b = true; c = "x"; }
      => "{ a = [ +1, -2 ], b = True, c = \"x\" }"
      generators.toDhall { } null
      => error: generators.toDhall: cannot convert a null to Dhall
  */
  toDhall =
    { }@args:
    v:
    let
      items = concatStringsSep ", ";
    in
    if isAttrs v && !isDerivation v then
      "{ ${items (mapAttrsToList (n: x: "${n} = ${toDhall args x}") v)} }"
    else if isList v then
      "[ ${items (map (toDhall args) v)} ]"
    else if isInt v then
      (if v < 0 then "" else "+") + toString v
    else if isBool v then
      (if v then "True" else "False")
    else if isFunction v || v == null then
      abort "generators.toDhall: cannot convert a ${if v == null then "null" else "function"} to Dhall"
    else
      builtins.toJSON v;

  /**
    Lua: an expression, or assignments (`asBindings`).

    Type: toLua :: { multiline ? true; indent ? ""; asBindings ? false; } -> a -> String

    Example:
      generators.toLua { multiline = false; } { cmd = [ "typescript-language-server" 1 ]; run = generators.mkLuaInline "function() end"; none = null; }
      => "{ [\"cmd\"] = { \"typescript-language-server\", 1 }, [\"none\"] = nil, [\"run\"] = (function() end) }"
      generators.toLua { asBindings = true; } { x = 1; "y.z" = { }; }
      => "x = 1\ny.z = {}\n"
      generators.toLua { asBindings = true; } { "0" = 1; }
      => error: Bad Lua var names: [
  */
  toLua =
    {
      multiline ? true,
      indent ? "",
      asBindings ? false,
    }@args:
    v:
    let
      deeper = args // {
        indent = if asBindings then indent else "${indent}  ";
        asBindings = false;
      };
      open = if multiline then "\n${indent}  " else " ";
      close = if multiline then "\n${indent}" else " ";
      table = items: "{${open}${concatStringsSep ",${open}" items}${close}}";
      word = "[[:alpha:]_][[:alnum:]_]*";
      bad = filter (n: builtins.match "${word}(\\.${word})*" n == null) (builtins.attrNames v);
    in
    if asBindings then
      assert assertMsg (bad == [ ]) "Bad Lua var names: ${toPretty { } bad}";
      concatStrings (mapAttrsToList (n: x: "${indent}${n} = ${toLua deeper x}\n") v)
    else if v == null then
      "nil"
    else if isInt v || isFloat v || isString v || isBool v then
      builtins.toJSON v
    else if isPath v || isDerivation v then
      builtins.toJSON "${v}"
    else if v == [ ] || v == { } then
      "{}"
    else if isList v then
      table (map (toLua deeper) v)
    else if isAttrs v && v._type or null == "lua-inline" then
      "(${v.expr})"
    else if isAttrs v then
      table (mapAttrsToList (n: x: "[${builtins.toJSON n}] = ${toLua deeper x}") v)
    else
      abort "generators.toLua: type ${typeOf v} is unsupported";

  /**
    A piece of Lua that `toLua` writes as it is.

    Type: mkLuaInline :: String -> AttrSet

    Example:
      generators.mkLuaInline "f(1)"
      => { _type = "lua-inline"; expr = "f(1)"; }
  */
  mkLuaInline = expr: {
    _type = "lua-inline";
    inherit expr;
  };
}
