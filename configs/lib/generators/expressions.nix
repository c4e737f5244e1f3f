# Expressions of languages.
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
  inherit (lib.asserts) assertMsg;
  inherit (lib.attrsets) isDerivation mapAttrsToList;
  inherit (lib.lists) optional;
  inherit (lib.strings) concatMapStringsSep concatStrings escape escapeNixIdentifier;
  inherit (lib.trivial) boolToString functionArgs isFunction;
in
rec {
  /**
    A value that may be infinitely deep, made safe to print: deeper parts are an error, or
    "<unevaluated>".

    Type: withRecursion :: { depthLimit :: Int; throwOnDepthLimit ? true; } -> a -> a

    Example:
      generators.toPretty { multiline = false; } (generators.withRecursion { depthLimit = 1; throwOnDepthLimit = false; } (let x = { a = x; b = 1; }; in x))
      => "{ a = { a = \"<unevaluated>\"; b = \"<unevaluated>\"; }; b = \"<unevaluated>\"; }"
      generators.toPretty { } (generators.withRecursion { depthLimit = 1; } { a.b.c.d = 1; })
      => error: Exceeded maximum eval-depth limit of 1 while trying to evaluate with `generators.withRecursion'!
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
      # A value without parts is as deep as parts of its own would be.
      leaf =
        depth: v:
        if depth <= depthLimit then
          v
        else if throwOnDepthLimit then
          throw "Exceeded maximum eval-depth limit of ${toString depthLimit} while trying to evaluate with `generators.withRecursion'!"
        else
          "<unevaluated>";
      below = depth: v: go depth (leaf depth v);
      go =
        depth: v:
        if isAttrs v then
          builtins.mapAttrs (name: x: if builtins.elem name special then x else below (depth + 1) x) v
        else if isList v then
          map (below (depth + 1)) v
        else
          leaf (depth + 1) v;
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
