# Sets of files below a folder, and sources that have only those.
{ lib }:
let
  inherit (builtins)
    isAttrs
    isFunction
    isList
    isPath
    pathExists
    typeOf
    ;
  inherit (lib.lists) imap0;
  tree = import ./tree.nix { inherit lib; };
  inherit (import ./coerce.nix { inherit lib; })
    coerce
    components
    empty
    fromPath
    make
    together
    ;

  # What a set has, as a tree in the normal form.
  normal = set: if set._base == null then null else tree.normal set._base set._tree;

  # A path that must be a folder, for a function's argument.
  folder =
    what: path:
    if path ? _isLibCleanSourceWith then
      throw "${what} is a `lib.sources`-based value, but it should be a path instead.\n    To use a `lib.sources`-based value, convert it to a file set using `lib.fileset.fromSource` and pass it as `fileset`.\n    Note that this only works for sources created from paths."
    else if !isPath path then
      if lib.strings.isStringLike path then
        throw "${what} (\"${toString path}\") is a string-like value, but it should be a path instead.\n    Paths in strings are not supported by `lib.fileset`, use `lib.sources` or derivations instead."
      else
        throw "${what} is of type ${typeOf path}, but it should be a path instead."
    else if !pathExists path then
      throw "${what} (${toString path}) is a path that does not exist."
    else if builtins.readFileType path != "directory" then
      throw "${what} (${toString path}) is a file, but it should be a directory instead. Potential solutions:\n    - If you want to import the file into the store _without_ a containing directory, use string interpolation or `builtins.path` instead of this function.\n    - If you want to import the file into the store _with_ a containing directory, set `root` to the containing directory, such as ${toString (dirOf path)}, and set `fileset` to the file path."
    else
      path;

  show =
    set:
    let
      found = if set._base == null then null else tree.brief set._base set._tree;
    in
    if found == null || found == "hollow" then
      "(empty)"
    else if isAttrs found then
      builtins.concatStringsSep "\n" ([ (toString set._base) ] ++ tree.lines "" found)
    else
      "${toString set._base} (all files in directory)";

  unite =
    sets:
    let
      found = together sets;
    in
    if found.base == null then
      empty
    else
      make found.base (builtins.foldl' tree.union null found.trees);

  tracked =
    function: argument: more: path:
    let
      fetched = (builtins.fetchGit ({ url = path; } // more)).outPath;
      # The files of the work tree that the fetched copy has too.
      both =
        copy:
        builtins.mapAttrs (
          name: type: if type == "directory" then both (copy + "/${name}") else type
        ) (builtins.readDir copy);
    in
    if !isPath path then
      throw "lib.fileset.${function}: Expected the ${argument} to be a path, but it's a ${typeOf path} instead."
    else if !pathExists (path + "/.git") then
      throw "lib.fileset.${function}: Expected the ${argument} (${toString path}) to point to a local working tree of a Git repository, but it's not."
    else if lib.trivial.inPureEvalMode then
      throw "lib.fileset.${function}: This function is currently not supported in pure evaluation mode, since it currently relies on `builtins.fetchGit`."
    else
      make path (both fetched);
in
rec {
  /**
    A source with only the files of a set, below a folder that all of them are in.

    Type: toSource :: { root :: Path; fileset :: FileSet; } -> Source

    Example:
      (fileset.toSource { root = ./.; fileset = ./cli.nix; }).filter (toString ./cli.nix) "regular"
      => true
      fileset.toSource { root = ./fileset; fileset = ./cli.nix; }
      => error: which is not under the `root`
  */
  toSource =
    { root, fileset }:
    let
      top = folder "lib.fileset.toSource: `root`" root;
      set = coerce "lib.fileset.toSource: `fileset`" fileset;
      base = if set._base == null then top else set._base;
      above = components top;
      at = components base;
      below = lib.lists.drop (builtins.length above) at;
      # The tree of the root itself.
      whole =
        if set._base == null then
          null
        else
          tree.normal top (lib.attrsets.setAttrByPath below (tree.normal base set._tree));
      inRoot = lib.lists.hasPrefix above at;
      filter =
        path: type:
        let
          rest = lib.strings.removePrefix (lib.strings.removeSuffix "/" (toString top) + "/") (toString path);
        in
        tree.descend (lib.strings.splitString "/" rest) whole != null;
    in
    if !inRoot then
      throw "lib.fileset.toSource: `fileset` could contain files in ${toString base}, which is not under the `root` (${toString top}). Potential solutions:\n    - Set `root` to ${toString base} or any directory higher up. This changes the layout of the resulting store path.\n    - Set `fileset` to a file set that cannot contain files outside the `root` (${toString top}). This could change the files included in the result."
    else
      lib.sources.cleanSourceWith {
        name = "source";
        src = top;
        inherit filter;
      };

  /**
    The files of a set, as paths.

    Type: toList :: FileSet -> [Path]

    Example:
      fileset.toList (fileset.unions [ ./versions.nix ./cli.nix ])
      => [ ./cli.nix ./versions.nix ]
  */
  toList =
    fileset:
    let
      set = coerce "lib.fileset.toList: Argument" fileset;
    in
    if set._base == null then [ ] else tree.files set._base (normal set);

  /**
    The files of one set or the other.

    Type: union :: FileSet -> FileSet -> FileSet

    Example:
      fileset.toList (fileset.union ./cli.nix ./fileset/tree.nix)
      => [ ./cli.nix ./fileset/tree.nix ]
      fileset.union ./cli.nix "/etc"
      => error: lib.fileset.union: Second argument ("/etc") is a string-like value, but it should be a file set or a path instead.
  */
  union =
    a: b:
    unite [
      (coerce "lib.fileset.union: First argument" a)
      (coerce "lib.fileset.union: Second argument" b)
    ];

  /**
    No files.

    Type: empty :: FileSet

    Example:
      fileset.toList fileset.empty
      => [ ]
  */
  empty = unite [ ];

  /**
    The files of any of some sets.

    Type: unions :: [FileSet] -> FileSet

    Example:
      fileset.toList (fileset.unions [ ])
      => [ ]
      fileset.unions ./.
      => error: lib.fileset.unions: Argument is of type path, but it should be a list instead.
      fileset.unions [ ./cli.nix ./no-such-file ]
      => error: lib.fileset.unions: Element 1
  */
  unions =
    sets:
    if isList sets then
      unite (imap0 (n: coerce "lib.fileset.unions: Element ${toString n}") sets)
    else
      throw "lib.fileset.unions: Argument is of type ${typeOf sets}, but it should be a list instead.";

  /**
    The files that are in both of two sets.

    Type: intersection :: FileSet -> FileSet -> FileSet

    Example:
      fileset.toList (fileset.intersection ./fileset (fileset.unions [ ./cli.nix ./fileset/tree.nix ]))
      => [ ./fileset/tree.nix ]
  */
  intersection =
    a: b:
    let
      found = together [
        (coerce "lib.fileset.intersection: First argument" a)
        (coerce "lib.fileset.intersection: Second argument" b)
      ];
    in
    if found.base == null then
      empty
    else
      make found.base (tree.intersection (builtins.head found.trees) (builtins.elemAt found.trees 1));

  /**
    The files of the first set that are not in the second.

    Type: difference :: FileSet -> FileSet -> FileSet

    Example:
      fileset.toList (fileset.difference ./fileset (fileset.unions [ ./fileset/default.nix ./fileset/coerce.nix ]))
      => [ ./fileset/tree.nix ]
  */
  difference =
    a: b:
    let
      positive = coerce "lib.fileset.difference: First argument (positive set)" a;
      found = together [
        positive
        (coerce "lib.fileset.difference: Second argument (negative set)" b)
      ];
    in
    if positive._base == null then
      empty
    else
      make found.base (
        tree.difference found.base (builtins.head found.trees) (builtins.elemAt found.trees 1)
      );

  /**
    The files of a folder that a predicate of `{ name, type, hasExt }` holds for.

    Type: fileFilter :: ({ name :: String; type :: String; hasExt :: String -> Bool; ... } -> Bool) -> Path -> FileSet

    Example:
      fileset.toList (fileset.fileFilter (file: file.name == "tree.nix" && file.hasExt "nix") ./fileset)
      => [ ./fileset/tree.nix ]
      fileset.fileFilter "*.nix" ./.
      => error: lib.fileset.fileFilter: First argument is of type string, but it should be a function instead.
  */
  fileFilter =
    predicate: path:
    if !isFunction predicate then
      throw "lib.fileset.fileFilter: First argument is of type ${typeOf predicate}, but it should be a function instead."
    else if !isPath path then
      if path._type or "" == "fileset" then
        throw "lib.fileset.fileFilter: Second argument is a file set, but it should be a path instead.\n    If you need to filter files in a file set, use `intersection fileset (fileFilter pred ./.)` instead."
      else
        throw "lib.fileset.fileFilter: Second argument is of type ${typeOf path}, but it should be a path instead."
    else if !pathExists path then
      throw "lib.fileset.fileFilter: Second argument (${toString path}) is a path that does not exist."
    else
      let
        type = builtins.readFileType path;
        found = tree.matching predicate path type;
      in
      if type == "directory" then make path found else make (dirOf path) { ${baseNameOf path} = found; };

  /**
    The files of a source of `lib.sources`, or of a path.

    Type: fromSource :: (Source | Path) -> FileSet

    Example:
      fileset.toList (fileset.fromSource (sources.sourceFilesBySuffices ./fileset [ "e.nix" ]))
      => [ ./fileset/coerce.nix ./fileset/tree.nix ]
  */
  fromSource =
    source:
    let
      path = source.origSrc or source;
      filter = source.filter or (_: _: true);
      from =
        at: type:
        if !(filter (toString at) type) then
          null
        else if type == "directory" then
          inside at
        else
          type;
      inside = at: builtins.mapAttrs (name: from (at + "/${name}")) (builtins.readDir at);
      type = builtins.readFileType path;
    in
    if !isPath path then
      if lib.strings.isStringLike path then
        throw "lib.fileset.fromSource: The source origin of the argument is a string-like value (\"${toString path}\"), but it should be a path instead.\n    Sources created from paths in strings cannot be turned into file sets, use `lib.sources` or derivations instead."
      else
        throw "lib.fileset.fromSource: The source origin of the argument is of type ${typeOf path}, but it should be a path instead."
    else if !pathExists path then
      throw "lib.fileset.fromSource: The source origin (${toString path}) of the argument is a path that does not exist."
    else if type == "directory" then
      make path (if source ? filter then inside path else "directory")
    else
      make (dirOf path) { ${baseNameOf path} = from path type; };

  /**
    The files of a path that need not exist.

    Type: maybeMissing :: Path -> FileSet

    Example:
      fileset.toList (fileset.maybeMissing ./no-such-file)
      => [ ]
      fileset.maybeMissing "x"
      => error: lib.fileset.maybeMissing: Argument ("x") is a string-like value, but it should be a path instead.
  */
  maybeMissing =
    path:
    if !isPath path then
      if lib.strings.isStringLike path then
        throw "lib.fileset.maybeMissing: Argument (\"${toString path}\") is a string-like value, but it should be a path instead."
      else
        throw "lib.fileset.maybeMissing: Argument is of type ${typeOf path}, but it should be a path instead."
    else if pathExists path then
      fromPath path
    else
      empty;

  /**
    Trace the files of a set, then give the other value.

    Type: trace :: FileSet -> a -> a

    Example:
      fileset.trace ./cli.nix 1
      => 1
  */
  trace = fileset: value: builtins.trace (show (coerce "lib.fileset.trace: Argument" fileset)) value;

  /**
    Trace the files of a set, then give it.

    Type: traceVal :: FileSet -> FileSet

    Example:
      fileset.toList (fileset.traceVal ./cli.nix)
      => [ ./cli.nix ]
  */
  traceVal =
    fileset:
    builtins.trace (show (coerce "lib.fileset.traceVal: Argument" fileset)) fileset;

  /**
    Whether a value is a file set, or a path that stands for one.

    Type: isFileset :: Any -> Bool

    Example:
      map fileset.isFileset [ ./cli.nix (fileset.unions [ ]) "x" ./no-such-file ]
      => [ true true false false ]
  */
  isFileset = value: value._type or "" == "fileset" || (isPath value && pathExists value);

  /**
    The files of a git work tree that git tracks.

    Type: gitTracked :: Path -> FileSet

    Example:
      fileset.gitTracked ./fileset
      => error: to point to a local working tree of a Git repository, but it's not.
  */
  gitTracked = path: tracked "gitTracked" "argument" { } path;

  /**
    `gitTracked`, with the files of submodules where that is asked for.

    Type: gitTrackedWith :: { recurseSubmodules ? false; } -> Path -> FileSet

    Example:
      fileset.gitTrackedWith { } ./fileset
      => error: to point to a local working tree of a Git repository, but it's not.
      fileset.gitTrackedWith { recurseSubmodules = 0; } ./fileset
      => error: of the first argument to be a boolean, but it's a int instead.
  */
  gitTrackedWith =
    {
      recurseSubmodules ? false,
    }:
    path:
    if !(builtins.isBool recurseSubmodules) then
      throw "lib.fileset.gitTrackedWith: Expected the attribute `recurseSubmodules` of the first argument to be a boolean, but it's a ${builtins.typeOf recurseSubmodules} instead."
    else
      tracked "gitTrackedWith" "second argument" (lib.attrsets.optionalAttrs recurseSubmodules {
        submodules = true;
      }) path;
}
