# Modules: properties of definitions, evaluation, renamed and removed options.
{ lib }:
let
  inherit (lib.attrsets) attrByPath getAttrFromPath hasAttrByPath optionalAttrs setAttrByPath;
  inherit (lib.options) mkOption showFiles showOption;
in
rec {
  /** Evaluate modules: `{ modules, specialArgs, prefix, class }` → `{ config, options, type, extendModules, … }`. */
  evalModules = args: lib.engine.evalModules args;

  /** A definition that holds only under a condition. */
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };

  /** Several definitions in one. */
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };

  /** A definition of a priority: the smallest number wins; 100 is that of a plain definition. */
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkOptionDefault = mkOverride 1500;
  mkDefault = mkOverride 1000;
  mkImageMediaOverride = mkOverride 60;
  mkForce = mkOverride 50;
  mkVMOverride = mkOverride 10;
  mkOverrideDefaults = mkOverride 1000;
  defaultOverridePriority = 100;
  defaultOrderPriority = 1000;

  /** A definition with a place among the others: the smallest number first; 1000 is a plain one's. */
  mkOrder = priority: content: {
    _type = "order";
    inherit priority content;
  };
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;

  /** Mark an assertion as a definition: see `assertions`. */
  mkAssert =
    assertion: message: content:
    mkIf (if assertion then true else throw "\nFailed assertion: ${message}") content;

  /** A definition that passes an option's own definitions on, with their priority. */
  mkAliasDefinitions = mkAliasAndWrapDefinitions lib.trivial.id;
  mkAliasAndWrapDefinitions = wrap: option: mkAliasIfDef option (wrap (mkMerge option.definitions));
  mkAliasAndWrapDefsWithPriority =
    wrap: option:
    let
      priority = option.highestPrio or defaultOverridePriority;
    in
    mkAliasIfDef option (wrap (mkOverride priority (mkMerge option.definitions)));
  mkAliasIfDef = option: mkIf (builtins.isAttrs option && option.isDefined);

  /** A module with a file's name for messages. */
  setDefaultModuleLocation = file: module: {
    _file = file;
    imports = [ module ];
  };

  /** A file as a module, its arguments given beforehand where it names them. */
  importApply = file: staticArg: setDefaultModuleLocation file (import file staticArg);

  /** A module that sets options to a JSON or a TOML file's content. */
  importJSON = file: { _file = file; config = lib.trivial.importJSON file; };
  importTOML = file: { _file = file; config = lib.trivial.importTOML file; };

  /** Definitions merged by a type: see `lib.types`. */
  mergeDefinitions = loc: type: defs: (builtins.neve.mergeDefinitions loc type defs);

  /** A module under which an old option's name still works; using it warns. */
  mkRenamedOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = false;
      warn = true;
      use = builtins.trace "Obsolete option `${showOption from}' is used. It was renamed to `${showOption to}'.";
    };

  /** The same for options since a release. */
  mkRenamedOptionModuleWith =
    { from, to, sinceRelease }:
    doRename {
      inherit from to;
      visible = false;
      warn = true;
      use = lib.trivial.warn "Obsolete option `${showOption from}' is used since ${toString sinceRelease}. It was renamed to `${showOption to}'.";
    };

  /** A module under which a second name of an option works. */
  mkAliasOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = true;
      warn = false;
      use = lib.trivial.id;
    };
  mkAliasOptionModuleMD = mkAliasOptionModule;

  /** A module that tells who sets a removed option what to do instead. */
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
            message = "The option definition `${showOption path}' in ${showFiles option.files} no longer has any effect; please remove it.\n${instead}";
          }
        ];
    };

  /** A module that turns an old option's value into a new one's: `f config`. */
  mkChangedOptionModule =
    from: to: f:
    mkMergedOptionModule [ from ] to f;

  /** The same from several old options. */
  mkMergedOptionModule =
    from: to: f:
    { config, options, ... }:
    {
      options = builtins.foldl' lib.attrsets.recursiveUpdate { } (
        map (
          path:
          setAttrByPath path (mkOption {
            visible = false;
            # What is never set must be told apart from every value.
            default = "_mkMergedOptionModule";
          })
        ) from
      );
      config = {
        warnings = builtins.filter (x: x != "") (
          map (
            path:
            let
              value = getAttrFromPath path config;
              option = getAttrFromPath path options;
            in
            lib.strings.optionalString (value != "_mkMergedOptionModule")
              "The option `${showOption path}' defined in ${showFiles option.files} has been changed to `${showOption to}' that has a different type. Please read `${showOption to}' documentation and update your configuration accordingly."
          ) from
        );
      }
      // setAttrByPath to (
        mkMerge (
          lib.lists.optional (builtins.any (path: getAttrFromPath path config != "_mkMergedOptionModule") from) (f config)
        )
      );
    };

  /** What the modules above are made of: the definitions of `from` become those of `to`. */
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
      target = attrByPath to (throw "Renaming error: option `${showOption to}' does not exist.");
      type = if hasAttrByPath (to ++ [ "type" ]) options then (getAttrFromPath to options).type else null;
    in
    {
      options = setAttrByPath from (
        mkOption (
          {
            inherit visible;
            description = "Alias of {option}`${showOption to}`.";
            apply = x: use (target config);
          }
          // optionalAttrs (type != null) { inherit type; }
        )
      );
      config = mkIf condition (
        mkMerge [
          (optionalAttrs (options ? warnings) {
            warnings = lib.lists.optional (warn && option.isDefined)
              "The option `${showOption from}' defined in ${showFiles option.files} has been renamed to `${showOption to}'.";
          })
          (setAttrByPath to (
            if withPriority then mkAliasAndWrapDefsWithPriority lib.trivial.id option else mkAliasDefinitions option
          ))
        ]
      );
    };
}
