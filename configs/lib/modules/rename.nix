# Modules under which options that were renamed, changed or removed are still known.
{ lib }:
let
  inherit (builtins) any filter foldl';
  inherit (lib.attrsets)
    attrByPath
    getAttrFromPath
    optionalAttrs
    recursiveUpdate
    setAttrByPath
    ;
  inherit (lib.lists) optional;
  inherit (lib.modules)
    mkAliasAndWrapDefsWithPriority
    mkAliasDefinitions
    mkIf
    mkMerge
    ;
  inherit (lib.options) mkOption showFiles showOption;
  inherit (lib.trivial) id isInOldestRelease warnIf;

  # Stands for an option that nobody sets: it is told apart from every value.
  unset = "_mkMergedOptionModule";
in
rec {
  /**
    A module under which a removed option is an assertion that fails, with what to do instead.

    Type: mkRemovedOptionModule :: [String] -> String -> Module

    Example:
      ((mkRemovedOptionModule [ "a" "b" ] "Use c.") { options.a.b = { isDefined = true; files = [ "f" ]; }; }).config.assertions
      => [ { assertion = false; message = "The option definition `a.b' in `f' no longer has any effect; please remove it.\nUse c.\n"; } ]
  */
  mkRemovedOptionModule =
    path: instead:
    { options, ... }:
    {
      options = setAttrByPath path (mkOption {
        visible = false;
        apply = _: throw "The option `${showOption path}' can no longer be used since it's been removed. ${instead}";
      });
      config.assertions =
        let
          option = getAttrFromPath path options;
        in
        [
          {
            assertion = !option.isDefined;
            message = ''
              The option definition `${showOption path}' in ${showFiles option.files} no longer has any effect; please remove it.
              ${instead}
            '';
          }
        ];
    };

  /**
    A module under which an option's old name still works; using it warns.

    Type: mkRenamedOptionModule :: [String] -> [String] -> Module

    Example:
      (evalModules { modules = [ (mkRenamedOptionModule [ "old" ] [ "new" ]) { options.new = mkOption { }; config.old = 1; } ]; }).config.new
      => 1
  */
  mkRenamedOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = false;
      warn = true;
      use = builtins.trace "Obsolete option `${showOption from}' is used. It was renamed to `${showOption to}'.";
    };

  /**
    `mkRenamedOptionModule` that warns once the release is the oldest that is looked after.

    Type: mkRenamedOptionModuleWith :: { from :: [String]; to :: [String]; sinceRelease :: Int; } -> Module

    Example:
      (evalModules { modules = [ (mkRenamedOptionModuleWith { from = [ "old" ]; to = [ "new" ]; sinceRelease = 9911; }) { options.new = mkOption { }; config.old = 1; } ]; }).config
      => { new = 1; old = 1; }
  */
  mkRenamedOptionModuleWith =
    {
      from,
      to,
      sinceRelease,
    }:
    doRename {
      inherit from to;
      visible = false;
      warn = isInOldestRelease sinceRelease;
      use = warnIf (isInOldestRelease sinceRelease) "Obsolete option `${showOption from}' is used. It was renamed to `${showOption to}'.";
    };

  /**
    A module under which a second name of an option works.

    Type: mkAliasOptionModule :: [String] -> [String] -> Module

    Example:
      (evalModules { modules = [ (mkAliasOptionModule [ "also" ] [ "new" ]) { options.new = mkOption { }; config.also = 1; } ]; }).config
      => { also = 1; new = 1; }
  */
  mkAliasOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = true;
      warn = false;
      use = id;
    };
  mkAliasOptionModuleMD = mkAliasOptionModule;

  /**
    A module that turns several old options into a new one, by a function of the configuration.

    Type: mkMergedOptionModule :: [ [String] ] -> [String] -> (AttrSet -> a) -> Module

    Example:
      (evalModules { modules = [ (mkMergedOptionModule [ [ "x" ] [ "y" ] ] [ "sum" ] (config: config.x + config.y)) { options.sum = mkOption { }; options.warnings = mkOption { }; config = { x = 1; y = 2; }; } ]; }).config.sum
      => 3
  */
  mkMergedOptionModule =
    from: to: f:
    { config, options, ... }:
    let
      isSet = path: getAttrFromPath path config != unset;
      warning =
        path:
        "The option `${showOption path}' defined in ${showFiles (getAttrFromPath path options).files} has been changed to `${showOption to}' that has a different type. Please read `${showOption to}' documentation and update your configuration accordingly.";
      old = mkOption {
        visible = false;
        default = unset;
      };
    in
    {
      options = foldl' recursiveUpdate { } (map (path: setAttrByPath path old) from);
      config = {
        warnings = map warning (filter isSet from);
      }
      // setAttrByPath to (mkMerge (optional (any isSet from) (f config)));
    };

  /**
    `mkMergedOptionModule` of one old option.

    Type: mkChangedOptionModule :: [String] -> [String] -> (AttrSet -> a) -> Module

    Example:
      (evalModules { modules = [ (mkChangedOptionModule [ "old" ] [ "new" ] (config: config.old * 2)) { options.new = mkOption { }; options.warnings = mkOption { }; config.old = 4; } ]; }).config.new
      => 8
  */
  mkChangedOptionModule = from: mkMergedOptionModule [ from ];

  /**
    What the modules above are made of: the definitions of one option become those of another, and
    its value is the other's.

    Type: doRename :: { from :: [String]; to :: [String]; visible :: Bool; warn :: Bool; use :: a -> b; withPriority ? true; condition ? true; } -> Module

    Example:
      (evalModules { modules = [ (doRename { from = [ "a" ]; to = [ "b" ]; visible = true; warn = false; use = x: x + 1; }) { options.b = mkOption { }; config.a = 1; } ]; }).config
      => { a = 2; b = 1; }
  */
  doRename =
    {
      from,
      to,
      visible,
      warn,
      use,
      withPriority ? true,
      condition ? true,
    }:
    { config, options, ... }:
    let
      option = getAttrFromPath from options;
      target = attrByPath to (abort "Renaming error: option `${showOption to}' does not exist.");
      type = attrByPath (to ++ [ "type" ]) null options;
      passed = if withPriority then mkAliasAndWrapDefsWithPriority id else mkAliasDefinitions;
    in
    {
      options = setAttrByPath from (
        mkOption (
          {
            inherit visible;
            description = "Alias of {option}`${showOption to}`.";
            apply = _: use (target config);
          }
          // optionalAttrs (type != null) { inherit type; }
        )
      );
      config = mkIf condition (mkMerge [
        (optionalAttrs (options ? warnings) {
          warnings = optional (
            warn && option.isDefined
          ) "The option `${showOption from}' defined in ${showFiles option.files} has been renamed to `${showOption to}'.";
        })
        (setAttrByPath to (passed option))
      ]);
    };
}
