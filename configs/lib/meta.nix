# What packages say about themselves.
{ lib }:
rec {
  /** The path of a package's main program. */
  getExe =
    package:
    getExe' package (
      package.meta.mainProgram or (
        if lib.attrsets.isDerivation package || package ? name then
          lib.strings.getName package
        else
          throw "lib.getExe: the first argument is no package; use lib.getExe' with the program's name"
      )
    );

  /** The path of one of a package's programs. */
  getExe' =
    package: program:
    if lib.strings.hasInfix "/" program then
      throw "lib.getExe': the second argument \"${program}\" is a path; give the program's name only"
    else
      "${lib.attrsets.getBin package}/bin/${program}";

  /** Add to or replace what a package says. */
  addMetaAttrs =
    new: package:
    if package ? overrideAttrs then
      package.overrideAttrs (old: { meta = old.meta or { } // new; })
    else
      package // { meta = package.meta or { } // new; };

  /** A package that is preferred less (or more) than others. */
  setPrio = priority: addMetaAttrs { inherit priority; };
  lowPrio = setPrio 10;
  hiPrio = setPrio (-10);

  /** A package without its outputs but for one. */
  dontDistribute = addMetaAttrs { hydraPlatforms = [ ]; };
}
