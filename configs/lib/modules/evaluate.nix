# Evaluating modules, whole or part by part.
{ lib }:
let
  inherit (builtins) concatMap isAttrs mapAttrs;
  inherit (lib.modules) mkMerge pushDownProperties;
  # Asked for lazily, so that evaluators without the engine can use the rest.
  engine = builtins.neve or (throw "this function of lib.modules needs the module engine of Neve");
in
rec {
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
