# Declaring options, and reading declarations.
{ lib }:
let
  inherit (builtins)
    concatStringsSep
    head
    isAttrs
    isBool
    isFunction
    isList
    isString
    length
    ;
  inherit (lib.attrsets) attrByPath isDerivation optionalAttrs;
  inherit (lib.lists) last optional toList;
  inherit (lib.strings) concatMapStrings;
  advice = "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.";
in
rec {
  /**
    Whether a value is an option.

    Type: isOption :: Any -> Bool

    Example:
      map isOption [ (mkOption { }) 1 ]
      => [ true false ]
  */
  isOption = v: isAttrs v && v._type or null == "option";

  /**
    An option, from `default`, `defaultText`, `example`, `description`, `relatedPackages`, `type`,
    `apply`, `internal`, `visible` and `readOnly`, all of which may be left out.

    Type: mkOption :: AttrSet -> Option

    Example:
      mkOption { default = "foo"; }
      => { _type = "option"; default = "foo"; }
  */
  mkOption =
    {
      default ? null,
      defaultText ? null,
      example ? null,
      description ? null,
      relatedPackages ? null,
      type ? null,
      apply ? null,
      internal ? null,
      visible ? null,
      readOnly ? null,
    }@attrs:
    attrs // { _type = "option"; };

  /**
    A Boolean option "Whether to enable NAME.", off by default.

    Type: mkEnableOption :: String -> Option

    Example:
      (mkEnableOption "foo").description
      => "Whether to enable foo."
  */
  mkEnableOption =
    name:
    mkOption {
      default = false;
      example = true;
      description = "Whether to enable ${name.text or name}.";
      type = lib.types.bool;
    };

  /**
    An option for a package of a set, by its name or path in the set.

    Type: mkPackageOption :: AttrSet -> (String | [String]) -> { nullable ? false; default ? name; example ? null; extraDescription ? ""; pkgsText ? "pkgs"; } -> Option

    Example:
      let o = mkPackageOption { hello = 1; } "hello" { example = [ "python3Packages" "x" ]; extraDescription = "More."; }; in [ o.default o.defaultText.text o.example.text o.description ]
      => [ 1 "pkgs.hello" "pkgs.python3Packages.x" "The hello package to use. More." ]
      (mkPackageOption { } "GHC" { default = [ "ghc" ]; }).default
      => error: pkgs.ghc cannot be found in pkgs
      (mkPackageOption { } "hello" { default = null; nullable = true; }).default
      => null
  */
  mkPackageOption =
    pkgs: name:
    {
      nullable ? false,
      default ? name,
      example ? null,
      extraDescription ? "",
      pkgsText ? "pkgs",
    }:
    let
      path = toList default;
      shown = "${pkgsText}.${concatStringsSep "." path}";
    in
    mkOption (
      {
        description = concatStringsSep " " (
          [ "The ${if isList name then last name else name} package to use." ]
          ++ optional (extraDescription != "") extraDescription
        );
        type = (if nullable then lib.types.nullOr else lib.trivial.id) lib.types.package;
      }
      // optionalAttrs (default != null) {
        default = attrByPath path (throw "${shown} cannot be found in ${pkgsText}") pkgs;
        defaultText = literalExpression shown;
      }
      // optionalAttrs (default == null && nullable) { default = null; }
      // optionalAttrs (example != null) {
        example = literalExpression (
          if isList example then "${pkgsText}.${concatStringsSep "." example}" else example
        );
      }
    );
  mkPackageOptionMD = mkPackageOption;

  /**
    An option that takes any definition and whose value nobody can read.

    Type: mkSinkUndeclaredOptions :: AttrSet -> Option

    Example:
      (mkSinkUndeclaredOptions { }).visible
      => false
  */
  mkSinkUndeclaredOptions =
    attrs:
    mkOption (
      {
        internal = true;
        visible = false;
        default = false;
        description = "Sink for option definitions.";
        type = lib.types.mkOptionType {
          name = "sink";
          check = _: true;
          merge = _: _: false;
        };
        apply = _: throw "Option value is not readable because the option is not declared.";
      }
      // attrs
    );

  /**
    Merge definitions by what they are: lists joined, sets united, Booleans or-ed, strings joined,
    functions by their results; others must be equal integers, or one.

    Type: mergeDefaultOption :: [String] -> [ { file; value; } ] -> a

    Example:
      map (values: mergeDefaultOption [ "a" ] (map (value: { file = "f"; inherit value; }) values)) [ [ [ 1 ] [ 2 ] ] [ "a" "b" ] [ false true ] [ 1 1 ] ]
      => [ [ 1 2 ] "ab" true 1 ]
      mergeDefaultOption [ "a" ] [ { file = "f"; value = 1; } { file = "g"; value = 2; } ]
      => error: Cannot merge definitions of `a'. Definition values:
  */
  mergeDefaultOption =
    loc: defs:
    let
      values = getValues defs;
      every = f: builtins.all f values;
    in
    if length values == 1 then
      head values
    else if every isFunction then
      argument: mergeDefaultOption loc (map (def: def // { value = def.value argument; }) defs)
    else if every isList then
      builtins.concatLists values
    else if every isAttrs then
      lib.attrsets.mergeAttrsList values
    else if every isBool then
      builtins.any lib.trivial.id values
    else if every isString then
      lib.strings.concatStrings values
    else if every builtins.isInt && every (v: v == head values) then
      head values
    else
      throw "Cannot merge definitions of `${showOption loc}'. Definition values:${showDefs defs}";

  /**
    The value of the only definition.

    Type: mergeOneOption :: [String] -> [ { file; value; } ] -> a

    Example:
      mergeOneOption [ "a" ] [ { file = "f"; value = 1; } ]
      => 1
      mergeOneOption [ "a" ] [ { file = "f"; value = 1; } { file = "g"; value = 1; } ]
      => error: The option `a' is defined multiple times while it's expected to be unique.
  */
  mergeOneOption = mergeUniqueOption { message = ""; };

  /**
    The only definition merged by a function; for more, an error with a message.

    Type: mergeUniqueOption :: { message :: String; merge ? null; } -> [String] -> [ { file; value; } ] -> a

    Example:
      mergeUniqueOption { message = "m"; merge = loc: defs: 5; } [ "a" ] [ { file = "f"; value = 1; } ]
      => 5
  */
  mergeUniqueOption =
    {
      message,
      merge ? null,
    }:
    loc: defs:
    if length defs == 1 then
      if merge == null then (head defs).value else merge loc defs
    else
      throw "The option `${showOption loc}' is defined multiple times while it's expected to be unique.\n${message}\nDefinition values:${showDefs defs}\n${advice}";

  /**
    The value that all definitions agree on.

    Type: mergeEqualOption :: [String] -> [ { file; value; } ] -> a

    Example:
      mergeEqualOption [ "a" ] [ { file = "f"; value = 1; } { file = "g"; value = 1; } ]
      => 1
      mergeEqualOption [ "a" ] [ { file = "f"; value = 1; } { file = "g"; value = 2; } ]
      => error: The option `a' has conflicting definition values:
  */
  mergeEqualOption =
    loc: defs:
    let
      first = head defs;
      other = lib.lists.findFirst (def: def.value != first.value) null (builtins.tail defs);
    in
    if defs == [ ] then
      abort "This case should never happen."
    else if other == null then
      first.value
    else
      throw "The option `${showOption loc}' has conflicting definition values:${
        showDefs [
          first
          other
        ]
      }\n${advice}";

  /**
    The values of definitions.

    Type: getValues :: [ { value :: a; } ] -> [a]

    Example:
      getValues [ { value = 1; } { value = 2; } ]
      => [ 1 2 ]
  */
  getValues = map (def: def.value);

  /**
    The files of definitions.

    Type: getFiles :: [ { file :: a; } ] -> [a]

    Example:
      getFiles [ { file = "f"; } ]
      => [ "f" ]
  */
  getFiles = map (def: def.file);

  /**
    All options of a tree, those of submodules too, as documentation wants them.

    Type: optionAttrSetToDocList :: AttrSet -> [AttrSet]

    Example:
      map (o: o.name) (optionAttrSetToDocList { a = mkOption { } // { loc = [ "a" ]; declarations = [ ]; type = types.int; }; })
      => [ "a" ]
  */
  optionAttrSetToDocList = optionAttrSetToDocList' [ ];

  /**
    `optionAttrSetToDocList` of what is below a prefix.

    Type: optionAttrSetToDocList' :: [String] -> AttrSet -> [AttrSet]

    Example:
      (head (optionAttrSetToDocList' [ ] { a = mkOption { } // { loc = [ "a" ]; declarations = [ "f" ]; type = types.int; }; })).type
      => "signed integer"
  */
  optionAttrSetToDocList' =
    _: options:
    builtins.concatMap (
      option:
      let
        name = showOption option.loc;
        visible = option.visible or true;
        doc = {
          inherit name;
          inherit (option) loc;
          description = option.description or null;
          declarations = builtins.filter (file: file != unknownModule) option.declarations;
          internal = option.internal or false;
          visible = visible == true || visible == "shallow";
          readOnly = option.readOnly or false;
          type = option.type.description or "unspecified";
        }
        // optionalAttrs (option ? example) {
          example = builtins.addErrorContext "while evaluating the example of option `${name}`" (
            renderOptionValue option.example
          );
        }
        // optionalAttrs (option ? defaultText || option ? default) {
          default = builtins.addErrorContext "while evaluating the ${
            if option ? defaultText then "defaultText" else "default value"
          } of option `${name}`" (renderOptionValue (option.defaultText or option.default));
        }
        // optionalAttrs (option.relatedPackages or null != null) { inherit (option) relatedPackages; };
        below = option.type.getSubOptions option.loc;
      in
      [ doc ]
      ++ lib.lists.optionals (visible == true || visible == "transparent") (
        if below == { } then [ ] else optionAttrSetToDocList' option.loc below
      )
    ) (lib.attrsets.collect isOption options);

  /**
    A value without what cannot be shown: derivations by their names only.

    Type: scrubOptionValue :: a -> a

    Example:
      scrubOptionValue { type = "derivation"; name = "x"; drvPath = throw "never"; }
      => { type = "derivation"; name = "x"; drvPath = "x"; outPath = "x"; }
  */
  scrubOptionValue =
    x:
    if isDerivation x then
      {
        type = "derivation";
        drvPath = x.name;
        outPath = x.name;
        inherit (x) name;
      }
    else if isList x then
      map scrubOptionValue x
    else if isAttrs x then
      builtins.mapAttrs (_: scrubOptionValue) (removeAttrs x [ "_args" ])
    else
      x;

  /**
    A value as documentation shows it: what is text already, as it is.

    Type: renderOptionValue :: a -> AttrSet

    Example:
      map (v: (renderOptionValue v).text) [ 1 (literalMD "*x*") ]
      => [ "1" "*x*" ]
  */
  renderOptionValue =
    v:
    if v ? _type && v ? text then
      v
    else
      literalExpression (
        lib.generators.toPretty {
          multiline = true;
          allowPrettyValues = true;
        } v
      );

  /**
    A text that documentation shows as an expression.

    Type: literalExpression :: String -> AttrSet

    Example:
      literalExpression "pkgs.hello"
      => { _type = "literalExpression"; text = "pkgs.hello"; }
      literalExpression 1
      => error: literalExpression expects a string.
  */
  literalExpression =
    text:
    if isString text then
      {
        _type = "literalExpression";
        inherit text;
      }
    else
      throw "literalExpression expects a string.";
  literalExample = lib.trivial.warn "lib.literalExample is deprecated, use lib.literalExpression instead, or use lib.literalMD for a non-Nix description." literalExpression;

  /**
    A text that documentation shows as Markdown.

    Type: literalMD :: String -> AttrSet

    Example:
      literalMD "**x**"
      => { _type = "literalMD"; text = "**x**"; }
  */
  literalMD =
    text:
    if isString text then
      {
        _type = "literalMD";
        inherit text;
      }
    else
      throw "literalMD expects a string.";
  mdDoc = text: text;

  /**
    An option's name as text; parts that are no identifiers are quoted, placeholders are not.

    Type: showOption :: [String] -> String

    Example:
      map showOption [ [ "foo" "bar" "baz" ] [ "foo" "bar.baz" "tux" ] [ "windowManager" "2bwm" "<name>" "*" ] ]
      => [ "foo.bar.baz" "foo.\"bar.baz\".tux" "windowManager.\"2bwm\".<name>.*" ]
  */
  showOption =
    parts:
    let
      show =
        part:
        if part == "*" || builtins.match "<.*>" part != null then
          part
        else
          lib.strings.escapeNixIdentifier part;
    in
    concatStringsSep "." (map show parts);

  /**
    Files as text.

    Type: showFiles :: [String] -> String

    Example:
      showFiles [ "a" "b" ]
      => "`a' and `b'"
  */
  showFiles = files: lib.strings.concatMapStringsSep " and " (file: "`${file}'") files;

  /**
    Definitions as text, a line each; long values are cut.

    Type: showDefs :: [ { file; value; } ] -> String

    Example:
      options.showDefs [ { file = "f"; value = [ 1 ]; } { file = "g"; value = throw "no"; } ]
      => "\n- In `f':\n    [\n      1\n    ]\n- In `g'"
  */
  showDefs = concatMapStrings (
    def:
    let
      pretty = builtins.tryEval (
        lib.generators.toPretty { } (
          lib.generators.withRecursion {
            depthLimit = 10;
            throwOnDepthLimit = false;
          } def.value
        )
      );
      lines = builtins.filter (line: line != "") (lib.strings.splitString "\n" pretty.value);
      kept = lib.lists.take 5 lines ++ optional (length lines > 5) "...";
      shown = concatStringsSep "\n    " kept;
      text =
        if !pretty.success then
          ""
        else if length lines > 1 then
          ":\n    ${shown}"
        else
          ": ${shown}";
    in
    "\n- In `${toString def.file}'${text}"
  );

  /**
    An option with where it is defined, for messages.

    Type: showOptionWithDefLocs :: Option -> String

    Example:
      showOptionWithDefLocs { loc = [ "a" ]; files = [ "f" "g" ]; }
      => "a, with values defined in:\n  - f\n  - g\n"
  */
  showOptionWithDefLocs = option: ''
    ${showOption option.loc}, with values defined in:
    ${lib.strings.concatMapStringsSep "\n" (file: "  - ${file}") option.files}
  '';

  /**
    The file of a module that no file is known of.

    Type: unknownModule :: String

    Example:
      unknownModule
      => "<unknown-file>"
  */
  unknownModule = "<unknown-file>";
}
