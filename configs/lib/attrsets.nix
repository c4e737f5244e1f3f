# Sets.
{ lib }:
let
  inherit (builtins)
    attrNames
    attrValues
    concatMap
    elemAt
    foldl'
    head
    intersectAttrs
    isAttrs
    length
    listToAttrs
    mapAttrs
    tail
    ;
  inherit (lib.trivial) warn;
in
rec {
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    intersectAttrs
    isAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    zipAttrsWith
    ;

  /**
    A name and its value, for `listToAttrs`.

    Type: nameValuePair :: String -> a -> { name :: String; value :: a; }

    Example:
      nameValuePair "some" 6
      => { name = "some"; value = 6; }
  */
  nameValuePair = name: value: { inherit name value; };

  /**
    The attribute at a path, or a default.

    Type: attrByPath :: [String] -> a -> AttrSet -> a

    Example:
      [ (attrByPath [ "a" "b" ] 6 { a.b = 3; }) (attrByPath [ "z" "z" ] 6 { }) ]
      => [ 3 6 ]
  */
  attrByPath =
    path: default: set:
    let
      size = length path;
      go =
        n: s:
        if n == size then
          s
        else if s ? ${elemAt path n} then
          go (n + 1) s.${elemAt path n}
        else
          default;
    in
    go 0 set;

  /**
    Whether there is an attribute at a path.

    Type: hasAttrByPath :: [String] -> AttrSet -> Bool

    Example:
      [ (hasAttrByPath [ "a" "b" ] { a.b = 3; }) (hasAttrByPath [ "a" "c" ] { a.b = 3; }) (hasAttrByPath [ ] 3) ]
      => [ true false true ]
  */
  hasAttrByPath =
    path: set:
    let
      size = length path;
      go = n: s: n == size || (s ? ${elemAt path n} && go (n + 1) s.${elemAt path n});
    in
    go 0 set;

  /**
    The longest beginning of a path at which there is an attribute.

    Type: longestValidPathPrefix :: [String] -> AttrSet -> [String]

    Example:
      attrsets.longestValidPathPrefix [ "x" "y" "z" ] { x.y = 3; }
      => [ "x" "y" ]
  */
  longestValidPathPrefix =
    path: set:
    let
      size = length path;
      go = n: s: if n < size && s ? ${elemAt path n} then go (n + 1) s.${elemAt path n} else n;
    in
    lib.lists.take (go 0 set) path;

  /**
    A set with one value at a path.

    Type: setAttrByPath :: [String] -> a -> AttrSet

    Example:
      setAttrByPath [ "a" "b" ] 3
      => { a = { b = 3; }; }
  */
  setAttrByPath =
    path: value:
    let
      size = length path;
      go = n: if n == size then value else { ${elemAt path n} = go (n + 1); };
    in
    go 0;

  /**
    The attribute at a path; an error when there is none.

    Type: getAttrFromPath :: [String] -> AttrSet -> a

    Example:
      getAttrFromPath [ "a" "b" ] { a.b = 3; }
      => 3
      getAttrFromPath [ "z" "z" ] { }
      => error: cannot find attribute 'z.z'
  */
  getAttrFromPath =
    path: set: attrByPath path (throw "cannot find attribute '${builtins.concatStringsSep "." path}'") set;

  /**
    A set changed at several paths. What is deeper is changed first; several changes of one path
    happen in the order of the list. A change of what is not there is fine unless it looks at it.

    Type: updateManyAttrsByPath :: [ { path :: [String]; update :: (a -> b); } ] -> AttrSet -> AttrSet

    Example:
      updateManyAttrsByPath [ { path = [ "a" "b" ]; update = old: { d = old.c; }; } { path = [ "a" "b" "c" ]; update = old: old + 1; } { path = [ "x" "y" ]; update = old: "xy"; } ] { a.b.c = 0; }
      => { a = { b = { d = 1; }; }; x = { y = "xy"; }; }
      updateManyAttrsByPath [ { path = [ "a" ]; update = old: old + 1; } ] { }
      => error: updateManyAttrsByPath: Path 'a' does not exist in the given value, but the first update to this path tries to access the existing value.
  */
  updateManyAttrsByPath =
    let
      go =
        prefix: exists: value: updates:
        let
          split = builtins.partition (change: change.path == [ ]) updates;
          below = mapAttrs (
            _: map (change: change // { path = tail change.path; })
          ) (builtins.groupBy (change: head change.path) split.wrong);
          changed = name: go (prefix ++ [ name ]);
          inside =
            if below == { } then
              if exists then
                value
              else
                throw "updateManyAttrsByPath: Path '${showAttrPath prefix}' does not exist in the given value, but the first update to this path tries to access the existing value."
            else if !exists then
              mapAttrs (name: changed name false null) below
            else if isAttrs value then
              value // mapAttrs (name: changed name (value ? ${name}) (value.${name} or null)) below
            else
              throw "updateManyAttrsByPath: Path '${
                showAttrPath (prefix ++ (head split.wrong).path)
              }' needs to be updated, but path '${showAttrPath prefix}' of the given value is not an attribute set, so we can't update an attribute inside of it.";
        in
        lib.lists.foldl (acc: change: change.update acc) inside split.right;
    in
    updates: value: go [ ] true value updates;

  /**
    The values of some names, in the order of the names.

    Type: attrVals :: [String] -> AttrSet -> [a]

    Example:
      attrVals [ "b" "a" ] { a = 1; b = 2; c = 3; }
      => [ 2 1 ]
  */
  attrVals = names: set: map (name: set.${name}) names;

  /**
    The part of a set that has some names, all of which must be there.

    Type: getAttrs :: [String] -> AttrSet -> AttrSet

    Example:
      getAttrs [ "a" "b" ] { a = 1; b = 2; c = 3; }
      => { a = 1; b = 2; }
  */
  getAttrs = names: set: genAttrs names (name: set.${name});

  /**
    The part of a set whose names and values satisfy a predicate.

    Type: filterAttrs :: (String -> a -> Bool) -> AttrSet -> AttrSet

    Example:
      filterAttrs (name: value: name == "a" && value == 1) { a = 1; b = 2; }
      => { a = 1; }
  */
  filterAttrs =
    pred: set: removeAttrs set (builtins.filter (name: !pred name set.${name}) (attrNames set));

  /**
    `filterAttrs` at all depths.

    Type: filterAttrsRecursive :: (String -> a -> Bool) -> AttrSet -> AttrSet

    Example:
      filterAttrsRecursive (name: value: value != null) { a.b = null; c = 1; }
      => { a = { }; c = 1; }
  */
  filterAttrsRecursive =
    pred: set:
    mapAttrs (_: value: if isAttrs value then filterAttrsRecursive pred value else value) (
      filterAttrs pred set
    );

  /**
    Fold over names and values from the left, in the order of names.

    Type: foldlAttrs :: (a -> String -> b -> a) -> a -> AttrSet -> a

    Example:
      foldlAttrs (acc: name: value: { sum = acc.sum + value; names = acc.names ++ [ name ]; }) { sum = 0; names = [ ]; } { foo = 1; bar = 10; }
      => { sum = 11; names = [ "bar" "foo" ]; }
  */
  foldlAttrs =
    f: init: set:
    foldl' (acc: name: f acc name set.${name}) init (attrNames set);

  /**
    Fold, from the right, the values that sets have for each name.

    Type: foldAttrs :: (a -> b -> b) -> b -> [AttrSet] -> AttrSet

    Example:
      foldAttrs (item: acc: [ item ] ++ acc) [ ] [ { a = 2; b = 7; } { a = 3; } ]
      => { a = [ 2 3 ]; b = [ 7 ]; }
  */
  foldAttrs =
    op: nul: sets:
    mapAttrs (_: lib.lists.foldr op nul) (zipAttrs sets);

  /**
    All values in nested sets that satisfy a predicate; it is not looked for more inside of those.

    Type: collect :: (Any -> Bool) -> AttrSet -> [a]

    Example:
      collect isList { a.b = [ "b" ]; c = [ 1 ]; d = 2; }
      => [ [ "b" ] [ 1 ] ]
  */
  collect =
    pred: value:
    if pred value then
      [ value ]
    else if isAttrs value then
      concatMap (collect pred) (attrValues value)
    else
      [ ];

  /**
    All sets that take one value from each name's list.

    Type: cartesianProduct :: AttrSet -> [AttrSet]

    Example:
      cartesianProduct { a = [ 1 2 ]; b = [ 10 20 ]; }
      => [ { a = 1; b = 10; } { a = 1; b = 20; } { a = 2; b = 10; } { a = 2; b = 20; } ]
  */
  cartesianProduct =
    lists:
    foldl' (
      sets: name: concatMap (set: map (value: set // { ${name} = value; }) lists.${name}) sets
    ) [ { } ] (attrNames lists);
  cartesianProductOfSets = warn "lib.cartesianProductOfSets is a deprecated alias of lib.cartesianProduct." cartesianProduct;

  /**
    What a function gives for each set of `cartesianProduct`.

    Type: mapCartesianProduct :: (AttrSet -> b) -> AttrSet -> [b]

    Example:
      mapCartesianProduct ({ a, b }: "${a}-${b}") { a = [ "1" "2" ]; b = [ "3" ]; }
      => [ "1-3" "2-3" ]
  */
  mapCartesianProduct = f: lists: map f (cartesianProduct lists);

  /**
    A set whose names and values both come from a function, as `{ name, value }`.

    Type: mapAttrs' :: (String -> a -> { name :: String; value :: b; }) -> AttrSet -> AttrSet

    Example:
      mapAttrs' (name: value: nameValuePair ("foo_" + name) ("bar-" + value)) { x = "a"; y = "b"; }
      => { foo_x = "bar-a"; foo_y = "bar-b"; }
  */
  mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));

  /**
    A list of what a function gives for each name and value, in the order of names.

    Type: mapAttrsToList :: (String -> a -> b) -> AttrSet -> [b]

    Example:
      mapAttrsToList (name: value: name + value) { y = "b"; x = "a"; }
      => [ "xa" "yb" ]
  */
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);

  /**
    A set as a list of `{ name, value }`.

    Type: attrsToList :: AttrSet -> [ { name :: String; value :: a; } ]

    Example:
      attrsToList { foo = 1; bar = "asdf"; }
      => [ { name = "bar"; value = "asdf"; } { name = "foo"; value = 1; } ]
  */
  attrsToList = mapAttrsToList nameValuePair;

  /**
    The union of the sets that a function gives for each name and value.

    Type: concatMapAttrs :: (String -> a -> AttrSet) -> AttrSet -> AttrSet

    Example:
      concatMapAttrs (name: value: { ${name} = value; ${name + value} = value; }) { x = "a"; y = "b"; }
      => { x = "a"; xa = "a"; y = "b"; yb = "b"; }
  */
  concatMapAttrs = f: set: mergeAttrsList (mapAttrsToList f set);

  /**
    Map over the leaves of nested sets; the function is given the path and the value.

    Type: mapAttrsRecursive :: ([String] -> a -> b) -> AttrSet -> AttrSet

    Example:
      mapAttrsRecursive (path: value: concatStringsSep "-" (path ++ [ value ])) { n.a = "A"; d = "D"; }
      => { n = { a = "n-a-A"; }; d = "d-D"; }
  */
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);

  /**
    `mapAttrsRecursive` that takes a set for a leaf unless a predicate holds for it.

    Type: mapAttrsRecursiveCond :: (AttrSet -> Bool) -> ([String] -> a -> b) -> AttrSet -> AttrSet

    Example:
      mapAttrsRecursiveCond (set: !set ? stop) (path: value: path) { a.b = 1; c.stop = 1; }
      => { a = { b = [ "a" "b" ]; }; c = [ "c" ]; }
  */
  mapAttrsRecursiveCond =
    cond: f: set:
    let
      go =
        path:
        mapAttrs (
          name: value:
          if isAttrs value && cond value then
            go (path ++ [ name ]) value
          else
            f (path ++ [ name ]) value
        );
    in
    go [ ] set;

  /**
    The leaves of nested sets through a function, as a list.

    Type: mapAttrsToListRecursive :: ([String] -> a -> b) -> AttrSet -> [b]

    Example:
      mapAttrsToListRecursive (path: value: "${showAttrPath path}=${toString value}") { a.b = 1; c = 2; }
      => [ "a.b=1" "c=2" ]
  */
  mapAttrsToListRecursive = mapAttrsToListRecursiveCond (_: _: true);

  /**
    `mapAttrsToListRecursive` that takes a set for a leaf unless a predicate holds for its path and it.

    Type: mapAttrsToListRecursiveCond :: ([String] -> AttrSet -> Bool) -> ([String] -> a -> b) -> AttrSet -> [b]

    Example:
      mapAttrsToListRecursiveCond (path: set: !set ? stop) (path: _: path) { a.b = 1; c.stop = 2; }
      => [ [ "a" "b" ] [ "c" ] ]
  */
  mapAttrsToListRecursiveCond =
    cond: f: set:
    let
      go =
        path: value:
        if isAttrs value && cond path value then
          concatMap (name: go (path ++ [ name ]) value.${name}) (attrNames value)
        else
          [ (f path value) ];
    in
    go [ ] set;

  /**
    A set from a list of names; the values come from a function.

    Type: genAttrs :: [String] -> (String -> a) -> AttrSet

    Example:
      genAttrs [ "foo" "bar" ] (name: "x_" + name)
      => { foo = "x_foo"; bar = "x_bar"; }
  */
  genAttrs =
    names: f:
    listToAttrs (
      map (name: {
        inherit name;
        value = f name;
      }) names
    );

  /**
    A set from a list of anything; names and values come from a function, as `{ name, value }`.

    Type: genAttrs' :: [a] -> (a -> { name :: String; value :: b; }) -> AttrSet

    Example:
      genAttrs' [ 1 2 ] (n: nameValuePair "n${toString n}" n)
      => { n1 = 1; n2 = 2; }
  */
  genAttrs' = items: f: listToAttrs (map f items);

  /**
    Whether a value is a derivation: a set of type "derivation".

    Type: isDerivation :: Any -> Bool

    Example:
      map isDerivation [ { type = "derivation"; } { } "x" ]
      => [ true false false ]
  */
  isDerivation = value: value.type or null == "derivation";

  /**
    A set like a derivation's for a path in the store.

    Type: toDerivation :: Path -> Derivation

    Example:
      isDerivation (toDerivation (builtins.toFile "x" ""))
      => true
  */
  toDerivation =
    path:
    let
      stored = builtins.storePath path;
      made = {
        type = "derivation";
        name = lib.strings.sanitizeDerivationName (
          builtins.unsafeDiscardStringContext (builtins.substring 33 (-1) (baseNameOf stored))
        );
        outPath = stored;
        outputs = [ "out" ];
        out = made;
        outputName = "out";
      };
    in
    made;

  /**
    The set if a condition holds, else the empty one.

    Type: optionalAttrs :: Bool -> AttrSet -> AttrSet

    Example:
      [ (optionalAttrs true { a = 1; }) (optionalAttrs false { a = 1; }) ]
      => [ { a = 1; } { } ]
  */
  optionalAttrs = condition: set: if condition then set else { };

  /**
    The values that sets have for some names, merged by a function of the name and the values.

    Type: zipAttrsWithNames :: [String] -> (String -> [a] -> b) -> [AttrSet] -> AttrSet

    Example:
      zipAttrsWithNames [ "a" ] (name: values: values) [ { a = "x"; b = "y"; } { a = "z"; } ]
      => { a = [ "x" "z" ]; }
  */
  zipAttrsWithNames =
    names: f: sets:
    genAttrs names (name: f name (builtins.catAttrs name sets));
  zipWithNames = warn "lib.zipWithNames is a deprecated alias of lib.zipAttrsWithNames." zipAttrsWithNames;
  zip = warn "lib.zip is a deprecated alias of lib.zipAttrsWith." builtins.zipAttrsWith;

  /**
    The values that sets have for each name, as lists.

    Type: zipAttrs :: [AttrSet] -> AttrSet

    Example:
      zipAttrs [ { a = "x"; b = "y"; } { a = "z"; } ]
      => { a = [ "x" "z" ]; b = [ "y" ]; }
  */
  zipAttrs = builtins.zipAttrsWith (_: values: values);

  /**
    The union of sets, later ones on top; quicker than a fold for long lists.

    Type: mergeAttrsList :: [AttrSet] -> AttrSet

    Example:
      mergeAttrsList [ { a = 0; b = 1; } { c = 2; } { a = 3; } ]
      => { a = 3; b = 1; c = 2; }
  */
  mergeAttrsList =
    list:
    let
      # Halves of halves: each attribute is copied only as often as the tree is deep.
      go =
        start: end:
        if end - start >= 2 then
          let
            middle = start + (end - start) / 2;
          in
          go start middle // go middle end
        else
          elemAt list start;
    in
    if list == [ ] then { } else go 0 (length list);

  /**
    Update a set by another at all depths. A predicate (of the path and both values) stops the
    descent; the second value stands there.

    Type: recursiveUpdateUntil :: ([String] -> AttrSet -> AttrSet -> Bool) -> AttrSet -> AttrSet -> AttrSet

    Example:
      recursiveUpdateUntil (path: l: r: path == [ "foo" ]) { foo.bar = 1; foo.baz = 2; bar = 3; } { foo.bar = 1; foo.quz = 2; baz = 4; }
      => { foo = { bar = 1; quz = 2; }; bar = 3; baz = 4; }
  */
  recursiveUpdateUntil =
    pred: left: right:
    let
      go =
        path:
        builtins.zipAttrsWith (
          name: values:
          let
            here = path ++ [ name ];
          in
          if length values == 1 || pred here (elemAt values 1) (head values) then
            head values
          else
            go here values
        );
    in
    go [ ] [
      right
      left
    ];

  /**
    Update a set by another at all depths.

    Type: recursiveUpdate :: AttrSet -> AttrSet -> AttrSet

    Example:
      recursiveUpdate { boot.loader.grub = { enable = true; device = "/dev/hda"; }; } { boot.loader.grub.device = ""; }
      => { boot = { loader = { grub = { enable = true; device = ""; }; }; }; }
  */
  recursiveUpdate = recursiveUpdateUntil (_: left: right: !(isAttrs left && isAttrs right));

  /**
    Whether a set has, at all depths, what a pattern has.

    Type: matchAttrs :: AttrSet -> AttrSet -> Bool

    Example:
      [ (matchAttrs { cpu = { }; } { cpu.bits = 64; }) (matchAttrs { cpu.bits = 32; } { cpu.bits = 64; }) ]
      => [ true false ]
  */
  matchAttrs =
    pattern: set:
    assert isAttrs pattern;
    builtins.all (
      name:
      set ? ${name}
      && (
        if isAttrs pattern.${name} then
          isAttrs set.${name} && matchAttrs pattern.${name} set.${name}
        else
          pattern.${name} == set.${name}
      )
    ) (attrNames pattern);

  /**
    A set in which the names that another has too have the other's values; no name is added.

    Type: overrideExisting :: AttrSet -> AttrSet -> AttrSet

    Example:
      overrideExisting { a = 1; b = 2; } { b = 3; c = 4; }
      => { a = 1; b = 3; }
  */
  overrideExisting = old: new: mapAttrs (name: value: new.${name} or value) old;

  /**
    A path of attributes as text, parts quoted where they are no identifiers.

    Type: showAttrPath :: [String] -> String

    Example:
      [ (showAttrPath [ "foo" "10" "bar" ]) (showAttrPath [ ]) ]
      => [ "foo.\"10\".bar" "<root attribute path>" ]
  */
  showAttrPath =
    path:
    if path == [ ] then
      "<root attribute path>"
    else
      lib.strings.concatMapStringsSep "." lib.strings.escapeNixIdentifier path;

  /**
    An output of a package; its output `out`, or itself, where it has no such output.

    Type: getOutput :: String -> Derivation -> Derivation

    Example:
      map (getOutput "dev") [ { dev = "d"; out = "o"; } { out = "o"; } ]
      => [ "d" "o" ]
  */
  getOutput =
    output: package:
    if package.outputSpecified or false then package else package.${output} or package.out or package;

  /**
    The first of some outputs that a package has; itself where it has none.

    Type: getFirstOutput :: [String] -> Derivation -> Derivation

    Example:
      getFirstOutput [ "include" "dev" ] { dev = "d"; out = "o"; }
      => "d"
  */
  getFirstOutput =
    candidates: package:
    let
      found = builtins.filter (name: package ? ${name}) candidates;
    in
    if package.outputSpecified or false || found == [ ] then package else package.${head found};

  /**
    The output with programs.

    Type: getBin :: Derivation -> Derivation

    Example:
      getBin { bin = "b"; out = "o"; }
      => "b"
  */
  getBin = getOutput "bin";

  /**
    The output with libraries.

    Type: getLib :: Derivation -> Derivation

    Example:
      getLib { lib = "l"; out = "o"; }
      => "l"
  */
  getLib = getOutput "lib";

  /**
    The output with static libraries.

    Type: getStatic :: Derivation -> Derivation

    Example:
      getStatic { lib = "l"; out = "o"; }
      => "l"
  */
  getStatic = getFirstOutput [
    "static"
    "lib"
    "out"
  ];

  /**
    The output with what is needed for development.

    Type: getDev :: Derivation -> Derivation

    Example:
      getDev { dev = "d"; out = "o"; }
      => "d"
  */
  getDev = getOutput "dev";

  /**
    The output with header files.

    Type: getInclude :: Derivation -> Derivation

    Example:
      getInclude { dev = "d"; out = "o"; }
      => "d"
  */
  getInclude = getFirstOutput [
    "include"
    "dev"
    "out"
  ];

  /**
    The output with manual pages.

    Type: getMan :: Derivation -> Derivation

    Example:
      getMan { man = "m"; out = "o"; }
      => "m"
  */
  getMan = getOutput "man";

  /**
    The outputs for development of packages.

    Type: chooseDevOutputs :: [Derivation] -> [Derivation]

    Example:
      chooseDevOutputs [ { dev = "d"; } { out = "o"; } ]
      => [ "d" "o" ]
  */
  chooseDevOutputs = map getDev;

  /**
    A set marked as one that tools look for packages in.

    Type: recurseIntoAttrs :: AttrSet -> AttrSet

    Example:
      recurseIntoAttrs { a = 1; }
      => { a = 1; recurseForDerivations = true; }
  */
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };

  /**
    A set marked as one that tools do not look for packages in.

    Type: dontRecurseIntoAttrs :: AttrSet -> AttrSet

    Example:
      dontRecurseIntoAttrs { a = 1; }
      => { a = 1; recurseForDerivations = false; }
  */
  dontRecurseIntoAttrs = set: set // { recurseForDerivations = false; };

  /**
    The union of two sets; an attribute that both have is an error when it is used.

    Type: unionOfDisjoint :: AttrSet -> AttrSet -> AttrSet

    Example:
      attrsets.unionOfDisjoint { a = 1; } { b = 2; }
      => { a = 1; b = 2; }
      attrsets.unionOfDisjoint { a = 1; } { a = 2; }
      => error: unionOfDisjoint: collision on a; complete list: a
  */
  unionOfDisjoint =
    a: b:
    let
      common = intersectAttrs a b;
      names = builtins.concatStringsSep " " (attrNames common);
      mask = mapAttrs (
        name: _: throw "unionOfDisjoint: collision on ${name}; complete list: ${names}"
      ) common;
    in
    (a // b) // mask;
}
