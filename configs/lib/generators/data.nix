# Files of nested data.
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
    typeOf
    ;
  inherit (lib.attrsets) isDerivation mapAttrsToList;
  inherit (lib.generators) toPretty;
  inherit (lib.strings) concatMapStringsSep concatStrings escape;
in
rec {
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
      # JSON's notation, but for the one control character that it leaves as it is.
      delete = builtins.fromJSON "\"\\u007f\"";
      quoted = v: builtins.replaceStrings [ delete ] [ "\\u007f" ] (builtins.toJSON v);
      key = name: if builtins.match "[A-Za-z0-9_-]+" name != null then name else quoted name;
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
          quoted v
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
    An Apple property list. Null is left out.

    Type: toPlist :: { escape ? false; } -> a -> String

    Example:
      lib.last (splitString "1.0\">\n" (generators.toPlist { } { a = [ 1 true ]; }))
      => "<dict>\n\t<key>a</key>\n\t<array>\n\t\t<integer>1</integer>\n\t\t<true/>\n\t</array>\n</dict>\n</plist>"
      lib.last (splitString "1.0\">\n" (generators.toPlist { } [ ]))
      => "<array>\n\n</array>\n</plist>"
  */
  toPlist =
    {
      escape ? false,
    }:
    let
      text = if escape then lib.strings.escapeXML else lib.trivial.id;
      wrap =
        indent: name: items:
        "${indent}<${name}>\n${concatStringsSep "\n" items}\n${indent}</${name}>";
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
}
