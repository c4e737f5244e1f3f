# Files and folders.
{ lib }:
rec {
  /** The type of a path; whether it is a folder, a regular file. */
  pathType = builtins.readFileType;
  inherit (lib.sources) pathIsDirectory pathIsRegularFile;

  /** All files below a folder. */
  listFilesRecursive =
    dir:
    builtins.concatLists (
      lib.attrsets.mapAttrsToList (
        name: type: if type == "directory" then listFilesRecursive (dir + "/${name}") else [ (dir + "/${name}") ]
      ) (builtins.readDir dir)
    );

  /** The packages that a folder describes: `NAME.nix`, `NAME/package.nix`, nested. */
  packagesFromDirectoryRecursive =
    { callPackage, directory, ... }@args:
    if builtins.pathExists (directory + "/package.nix") then
      callPackage (directory + "/package.nix") { }
    else
      lib.attrsets.concatMapAttrs (
        name: type:
        let
          path = directory + "/${name}";
        in
        if type == "directory" then
          { ${name} = packagesFromDirectoryRecursive (args // { directory = path; }); }
        else if lib.strings.hasSuffix ".nix" name then
          { ${lib.strings.removeSuffix ".nix" name} = callPackage path { }; }
        else
          { }
      ) (builtins.readDir directory);
}
