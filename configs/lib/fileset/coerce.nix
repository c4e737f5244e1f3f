# File sets from what stands for them, and the messages where nothing does.
#
# A file set is a folder (`base`) and a tree of it; the empty set that no path led to has no base.
{ lib }:
let
  inherit (builtins) isPath pathExists typeOf;
  inherit (lib.strings) isStringLike;
in
rec {
  make = base: tree: {
    _type = "fileset";
    _base = base;
    _tree = tree;
    __noEval = throw "lib.fileset: Directly evaluating a file set is not supported.\n  To turn it into a usable source, use `lib.fileset.toSource`.\n  To pretty-print the contents, use `lib.fileset.trace` or `lib.fileset.traceVal`.";
  };

  empty = make null null;

  # A folder stands for all files in it, a file for itself.
  fromPath =
    path:
    let
      type = builtins.readFileType path;
    in
    if type == "directory" then
      make path "directory"
    else
      make (dirOf path) { ${baseNameOf path} = type; };

  # `what` begins the message, for instance "lib.fileset.union: First argument".
  coerce =
    what: value:
    if value._type or "" == "fileset" then
      value
    else if isPath value then
      if pathExists value then
        fromPath value
      else
        throw "${what} (${toString value}) is a path that does not exist.\n    To create a file set from a path that may not exist, use `lib.fileset.maybeMissing`."
    else if value ? _isLibCleanSourceWith then
      throw "${what} is a `lib.sources`-based value, but it should be a file set or a path instead.\n    To convert a `lib.sources`-based value to a file set you can use `lib.fileset.fromSource`.\n    Note that this only works for sources created from paths."
    else if isStringLike value then
      throw "${what} (\"${toString value}\") is a string-like value, but it should be a file set or a path instead.\n    Paths represented as strings are not supported by `lib.fileset`, use `lib.sources` or derivations instead."
    else
      throw "${what} is of type ${typeOf value}, but it should be a file set or a path instead.";

  # The components of a path.
  components = path: lib.path.subpath.components (lib.path.splitRoot path).subpath;

  # File sets as trees of one folder, that all of their folders are in.
  together =
    sets:
    let
      based = builtins.filter (set: set._base != null) sets;
      paths = map (set: components set._base) based;
      common = builtins.foldl' lib.lists.commonPrefix (builtins.head paths) paths;
      depth = builtins.length common;
      up = n: path: if n == 0 then path else up (n - 1) (dirOf path);
      first = builtins.head based;
      size = builtins.length (builtins.head paths);
    in
    if based == [ ] then
      {
        base = null;
        trees = map (_: null) sets;
      }
    else
      {
        base = up (size - depth) first._base;
        trees = map (
          set:
          if set._base == null then
            null
          else
            lib.attrsets.setAttrByPath (lib.lists.drop depth (components set._base)) set._tree
        ) sets;
      };
}
