# Old functions that other expressions still use; new ones should not.
{ lib }:
let
  inherit (lib.lists) imap1 unique;
in
rec {
  /**
    A variable of the environment, or a default when it is unset or empty.

    Type: maybeEnv :: String -> String -> String

    Example:
      misc.maybeEnv "NO_SUCH_VARIABLE" "default"
      => "default"
  */
  maybeEnv =
    name: default:
    let
      value = builtins.getEnv name;
    in
    if value == "" then default else value;

  /**
    A set, or what a function makes of another one.

    Type: defaultMergeArg :: AttrSet -> (AttrSet | (AttrSet -> AttrSet)) -> AttrSet

    Example:
      misc.defaultMergeArg { a = 1; } (old: { b = old.a; })
      => { b = 1; }
  */
  defaultMergeArg = old: new: if builtins.isAttrs new then new else new old;

  /**
    A set updated by another, or by what a function makes of it.

    Type: defaultMerge :: AttrSet -> (AttrSet | (AttrSet -> AttrSet)) -> AttrSet

    Example:
      misc.defaultMerge { a = 1; } (old: { b = old.a; })
      => { a = 1; b = 1; }
  */
  defaultMerge = old: new: old // defaultMergeArg old new;

  /**
    An attribute, or a default.

    Type: maybeAttr :: String -> a -> AttrSet -> a

    Example:
      misc.maybeAttr "x" 0 { y = 1; }
      => 0
  */
  maybeAttr =
    name: default: attrs:
    attrs.${name} or default;

  /**
    As `maybeAttr`; null has no attributes.

    Type: maybeAttrNullable :: String -> a -> (AttrSet | null) -> a

    Example:
      misc.maybeAttrNullable "x" 0 null
      => 0
  */
  maybeAttrNullable = maybeAttr;

  /**
    A list when a condition holds, else none.

    Type: ifEnable :: Bool -> [a] -> [a]

    Example:
      misc.ifEnable false [ 1 ]
      => [ ]
  */
  ifEnable = condition: value: if condition then value else [ ];

  /**
    A list without what is in it before.

    Type: uniqList :: { inputList :: [a]; acc ? [a]; } -> [a]

    Example:
      misc.uniqList { inputList = [ 1 2 1 ]; }
      => [ 1 2 ]
  */
  uniqList =
    {
      inputList,
      acc ? [ ],
    }:
    unique (acc ++ inputList);

  /**
    A set of one attribute.

    Type: nvs :: String -> a -> AttrSet

    Example:
      misc.nvs "a" 1
      => { a = 1; }
  */
  nvs = name: value: { ${name} = value; };

  /**
    A set with an attribute.

    Type: setAttr :: AttrSet -> String -> a -> AttrSet

    Example:
      misc.setAttr { a = 1; } "b" 2
      => { a = 1; b = 2; }
  */
  setAttr =
    attrs: name: value:
    attrs // { ${name} = value; };

  /**
    A set with an attribute made from what it was, or from a default.

    Type: setAttrMerge :: String -> a -> AttrSet -> (a -> b) -> AttrSet

    Example:
      misc.setAttrMerge "n" 0 { n = 1; } (n: n + 1)
      => { n = 2; }
  */
  setAttrMerge =
    name: default: attrs: change:
    setAttr attrs name (change (maybeAttr name default attrs));

  /**
    As `lists.imap1`.

    Type: imap :: (Int -> a -> b) -> [a] -> [b]

    Example:
      misc.imap (n: v: "${toString n}${v}") [ "a" "b" ]
      => [ "1a" "2b" ]
  */
  imap = imap1;

  /**
    As `attrsets.mapAttrsToList`.

    Type: mapAttrsFlatten :: (String -> a -> b) -> AttrSet -> [b]

    Example:
      misc.mapAttrsFlatten (n: v: n + v) { a = "x"; }
      => [ "ax" ]
  */
  mapAttrsFlatten = lib.attrsets.mapAttrsToList;

  /**
    The name of a value's type, sets that are packages told apart.

    Type: nixType :: Any -> String

    Example:
      map misc.nixType [ 1 "a" { } { outPath = "/x"; } [ ] null true (x: x) ]
      => [ "int" "string" "attrs" "derivation" "list" "null" "bool" "function" ]
  */
  nixType =
    value:
    let
      name = builtins.typeOf value;
    in
    if name == "set" then
      (if value ? outPath then "derivation" else "attrs")
    else if name == "lambda" then
      "function"
    else
      name;

  /**
    Packages with all that they propagate, and what that propagates.

    Type: closePropagation :: [Package] -> [Package]

    Example:
      map (p: p.name) (misc.closePropagation [ { name = "a"; outPath = "/a"; propagatedBuildInputs = [ { name = "b"; outPath = "/b"; } ]; } ])
      => [ "a" "b" ]
  */
  closePropagation =
    packages:
    let
      item = package: {
        key = package.outPath;
        inherit package;
      };
      propagated =
        package: (package.propagatedBuildInputs or [ ]) ++ (package.propagatedNativeBuildInputs or [ ]);
      found = builtins.genericClosure {
        startSet = map item (builtins.filter (package: package != null) packages);
        operator =
          { package, ... }: map item (builtins.filter (other: other != null) (propagated package));
      };
    in
    map (entry: entry.package) found;
}
