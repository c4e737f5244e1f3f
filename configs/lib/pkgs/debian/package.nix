# What can be done with a Debian package: rebuilt from its source, or given other files.
{ lib, final }:
package:
let
  sourcePackage = final.debianSource package.source;
in
package
// {
  # The source package that it was built of: see `debianSource`.
  inherit sourcePackage;

  # overrideAttrs: built again from its source, with other attributes of that build.
  overrideAttrs = change: (sourcePackage.overrideAttrs change).packages.${package.debianName};

  # overrideFiles: the same package with files taken out (globs), put in (path to file), or changed
  # by commands that find the tree at $out.
  overrideFiles =
    {
      remove ? [ ],
      add ? { },
      postBuild ? "",
    }:
    let
      bad = builtins.filter (path: lib.hasPrefix "/" path || lib.elem ".." (lib.splitString "/" path)) (
        remove ++ builtins.attrNames add
      );
    in
    lib.throwIf (bad != [ ])
      "overrideFiles of '${package.debianName}': ${lib.concatStringsSep ", " bad} is not a path inside the package, as usr/bin/x is"
      (
        package
        // final.runCommandLocal "${package.pname}-${lib.strings.sanitizeDerivationName package.version}" { } ''
          cp -a --no-preserve=ownership ${package} $out
          chmod -R u+w $out
          cd $out
          shopt -s globstar dotglob
          for glob in ${lib.escapeShellArgs remove}; do
            found=
            for path in $glob; do
              [ -e "$path" ] || [ -L "$path" ] || continue
              found=1
              rm -r -- "$path"
            done
            [ "$found" ] || { echo "error: ${package.debianName} has no $glob to remove" >&2; exit 1; }
          done
          ${lib.concatStrings (
            lib.mapAttrsToList (path: file: ''
              mkdir -p -- ${lib.escapeShellArg (dirOf path)}
              rm -f -- ${lib.escapeShellArg path}
              cp -a --no-preserve=ownership -- ${file} ${lib.escapeShellArg path}
              chmod -R u+w -- ${lib.escapeShellArg path}
            '') add
          )}
          ${postBuild}
        ''
        // {
          inherit (package)
            debianName
            pname
            version
            meta
            ;
          original = package;
        }
      );
}
