# Sets.
{ lib }:
let
  inherit (builtins) attrNames attrValues concatMap elemAt foldl' head isAttrs length listToAttrs mapAttrs tail;
in
rec {
  inherit (builtins)
    attrNames attrValues catAttrs getAttr hasAttr intersectAttrs isAttrs listToAttrs mapAttrs removeAttrs zipAttrsWith
    ;

  /** A name and its value, for `listToAttrs`. */
  nameValuePair = name: value: { inherit name value; };

  /** The attribute at a path, or a default. */
  attrByPath =
    path: default: set:
    let
      size = length path;
      go = n: s: if n == size then s else if s ? ${elemAt path n} then go (n + 1) s.${elemAt path n} else default;
    in
    go 0 set;

  /** Whether there is an attribute at a path. */
  hasAttrByPath =
    path: set:
    let
      size = length path;
      go = n: s: n == size || (s ? ${elemAt path n} && go (n + 1) s.${elemAt path n});
    in
    go 0 set;

  /** The longest beginning of a path at which there is an attribute, or null. */
  longestValidPathPrefix =
    path: set:
    let
      size = length path;
      go = n: s: if n < size && s ? ${elemAt path n} then go (n + 1) s.${elemAt path n} else n;
    in
    lib.lists.take (go 0 set) path;

  /** A set with one value at a path. */
  setAttrByPath =
    path: value:
    let
      size = length path;
      go = n: if n == size then value else { ${elemAt path n} = go (n + 1); };
    in
    go 0;

  /** The attribute at a path; an error when there is none. */
  getAttrFromPath =
    path: set:
    attrByPath path (throw "cannot find attribute '${builtins.concatStringsSep "." path}'") set;

  /** Change a set at several paths: `[{ path, update }]`, later ones on top. */
  updateManyAttrsByPath =
    updates: set:
    let
      apply =
        value: { path, update }:
        if path == [ ] then
          update value
        else
          let
            name = head path;
            rest = { path = tail path; inherit update; };
          in
          value // { ${name} = apply (value.${name} or { }) rest; };
    in
    foldl' apply set updates;

  /** All values of the names, in the order of the names. */
  attrVals = names: set: map (name: set.${name}) names;

  /** The part of a set whose names and values satisfy a predicate. */
  filterAttrs =
    pred: set:
    removeAttrs set (builtins.filter (name: !pred name set.${name}) (attrNames set));

  /** `filterAttrs` at all depths. */
  filterAttrsRecursive =
    pred: set:
    mapAttrs (_: value: if isAttrs value then filterAttrsRecursive pred value else value) (filterAttrs pred set);

  /** Fold over names and values, in the order of names. */
  foldlAttrs =
    f: init: set:
    foldl' (acc: name: f acc name set.${name}) init (attrNames set);

  /** Fold the values that sets have for each name. */
  foldAttrs =
    op: nul: sets:
    lib.lists.foldr (
      set: acc: foldl' (done: name: done // { ${name} = op set.${name} (done.${name} or nul); }) acc (attrNames set)
    ) { } sets;

  /** All values in nested sets that satisfy a predicate. */
  collect =
    pred: value:
    if pred value then
      [ value ]
    else if isAttrs value then
      concatMap (collect pred) (attrValues value)
    else
      [ ];

  /** All sets that take one value from each name's list. */
  cartesianProduct =
    lists:
    foldl' (sets: name: concatMap (set: map (value: set // { ${name} = value; }) lists.${name}) sets) [ { } ] (attrNames lists);
  cartesianProductOfSets = cartesianProduct;
  mapCartesianProduct = f: lists: map f (cartesianProduct lists);

  /** Names and values through a function that gives `{ name, value }`. */
  mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));

  /** The same from a list of names. */
  genAttrs = names: f: listToAttrs (map (name: { inherit name; value = f name; }) names);
  genAttrs' = xs: f: listToAttrs (map f xs);

  /** A list of what a function gives for each name and value. */
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;

  /** The union of the sets that a function gives for each name and value. */
  concatMapAttrs = f: set: mergeAttrsList (mapAttrsToList f set);

  /** The union of sets, later ones on top. */
  mergeAttrsList =
    list:
    let
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

  /** Map over the leaves of nested sets; a function is given the path and the value. */
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);
  mapAttrsRecursiveCond =
    cond: f: set:
    let
      go =
        path:
        mapAttrs (
          name: value:
          if isAttrs value && cond value then go (path ++ [ name ]) value else f (path ++ [ name ]) value
        );
    in
    go [ ] set;

  /** As `mapAttrsRecursive`, the leaves as a list. */
  mapAttrsToListRecursive = mapAttrsToListRecursiveCond (_: _: true);
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

  /** Whether a value is a derivation. */
  isDerivation = value: value.type or null == "derivation";

  /** A derivation-like set for a path in the store. */
  toDerivation =
    path:
    let
      stored = builtins.storePath path;
      made = {
        type = "derivation";
        name = builtins.unsafeDiscardStringContext (builtins.substring 33 (-1) (baseNameOf stored));
        outPath = stored;
        outputs = [ "out" ];
        out = made;
        outputName = "out";
      };
    in
    made;

  /** The set if the condition holds, else the empty one. */
  optionalAttrs = condition: set: if condition then set else { };

  /** The values of each name, from several sets, as lists. */
  zipAttrs = builtins.zipAttrsWith (_: values: values);
  zipAttrsWithNames =
    names: f: sets:
    listToAttrs (map (name: { inherit name; value = f name (builtins.catAttrs name sets); }) names);
  zip = builtins.zipAttrsWith;

  /** Deep update; the predicate stops the descent: `path: left: right`. */
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
    go [ ] [ right left ];
  recursiveUpdate = recursiveUpdateUntil (_: left: right: !(isAttrs left && isAttrs right));

  /** Whether a set (deeply) has what a pattern has. */
  matchAttrs =
    pattern: set:
    isAttrs set
    && builtins.all (
      name:
      set ? ${name}
      && (if isAttrs pattern.${name} then matchAttrs pattern.${name} set.${name} else pattern.${name} == set.${name})
    ) (attrNames pattern);

  /** Replace values of names that already exist by functions of them. */
  overrideExisting = old: new: mapAttrs (name: value: new.${name} or value) old;

  /** A path as text, parts quoted where they are no identifiers. */
  showAttrPath =
    path:
    if path == [ ] then "<root attribute path>" else lib.strings.concatMapStringsSep "." lib.strings.escapeNixIdentifier path;

  /** An output of a package, or the package where it has no such output. */
  getOutput =
    output: package:
    if package.outputSpecified or false then package else package.${output} or package.out or package;
  getFirstOutput =
    candidates: package:
    let
      found = lib.lists.findFirst (name: package ? ${name}) null candidates;
    in
    if package.outputSpecified or false || found == null then package else package.${found};
  getBin = getOutput "bin";
  getLib = getOutput "lib";
  getStatic = getFirstOutput [ "static" "lib" "out" ];
  getDev = getOutput "dev";
  getInclude = getFirstOutput [ "include" "dev" "out" ];
  getMan = getOutput "man";
  chooseDevOutputs = map getDev;

  /** Mark a set for tools that look for packages in it, or not. */
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };
  dontRecurseIntoAttrs = set: set // { recurseForDerivations = false; };

  /** The union of two sets that must not share a name. */
  unionOfDisjoint =
    a: b:
    let
      common = attrNames (builtins.intersectAttrs a b);
      mask = mapAttrs (name: _: throw "unionOfDisjoint: collision on ${name}") (builtins.intersectAttrs a b);
    in
    if common == [ ] then a // b else (a // b) // mask;

  /** A set of inverted names and values. */
  invertAttrs = set: listToAttrs (mapAttrsToList (name: value: { name = value; value = name; }) set);
}
