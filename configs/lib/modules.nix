# Modules: evaluation, properties of definitions, renamed and removed options.
{ lib }:
let
  inherit (builtins)
    concatMap
    foldl'
    isAttrs
    isBool
    mapAttrs
    ;
  inherit (lib.options) isOption;
  # Asked for lazily, so that evaluators without the engine can use the rest.
  engine = builtins.neve or (throw "this function of lib.modules needs the module engine of Neve");
  kind = value: value._type or "";
  renames = import ./rename.nix { inherit lib; };
in
rec {
  inherit (renames)
    doRename
    mkAliasOptionModule
    mkAliasOptionModuleMD
    mkChangedOptionModule
    mkMergedOptionModule
    mkRemovedOptionModule
    mkRenamedOptionModule
    mkRenamedOptionModuleWith
    ;

  /**
    Evaluate modules together. The result has `config`, `options`, `_module`, `extendModules`, `type`
    and `class`.

    Type: evalModules :: { modules :: [Module]; specialArgs ? { }; prefix ? [ ]; class ? null; } -> AttrSet

    Example:
      (evalModules { modules = [ { options.a = mkOption { type = types.int; }; } { a = mkDefault 1; } { a = 2; } ]; }).config
      => { a = 2; }
  */
  evalModules = args: lib.engine.evalModules args;

  /**
    A definition that holds only under a condition. Around a set of options, the condition is
    evaluated only when one of them is asked for.

    Type: mkIf :: Bool -> a -> AttrSet

    Example:
      (mkIf true 1)._type
      => "if"
  */
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };

  /**
    A definition, if an assertion holds; otherwise an error.

    Type: mkAssert :: Bool -> String -> a -> AttrSet

    Example:
      (mkAssert false "no" 1).condition
      => error: Failed assertion: no
  */
  mkAssert =
    assertion: message: content:
    mkIf (if assertion then true else throw "\nFailed assertion: ${message}") content;

  /**
    Several definitions in one.

    Type: mkMerge :: [a] -> AttrSet

    Example:
      mkMerge [ 1 ]
      => { _type = "merge"; contents = [ 1 ]; }
  */
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };

  /**
    A definition of a priority: the smallest number wins; a plain definition has 100.

    Type: mkOverride :: Int -> a -> AttrSet

    Example:
      mkOverride 50 1
      => { _type = "override"; priority = 50; content = 1; }
  */
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };

  /**
    The priority of an option's own default.

    Type: mkOptionDefault :: a -> AttrSet

    Example:
      (mkOptionDefault 1).priority
      => 1500
  */
  mkOptionDefault = mkOverride 1500;

  /**
    A definition that any plain one replaces.

    Type: mkDefault :: a -> AttrSet

    Example:
      (mkDefault 1).priority
      => 1000
  */
  mkDefault = mkOverride 1000;
  defaultOverridePriority = 100;
  defaultPriority = defaultOverridePriority;

  /**
    A definition for images that a machine's own configuration may be part of.

    Type: mkImageMediaOverride :: a -> AttrSet

    Example:
      (mkImageMediaOverride 1).priority
      => 60
  */
  mkImageMediaOverride = mkOverride 60;

  /**
    A definition that replaces all plain ones.

    Type: mkForce :: a -> AttrSet

    Example:
      (mkForce 1).priority
      => 50
  */
  mkForce = mkOverride 50;

  /**
    A definition for a virtual machine; it replaces even forced ones.

    Type: mkVMOverride :: a -> AttrSet

    Example:
      (mkVMOverride 1).priority
      => 10
  */
  mkVMOverride = mkOverride 10;

  /**
    A definition with a place among those that are joined: the smallest number first; a plain one has
    1000.

    Type: mkOrder :: Int -> a -> AttrSet

    Example:
      mkOrder 500 [ 1 ]
      => { _type = "order"; priority = 500; content = [ 1 ]; }
  */
  mkOrder = priority: content: {
    _type = "order";
    inherit priority content;
  };

  /**
    A definition that comes before plain ones.

    Type: mkBefore :: a -> AttrSet

    Example:
      (mkBefore 1).priority
      => 500
  */
  mkBefore = mkOrder 500;
  defaultOrderPriority = 1000;

  /**
    A definition that comes after plain ones.

    Type: mkAfter :: a -> AttrSet

    Example:
      (mkAfter 1).priority
      => 1500
  */
  mkAfter = mkOrder 1500;

  /**
    What another option's definitions say, as a definition; each keeps its own properties.

    Type: mkAliasDefinitions :: Option -> AttrSet

    Example:
      (mkAliasDefinitions (mkOption { } // { isDefined = true; definitions = [ 1 ]; })).content.contents
      => [ 1 ]
  */
  mkAliasDefinitions = mkAliasAndWrapDefinitions lib.trivial.id;

  /**
    `mkAliasDefinitions` through a function.

    Type: mkAliasAndWrapDefinitions :: (a -> b) -> Option -> AttrSet

    Example:
      (mkAliasAndWrapDefinitions mkForce (mkOption { } // { isDefined = true; definitions = [ ]; })).content.priority
      => 50
  */
  mkAliasAndWrapDefinitions = wrap: option: mkAliasIfDef option (wrap (mkMerge option.definitions));

  /**
    `mkAliasAndWrapDefinitions` with the priority that the other option's definitions have.

    Type: mkAliasAndWrapDefsWithPriority :: (a -> b) -> Option -> AttrSet

    Example:
      (mkAliasAndWrapDefsWithPriority id (mkOption { } // { isDefined = true; highestPrio = 50; definitions = [ 1 ]; })).content.contents
      => [ (mkForce 1) ]
  */
  mkAliasAndWrapDefsWithPriority =
    wrap: option:
    let
      priority = option.highestPrio or defaultOverridePriority;
    in
    mkAliasIfDef option (wrap (mkMerge (map (mkOverride priority) option.definitions)));

  /**
    A definition that holds only if an option is there and defined.

    Type: mkAliasIfDef :: Option -> a -> AttrSet

    Example:
      (mkAliasIfDef { } 1).condition
      => false
  */
  mkAliasIfDef = option: mkIf (isOption option && option.isDefined);

  /**
    A definition computed from an option's value, of the priority that the value has.

    Type: mkDerivedConfig :: Option -> (a -> b) -> AttrSet

    Example:
      mkDerivedConfig { highestPrio = 1000; value = 2; } (x: x + 1)
      => { _type = "override"; priority = 1000; content = 3; }
  */
  mkDerivedConfig = option: f: mkOverride (option.highestPrio or defaultOverridePriority) (f option.value);

  /**
    A module under a file's name, for messages.

    Type: setDefaultModuleLocation :: Path -> Module -> Module

    Example:
      setDefaultModuleLocation "x.nix" { a = 1; }
      => { _file = "x.nix"; imports = [ { a = 1; } ]; }
  */
  setDefaultModuleLocation = file: module: {
    _file = file;
    imports = [ module ];
  };

  /**
    The module that a file's function gives for an argument, under the file's name.

    Type: importApply :: Path -> a -> Module

    Example:
      (modules.importApply (builtins.toFile "m.nix" "arg: { x = arg; }") 5).imports
      => [ { x = 5; } ]
  */
  importApply = file: argument: setDefaultModuleLocation file (import file argument);

  /**
    A module of a JSON file's content.

    Type: importJSON :: Path -> Module

    Example:
      (modules.importJSON (builtins.toFile "m.json" "{\"a\": 1}")).config
      => { a = 1; }
  */
  importJSON = file: {
    _file = file;
    config = lib.trivial.importJSON file;
  };

  /**
    A module of a TOML file's content.

    Type: importTOML :: Path -> Module

    Example:
      (modules.importTOML (builtins.toFile "m.toml" "a = 1")).config
      => { a = 1; }
  */
  importTOML = file: {
    _file = file;
    config = lib.trivial.importTOML file;
  };

  /**
    Merge definitions by a type: `{ isDefined, mergedValue, optionalValue, defsFinal, defsFinal' }`.

    Type: mergeDefinitions :: [String] -> OptionType -> [ { file; value; } ] -> AttrSet

    Example:
      (mergeDefinitions [ "a" ] types.int [ { file = "f"; value = mkDefault 1; } { file = "g"; value = 2; } ]).mergedValue
      => 2
      (mergeDefinitions [ "a" ] types.int [ ]).mergedValue
      => error: The option `a' was accessed but has no value defined. Try setting the option.
  */
  mergeDefinitions =
    loc: type: defs:
    engine.mergeDefinitions loc type defs;

  /**
    An option evaluated with definitions, as it stands in `options`.

    Type: evalOptionValue :: [String] -> Option -> [ { file; value; } ] -> Option

    Example:
      (evalOptionValue [ "a" ] (mkOption { default = 1; type = types.int; } // { declarations = [ "f" ]; }) [ ]).value
      => 1
  */
  evalOptionValue =
    loc: option: defs:
    engine.evalOptionValue loc option defs;

  /**
    One declaration from several: `{ _file, options, pos }` each.

    Type: mergeOptionDecls :: [String] -> [ { _file; options; pos ? null; } ] -> Option

    Example:
      (mergeOptionDecls [ "a" ] [ { _file = "f"; options = mkOption { default = 1; }; } { _file = "g"; options = mkOption { description = "d"; }; } ]).declarations
      => [ "f" "g" ]
  */
  mergeOptionDecls =
    loc: declarations:
    engine.mergeOptionDecls loc declarations;

  /**
    An option with its type, and that type with the modules that are declared into it.

    Type: fixupOptionType :: [String] -> Option -> Option

    Example:
      (fixupOptionType [ ] { options = [ ]; }).type.name
      => "unspecified"
  */
  fixupOptionType =
    _: option:
    if (option.type.getSubModules or null) == null then
      option // { type = option.type or lib.types.unspecified; }
    else
      option
      // {
        type = option.type.substSubModules (option.options or option.type.getSubModules);
        options = [ ];
      };

  /**
    The options that modules in their explicit form declare, and the definitions that meet none.

    Type: mergeModules :: [String] -> [Module] -> { matchedOptions; unmatchedDefns; }

    Example:
      (mergeModules [ ] [ { _file = "f"; options.a = mkOption { }; config.a = 1; } ]).matchedOptions.a.value
      => 1
  */
  mergeModules =
    prefix: modules:
    engine.mergeModules prefix modules (
      concatMap (
        module:
        map (config: {
          file = module._file;
          inherit config;
        }) (pushDownProperties (module.config or { }))
      ) modules
    );

  /**
    `mergeModules` with the definitions (`{ file, config }`) given apart.

    Type: mergeModules' :: [String] -> [Module] -> [ { file; config; } ] -> { matchedOptions; unmatchedDefns; }

    Example:
      map (d: d.prefix) (mergeModules' [ ] [ ] [ { file = "f"; config.b.c = 1; } ]).unmatchedDefns
      => [ [ "b" ] ]
  */
  mergeModules' = prefix: modules: configs: engine.mergeModules prefix modules configs;

  /**
    The value of an option whose names are open (`attrsOf`) with the priority of each.

    Type: mergeAttrDefinitionsWithPrio :: Option -> AttrSet

    Example:
      (modules.mergeAttrDefinitionsWithPrio (evalModules { modules = [ { options.a = mkOption { type = types.attrsOf types.int; }; config.a = { x = mkForce 1; y = 2; }; } ]; }).options.a).x
      => { value = 1; highestPrio = 50; }
  */
  mergeAttrDefinitionsWithPrio =
    option:
    let
      element = option.type.nestedTypes.elemType;
      sets = concatMap (
        def:
        map (mapAttrs (_: value: def // { inherit value; })) (pushDownProperties def.value)
      ) option.definitionsWithLocations;
      merged = name: mergeDefinitions (option.loc ++ [ name ]) element;
    in
    assert option.type.name == "attrsOf" || option.type.name == "lazyAttrsOf";
    builtins.zipAttrsWith (name: defs: {
      value = (merged name defs).mergedValue;
      inherit ((merged name defs).defsFinal') highestPrio;
    }) sets;

  /**
    A definition of a set of options as sets without properties around them: conditions and
    priorities stand at each option instead.

    Type: pushDownProperties :: AttrSet -> [AttrSet]

    Example:
      pushDownProperties (mkMerge [ { a = 1; } (mkForce { b = 2; }) ])
      => [ { a = 1; } { b = mkForce 2; } ]
  */
  pushDownProperties =
    config:
    let
      inside = f: map (mapAttrs (_: f)) (pushDownProperties config.content);
      meanings = {
        merge = concatMap pushDownProperties config.contents;
        "if" = inside (mkIf config.condition);
        override = inside (mkOverride config.priority);
        order = inside (mkOrder config.priority);
      };
    in
    meanings.${kind config} or [ config ];

  /**
    The definitions that apply: merges opened, conditions evaluated.

    Type: dischargeProperties :: a -> [a]

    Example:
      dischargeProperties (mkMerge [ 1 (mkIf true 2) (mkIf true (mkIf false 3)) ])
      => [ 1 2 ]
      dischargeProperties (mkIf "yes" 1)
      => error: ‘mkIf’ called with a non-Boolean condition
  */
  dischargeProperties =
    def:
    if kind def == "merge" then
      concatMap dischargeProperties def.contents
    else if kind def == "if" then
      if !isBool def.condition then
        throw "‘mkIf’ called with a non-Boolean condition"
      else if def.condition then
        dischargeProperties def.content
      else
        [ ]
    else
      [ def ];

  /**
    The definitions (`{ file, value }`) of the best priority, without it.

    Type: filterOverrides :: [ { file; value; } ] -> [ { file; value; } ]

    Example:
      filterOverrides [ { value = mkForce 1; } { value = 2; } ]
      => [ { value = 1; } ]
  */
  filterOverrides = defs: (filterOverrides' defs).values;

  /**
    `filterOverrides` with the priority: `{ values, highestPrio }`.

    Type: filterOverrides' :: [ { file; value; } ] -> { values; highestPrio; }

    Example:
      (modules.filterOverrides' [ { value = mkForce 1; } { value = 2; } ]).highestPrio
      => 50
  */
  filterOverrides' =
    defs:
    let
      isOverride = def: kind def.value == "override";
      priority = def: if isOverride def then def.value.priority else defaultOverridePriority;
      highestPrio = foldl' lib.trivial.min 9999 (map priority defs);
      bare = def: if isOverride def then def // { value = def.value.content; } else def;
    in
    {
      inherit highestPrio;
      values = map bare (builtins.filter (def: priority def == highestPrio) defs);
    };

  /**
    Definitions (`{ file, value }`) in the order that `mkOrder` gives them.

    Type: sortProperties :: [ { file; value; } ] -> [ { file; value; } ]

    Example:
      map (d: d.value) (sortProperties [ { value = "plain"; } { value = mkAfter "last"; } { value = mkBefore "first"; } ])
      => [ "first" "plain" "last" ]
  */
  sortProperties =
    defs:
    let
      bare =
        def:
        if kind def.value == "order" then
          def
          // {
            value = def.value.content;
            inherit (def.value) priority;
          }
        else
          def;
      order = def: def.priority or defaultOrderPriority;
    in
    builtins.sort (a: b: order a < order b) (map bare defs);

  /**
    A module's set in its explicit form: `{ _file, _class, key, disabledModules, imports, options,
    config }`.

    Type: unifyModuleSyntax :: String -> String -> AttrSet -> Module

    Example:
      unifyModuleSyntax "f" "k" { imports = [ ]; a = 1; }
      => { _file = "f"; _class = null; key = "k"; disabledModules = [ ]; imports = [ ]; options = { }; config = { a = 1; }; }
  */
  unifyModuleSyntax =
    file: key: module:
    let
      own = [
        "_class"
        "_file"
        "key"
        "disabledModules"
        "imports"
        "freeformType"
      ];
      explicit = module ? config || module ? options;
      other = builtins.attrNames (
        removeAttrs module (
          own
          ++ [
            "options"
            "config"
            "meta"
          ]
        )
      );
      first = builtins.head other;
      free =
        config:
        if module ? freeformType then
          mkMerge [
            config
            { _module.freeformType = module.freeformType; }
          ]
        else
          config;
      described =
        config:
        if module ? meta then
          mkMerge [
            config
            { inherit (module) meta; }
          ]
        else
          config;
      common = {
        _file = toString module._file or file;
        _class = module._class or null;
        key = toString module.key or key;
        disabledModules = module.disabledModules or [ ];
      };
    in
    if !isAttrs module then
      throw "module ${file} (${key}) does not look like a module."
    else if explicit && other != [ ] then
      throw "Module `${key}' has an unsupported attribute `${first}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them (namely: ${toString other}) into the explicit `config' attribute."
    else if explicit then
      common
      // {
        imports = module.imports or [ ];
        options = module.options or { };
        config = free (described (module.config or { }));
      }
    else
      common
      // {
        imports = module.require or [ ] ++ module.imports or [ ];
        options = { };
        config = free (removeAttrs module (own ++ [ "require" ]));
      };

  /**
    A module function called with arguments, of which it is given those that it names from
    `config._module.args` too; a set as it is.

    Type: applyModuleArgsIfFunction :: String -> Module -> AttrSet -> AttrSet

    Example:
      applyModuleArgsIfFunction "k" ({ pkgs, ... }: { x = pkgs; }) { config._module.args.pkgs = 1; }
      => { x = 1; }
  */
  applyModuleArgsIfFunction =
    key: f: args:
    let
      given =
        name: _:
        builtins.addErrorContext "while evaluating the module argument `${name}' in \"${key}\":" (
          args.${name} or args.config._module.args.${name}
        );
    in
    if lib.trivial.isFunction f then
      f (args // mapAttrs given (lib.trivial.functionArgs f))
    else
      f;

  /**
    Evaluate modules with `_module.args` given and undeclared options allowed, as once was usual.

    Type: fixMergeModules :: [Module] -> AttrSet -> AttrSet

    Example:
      (fixMergeModules [ ({ x, ... }: { options.a = mkOption { default = x; }; config.b = 1; }) ] { x = 5; }).config.a
      => 5
  */
  fixMergeModules =
    modules: args:
    evalModules {
      modules = modules ++ [
        {
          config._module = {
            inherit args;
            check = false;
          };
        }
      ];
    };
}
