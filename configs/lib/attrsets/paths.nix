# Attributes at paths.
{ lib }:
let
  inherit (builtins) elemAt head isAttrs length mapAttrs tail;
in
rec {
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
}
