# Values as configuration files.
{ lib }:
let
  inherit (builtins) concatStringsSep isAttrs isBool isFloat isInt isList isString typeOf;
  inherit (lib.attrsets) mapAttrsToList;
  inherit (lib.strings) concatMapStringsSep escape;
  bad = what: v: throw "generators.${what}: a ${typeOf v} is not supported: ${toPretty { } v}";
  toPretty = lib.generators.toPretty;
in
rec {
  /** A value as most formats write it. */
  mkValueStringDefault =
    { }:
    v:
    if isInt v || isString v then
      toString v
    else if lib.attrsets.isDerivation v || builtins.isPath v then
      toString v
    else if v == true then
      "true"
    else if v == false then
      "false"
    else if v == null then
      "null"
    else if isFloat v then
      lib.strings.floatToString v
    else
      bad "mkValueStringDefault" v;

  /** `NAME SEPARATOR VALUE`, the separator escaped in the name. */
  mkKeyValueDefault =
    { mkValueString ? mkValueStringDefault { } }:
    sep: name: value:
    "${escape [ sep ] name}${sep}${mkValueString value}";

  /** A line for each name. */
  toKeyValue =
    {
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
      indent ? "",
    }:
    attrs:
    let
      line = name: value: indent + mkKeyValue name value + "\n";
      lines =
        name: value:
        if listsAsDuplicateKeys then map (line name) (lib.lists.toList value) else [ (line name value) ];
    in
    lib.strings.concatStrings (builtins.concatLists (mapAttrsToList lines attrs));

  /** Sections of lines. */
  toINI =
    {
      mkSectionName ? name: escape [ "[" "]" ] name,
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    sections:
    concatStringsSep "\n" (
      mapAttrsToList (
        name: attrs: "[${mkSectionName name}]\n" + toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } attrs
      ) sections
    );

  /** Sections of lines, with lines before the first section. */
  toINIWithGlobalSection =
    {
      mkSectionName ? name: escape [ "[" "]" ] name,
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    { globalSection, sections ? { } }:
    (
      if globalSection == { } then
        ""
      else
        toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } globalSection + "\n"
    )
    + toINI { inherit mkSectionName mkKeyValue listsAsDuplicateKeys; } sections;

  /** Git's configuration. */
  toGitINI =
    attrs:
    let
      section =
        path:
        let
          sub = concatStringsSep "." (builtins.tail path);
        in
        if builtins.length path == 1 then builtins.head path else ''${builtins.head path} "${sub}"'';
      show = v: if isString v then ''"${escape [ "\\" "\"" ] (builtins.replaceStrings [ "\n" "\t" ] [ "\\n" "\\t" ] v)}"'' else mkValueStringDefault { } v;
      line = name: v: if isList v then map (x: "\t${name} = ${show x}\n") v else [ "\t${name} = ${show v}\n" ];
      gather =
        path: set:
        let
          plain = lib.attrsets.filterAttrs (_: v: !isAttrs v) set;
          deep = lib.attrsets.filterAttrs (_: isAttrs) set;
        in
        lib.lists.optional (path != [ ] && plain != { }) {
          inherit path;
          text = lib.strings.concatStrings (builtins.concatLists (mapAttrsToList line plain));
        }
        ++ builtins.concatLists (mapAttrsToList (name: gather (path ++ [ name ])) deep);
    in
    concatMapStringsSep "\n" (entry: "[${section entry.path}]\n${entry.text}") (gather [ ] attrs);

  /** JSON, and YAML (which contains JSON). */
  toJSON = { }: builtins.toJSON;
  toYAML = toJSON;

  /** A value in the Nix language, laid out for people. */
  toPretty =
    { multiline ? true, allowPrettyValues ? false, indent ? "" }:
    let
      go =
        indent: v:
        let
          open = if multiline then "\n${indent}  " else " ";
          close = if multiline then "\n${indent}" else " ";
        in
        if isInt v || isFloat v || isBool v || v == null then
          (if v == null then "null" else if isBool v then lib.trivial.boolToString v else builtins.toJSON v)
        else if isString v then
          lib.strings.escapeNixString v
        else if builtins.isPath v then
          toString v
        else if isList v then
          if v == [ ] then "[ ]" else "[${open}${concatMapStringsSep open (go (indent + "  ")) v}${close}]"
        else if lib.trivial.isFunction v then
          let
            args = lib.trivial.functionArgs v;
            shown = concatStringsSep ", " (mapAttrsToList (n: d: if d then "${n}?" else n) args);
          in
          if args == { } then "<function>" else "<function, args: {${shown}}>"
        else if isAttrs v then
          if allowPrettyValues && v ? __pretty && v ? val then
            v.__pretty v.val
          else if v == { } then
            "{ }"
          else if lib.attrsets.isDerivation v then
            "<derivation ${v.name or "???"}>"
          else
            "{${open}${
              concatStringsSep open (mapAttrsToList (n: x: "${lib.strings.escapeNixIdentifier n} = ${go (indent + "  ") x};") v)
            }${close}}"
        else
          bad "toPretty" v;
    in
    go indent;

  /** Lua, as an expression. */
  toLua =
    { multiline ? true, indent ? "" }:
    v:
    let
      inner = "${indent}  ";
      sep = if multiline then ",\n${inner}" else ", ";
      wrap = items: if items == [ ] then "{}" else if multiline then "{\n${inner}${concatStringsSep sep items}\n${indent}}" else "{ ${concatStringsSep sep items} }";
      go = toLua { inherit multiline; indent = inner; };
    in
    if v == null then
      "nil"
    else if isInt v || isFloat v || isBool v || isString v then
      builtins.toJSON v
    else if isList v then
      wrap (map go v)
    else if isAttrs v && v._type or null == "lua-inline" then
      "(${v.expr})"
    else if isAttrs v then
      wrap (mapAttrsToList (n: x: "[${builtins.toJSON n}] = ${go x}") v)
    else
      bad "toLua" v;
  mkLuaInline = expr: { _type = "lua-inline"; inherit expr; };
}
