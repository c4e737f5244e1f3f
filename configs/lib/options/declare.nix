# Declaring options.
{ lib }:
let
  inherit (builtins) concatStringsSep isAttrs isList isString;
  inherit (lib.attrsets) attrByPath optionalAttrs;
  inherit (lib.lists) last optional toList;
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
}
