# Sets mapped, filtered, folded.
{ lib }:
let
  inherit (builtins) attrNames attrValues concatMap foldl' isAttrs listToAttrs mapAttrs;
  inherit (lib.attrsets) mergeAttrsList zipAttrs;
  inherit (lib.trivial) warn;
in
rec {
  /**
    A name and its value, for `listToAttrs`.

    Type: nameValuePair :: String -> a -> { name :: String; value :: a; }

    Example:
      nameValuePair "some" 6
      => { name = "some"; value = 6; }
  */
  nameValuePair = name: value: { inherit name value; };

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
}
