# Files and folders, as evaluation sees them.
{ lib }:
let
  inherit (builtins) pathExists readDir;
  inherit (lib.attrsets) filterAttrs mapAttrsToList;
  inherit (lib.strings) hasSuffix removeSuffix;
in
rec {
  inherit (builtins)
    baseNameOf
    dirOf
    hashFile
    isPath
    pathExists
    readDir
    readFileType
    ;

  /**
    The type of what is at a path: "directory", "regular", "symlink" or "unknown".

    Type: pathType :: Path -> String

    Example:
      [ (pathType ./.) (pathType ./cli.nix) ]
      => [ "directory" "regular" ]
  */
  pathType = builtins.readFileType;

  /**
    Whether there is a folder at a path.

    Type: pathIsDirectory :: Path -> Bool

    Example:
      map pathIsDirectory [ ./. ./cli.nix ./nothing ]
      => [ true false false ]
  */
  pathIsDirectory = path: pathExists path && pathType path == "directory";

  /**
    Whether there is a regular file at a path.

    Type: pathIsRegularFile :: Path -> Bool

    Example:
      map pathIsRegularFile [ ./. ./cli.nix ./nothing ]
      => [ false true false ]
  */
  pathIsRegularFile = path: pathExists path && pathType path == "regular";

  /**
    The folder, or the next one above it, that has files whose names match a regular expression as a
    whole: `{ path, matches }`, or null.

    Type: locateDominatingFile :: String -> Path -> ({ path :: Path; matches :: [ [String] ]; } | null)

    Example:
      (filesystem.locateDominatingFile "(cli)\\.nix" ./.).matches
      => [ [ "cli" ] ]
  */
  locateDominatingFile =
    pattern: file:
    let
      go =
        path:
        let
          found = map (builtins.match pattern) (builtins.attrNames (readDir path));
          matches = builtins.filter (m: m != null) found;
        in
        if matches != [ ] then
          { inherit path matches; }
        else if path == /. then
          null
        else
          go (dirOf path);
      start = dirOf file;
    in
    go (if pathIsDirectory file then file else start);

  /**
    All files below a folder.

    Type: listFilesRecursive :: Path -> [Path]

    Example:
      elem ./cli.nix (listFilesRecursive ./.)
      => true
  */
  listFilesRecursive =
    dir:
    builtins.concatLists (
      mapAttrsToList (
        name: type:
        if type == "directory" then listFilesRecursive (dir + "/${name}") else [ (dir + "/${name}") ]
      ) (readDir dir)
    );

  /**
    The packages that a folder describes: `NAME.nix`, `NAME/package.nix`, and folders of those.

    Type: packagesFromDirectoryRecursive :: { callPackage; directory :: Path; ... } -> AttrSet

    Example:
      (packagesFromDirectoryRecursive { callPackage = file: args: baseNameOf file; directory = ./.; }).cli
      => "cli.nix"
  */
  packagesFromDirectoryRecursive =
    { callPackage, directory, ... }@args:
    let
      entry =
        name: type:
        let
          path = directory + "/${name}";
        in
        if type == "directory" then
          { ${name} = packagesFromDirectoryRecursive (args // { directory = path; }); }
        else if hasSuffix ".nix" name then
          { ${removeSuffix ".nix" name} = callPackage path { }; }
        else
          { };
    in
    if pathExists (directory + "/package.nix") then
      callPackage (directory + "/package.nix") { }
    else
      lib.attrsets.concatMapAttrs entry (filterAttrs (_: type: type != "unknown") (readDir directory));

  /**
    The file that a path imports: `default.nix` for a folder.

    Type: resolveDefaultNix :: (Path | String) -> (Path | String)

    Example:
      map filesystem.resolveDefaultNix [ ./cli.nix ./. ]
      => [ ./cli.nix ./default.nix ]
  */
  resolveDefaultNix =
    v:
    if pathIsDirectory v then
      v + "/default.nix"
    else if builtins.isString v && hasSuffix "/" v then
      v + "default.nix"
    else
      v;

  /**
    The folders of a folder that have a file `NAME.cabal`, by that name.

    Type: haskellPathsInDir :: Path -> AttrSet

    Example:
      filesystem.haskellPathsInDir ./.
      => { }
  */
  haskellPathsInDir =
    root:
    lib.attrsets.concatMapAttrs (
      name: _:
      lib.attrsets.optionalAttrs (pathExists (root + "/${name}/${name}.cabal")) {
        ${name} = root + "/${name}";
      }
    ) (filterAttrs (_: type: type == "directory") (readDir root));
}
