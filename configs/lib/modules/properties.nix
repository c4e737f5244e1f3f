# Properties of definitions: conditions, priorities, order.
{ lib }:
let
  inherit (builtins) concatMap foldl' isBool mapAttrs;
  inherit (lib.options) isOption;
  kind = value: value._type or "";
  # An option's definitions, each in the file that it stands in.
  located =
    option:
    if option ? definitionsWithLocations then
      map lib.modules.mkDefinition option.definitionsWithLocations
    else
      option.definitions;
in
rec {
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
    A definition that says itself which file it stands in; `definitionsWithLocations` of an option
    can be taken over so.

    Type: mkDefinition :: { file :: String; value :: a; } -> AttrSet

    Example:
      (mkDefinition { file = "a.nix"; value = 1; })._type
      => "definition"
  */
  mkDefinition =
    { file, value, ... }@definition:
    definition // { _type = "definition"; };

  /**
    Its argument, as it is; it did more once.

    Type: mkFixStrictness :: a -> a

    Example:
      mkFixStrictness 1
      => 1
  */
  mkFixStrictness = lib.trivial.warn "lib.mkFixStrictness has no effect and will be removed. It returns its argument unmodified, so you can just remove any calls." lib.trivial.id;

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
  mkAliasAndWrapDefinitions = wrap: option: mkAliasIfDef option (wrap (mkMerge (located option)));

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
    mkAliasIfDef option (wrap (mkMerge (map (mkOverride priority) (located option))));

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
}
