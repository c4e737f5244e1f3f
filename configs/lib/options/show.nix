# Options and definitions for messages and documentation.
{ lib }:
let
  inherit (builtins) concatStringsSep isAttrs isList length;
  inherit (lib.attrsets) isDerivation optionalAttrs;
  inherit (lib.lists) optional;
  inherit (lib.options) isOption literalExpression;
  inherit (lib.strings) concatMapStrings;
in
rec {
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
