# Sets merged with others.
{ lib }:
let
  inherit (builtins) attrNames elemAt head intersectAttrs isAttrs length mapAttrs;
  inherit (lib.attrsets) genAttrs;
  inherit (lib.trivial) warn;
in
rec {
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
