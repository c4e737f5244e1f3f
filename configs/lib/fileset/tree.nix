# The trees that file sets are made of.
#
# A tree says what of one path belongs to a set:
#   null          nothing
#   "directory"   all files below a folder
#   another text  the file itself, of that type ("regular", "symlink", "unknown")
#   a set         of a folder, what its entries' trees say; a name that is missing is null
{ lib }:
let
  inherit (builtins)
    all
    attrValues
    isAttrs
    isString
    mapAttrs
    readDir
    ;
  inherit (lib.attrsets) mapAttrsToList;
in
rec {
  # The entries of a folder whose tree is "directory" or a set.
  entries =
    path: tree: if tree == "directory" then readDir path else mapAttrs (_: _: null) (readDir path) // tree;

  union =
    a: b:
    if isAttrs a && isAttrs b then
      builtins.zipAttrsWith (_: lib.lists.foldr union null) [
        a
        b
      ]
    else if a == "directory" || b == "directory" then
      "directory"
    else if a == null then
      b
    else
      a;

  intersection =
    a: b:
    if a == null || b == null then
      null
    else if a == "directory" then
      b
    else if b == "directory" then
      a
    else if isAttrs a && isAttrs b then
      mapAttrs (name: intersection a.${name}) (builtins.intersectAttrs a b)
    else
      a;

  # What is in `a` and not in `b`; both are of `path`.
  difference =
    path: a: b:
    if a == null || b == null then
      a
    else if isString b then
      null
    else
      mapAttrs (name: tree: difference (path + "/${name}") tree (b.${name} or null)) (entries path a);

  # The files below a path that a predicate of `{ name, type, hasExt }` holds for.
  matching =
    pred: path: type:
    if type == "directory" then
      mapAttrs (name: matching pred (path + "/${name}")) (readDir path)
    else
      let
        name = baseNameOf path;
        file = {
          inherit name type;
          hasExt = ext: lib.strings.hasSuffix ".${ext}" name;
        };
      in
      if pred file then type else null;

  # The same tree in the one form that tells what it has: no folder without files, and
  # "directory" for a folder of which everything belongs to the set.
  normal = shape null;

  # The normal tree for people: folders without files do not keep the one around them from being
  # "directory". A folder that has no file anywhere below is "hollow" itself.
  brief = shape "hollow";

  # Such a tree; `hollow` stands for a folder without files.
  shape =
    hollow: path: tree:
    if tree == "directory" || isAttrs tree then
      let
        below = mapAttrs (name: shape hollow (path + "/${name}")) (entries path tree);
        values = attrValues below;
        isHollow = value: value == hollow;
      in
      if all isHollow values then
        hollow
      else if all isString values then
        "directory"
      else if all (value: isNull value || isHollow value) values then
        null
      else
        mapAttrs (_: value: if isHollow value then null else value) below
    else
      tree;
  isNull = value: value == null;

  # The files of a normal tree.
  files =
    path: tree:
    if tree == null then
      [ ]
    else if tree == "directory" then
      lib.filesystem.listFilesRecursive path
    else if isAttrs tree then
      builtins.concatLists (mapAttrsToList (name: files (path + "/${name}")) tree)
    else
      [ path ];

  # A line for each entry of a normal tree that is a set.
  lines =
    indent: tree:
    builtins.concatLists (
      mapAttrsToList (
        name: below:
        if below == null then
          [ ]
        else if isAttrs below then
          [ "${indent}- ${name}" ] ++ lines "${indent}  " below
        else
          [ "${indent}- ${name} (${if below == "directory" then "all files in directory" else below})" ]
      ) tree
    );

  # A tree of a folder from one of what is below it, at some components.
  wrap = components: tree: lib.attrsets.setAttrByPath components tree;

  # The tree of what is at some components below the path that a tree is of.
  descend =
    components: tree:
    if components == [ ] || tree == "directory" then
      tree
    else if isAttrs tree then
      descend (builtins.tail components) (tree.${builtins.head components} or null)
    else
      null;
}
