# Declaring options, and reading declarations.
{ lib }:
let
  inherit (builtins) concatStringsSep isAttrs;
  # Given lazily, so that evaluators without the engine can use the rest.
  engine = builtins.neve or (throw "this function needs the module engine of Neve");
in
rec {
  /** Whether a value is an option. */
  isOption = v: isAttrs v && v._type or null == "option";

  /** An option: `default`, `defaultText`, `example`, `description`, `type`, `apply`, `readOnly`, … */
  mkOption = attrs: attrs // { _type = "option"; };

  /** A Boolean option "Whether to enable NAME.", off by default. */
  mkEnableOption =
    name:
    mkOption {
      default = false;
      example = true;
      description = "Whether to enable ${if name ? _type then name.text else name}.";
      type = lib.types.bool;
    };

  /** An option for a package of a set: `mkPackageOption pkgs "name" { default, example, nullable, … }`. */
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
      shown = if builtins.isList name then lib.lists.last name else name;
      path = if default == null then null else lib.lists.toList default;
      text = path: "${pkgsText}.${concatStringsSep "." (map lib.strings.escapeNixIdentifier path)}";
      value = lib.attrsets.attrByPath path (throw "${text path} cannot be found in ${pkgsText}") pkgs;
    in
    mkOption (
      {
        description =
          "The ${shown} package to use." + (if extraDescription == "" then "" else " ${extraDescription}");
        type = if nullable then lib.types.nullOr lib.types.package else lib.types.package;
      }
      // lib.attrsets.optionalAttrs (default != null) {
        default = value;
        defaultText = literalExpression (text path);
      }
      // lib.attrsets.optionalAttrs (nullable && default == null) { default = null; }
      // lib.attrsets.optionalAttrs (example != null) {
        example =
          if builtins.isList example || builtins.isString example then
            literalExpression (text (lib.lists.toList example))
          else
            example;
      }
    );

  /** An option that accepts a value and gives it to nobody. */
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

  /** Ways to merge definitions, for `mkOptionType`: functions of the name and the definitions. */
  inherit (engine) mergeOneOption mergeEqualOption mergeDefaultOption;
  mergeUniqueOption = { message, merge ? null }: loc: defs:
    if builtins.length defs == 1 then
      (if merge == null then (builtins.head defs).value else merge loc defs)
    else
      throw "The option `${showOption loc}' is defined multiple times while it's expected to be unique.\n${message}\nDefinition values:${showDefs defs}";

  /** The values, the files of definitions. */
  getValues = map (def: def.value);
  getFiles = map (def: def.file);

  /** Text that documentation shows as code, or as Markdown. */
  literalExpression = text: { _type = "literalExpression"; inherit text; };
  literalExample = literalExpression;
  literalMD = text: { _type = "literalMD"; inherit text; };
  mdDoc = text: text;

  /** An option's name as text. */
  showOption =
    parts:
    concatStringsSep "." (
      map (part: if builtins.elem part [ "*" "<name>" ] || lib.strings.hasPrefix "<" part then part else lib.strings.escapeNixIdentifier part) parts
    );

  /** Files, definitions as text. */
  showFiles = files: lib.strings.concatStringsSep " and " (map (file: "`${file}'") files);
  showDefs =
    defs:
    lib.strings.concatMapStrings (
      def: "\n- In `${toString def.file}': ${lib.generators.toPretty { multiline = false; } def.value}"
    ) defs;

  /** All options of a tree, for documentation. */
  optionAttrSetToDocList = optionAttrSetToDocList' [ ];
  optionAttrSetToDocList' =
    _: options:
    builtins.concatMap (
      opt:
      let
        name = showOption opt.loc;
        doc = {
          inherit (opt) loc;
          inherit name;
          description = opt.description or null;
          declarations = builtins.filter (x: x != "<the module engine>") opt.declarations;
          internal = opt.internal or false;
          visible = if opt ? visible && opt.visible == "shallow" then true else opt.visible or true;
          readOnly = opt.readOnly or false;
          type = opt.type.description or "unspecified";
        }
        // lib.attrsets.optionalAttrs (opt ? example) { example = renderOptionValue opt.example; }
        // lib.attrsets.optionalAttrs (opt ? defaultText || opt ? default) {
          default = renderOptionValue (opt.defaultText or opt.default);
        };
        sub = opt.type.getSubOptions opt.loc;
        subVisible = (opt ? visible && builtins.isBool opt.visible) -> opt.visible;
      in
      [ doc ] ++ lib.lists.optionals (sub != { } && subVisible) (optionAttrSetToDocList' opt.loc sub)
    ) (lib.attrsets.collect isOption options);

  /** A value as `literalExpression`, unless it already is text. */
  renderOptionValue =
    v: if v ? _type && v ? text then v else literalExpression (lib.generators.toPretty { allowPrettyValues = true; } v);

  /** A value without functions, for documentation. */
  scrubOptionValue =
    x:
    if lib.attrsets.isDerivation x then
      { type = "derivation"; drvPath = x.name; outPath = x.name; inherit (x) name; }
    else if builtins.isList x then
      map scrubOptionValue x
    else if isAttrs x then
      builtins.mapAttrs (_: scrubOptionValue) (removeAttrs x [ "_args" ])
    else
      x;
}
