# `lib`: the functions that expressions and modules are written with, under the
# names that nixpkgs gives them. It takes no arguments: `import ./lib`.
#
# Everything but `types`, `evalModules` and what builds on them is plain Nix;
# those come from `builtins.neve`, the module engine of the evaluator.
let
  # The parts see the whole; the whole is made of the parts' own sets, so that
  # none of them is needed to know its names.
  parts = {
    trivial = import ./trivial.nix { inherit lib; };
    fixedPoints = import ./fixed-points.nix { inherit lib; };
    lists = import ./lists.nix { inherit lib; };
    attrsets = import ./attrsets.nix { inherit lib; };
    strings = import ./strings.nix { inherit lib; };
    versions = import ./versions.nix { inherit lib; };
    asserts = import ./asserts.nix { inherit lib; };
    debug = import ./debug.nix { inherit lib; };
    customisation = import ./customisation.nix { inherit lib; };
    meta = import ./meta.nix { inherit lib; };
    generators = import ./generators.nix { inherit lib; };
    cli = import ./cli.nix { inherit lib; };
    sources = import ./sources.nix { inherit lib; };
    filesystem = import ./filesystem.nix { inherit lib; };
    options = import ./options.nix { inherit lib; };
    modules = import ./modules.nix { inherit lib; };
  };

  lib = parts // {
    types = engine.types // import ./types.nix { inherit lib; };

    # The module engine, bound to this `lib`.
    inherit engine;

    inherit (builtins)
      add addErrorContext all any attrNames attrValues baseNameOf bitAnd bitOr bitXor catAttrs
      compareVersions concatLists concatMap concatStringsSep deepSeq dirOf div elem elemAt filter
      foldl' fromJSON fromTOML genericClosure genList getAttr groupBy hasAttr hashString head
      intersectAttrs isAttrs isBool isFloat isFunction isInt isList isPath isString length lessThan
      listToAttrs map mapAttrs match mul parseDrvName pathExists partition readDir readFile
      removeAttrs replaceStrings seq sort split splitVersion stringLength sub substring tail
      toJSON trace tryEval typeOf unsafeGetAttrPos zipAttrsWith
      ;
  }
  // parts.trivial
  // parts.fixedPoints
  // parts.lists
  // parts.attrsets
  // parts.strings
  // parts.asserts
  // parts.customisation
  // parts.meta
  // parts.options
  // parts.modules
  // {
    inherit (lib.debug) traceIf traceVal traceValFn traceSeq traceValSeq runTests;
    inherit (lib.sources) cleanSource cleanSourceWith cleanSourceFilter sourceByRegex sourceFilesBySuffices;
    inherit (lib.filesystem) packagesFromDirectoryRecursive listFilesRecursive;
    inherit (lib.cli) toGNUCommandLine toGNUCommandLineShell;
    inherit (lib.types) mkOptionType isOptionType setType isType;
  };

  engine =
    if builtins ? neve then
      builtins.neve.library lib
    else
      throw "lib.types and lib.evalModules need the module engine of Neve, which this evaluator is not";
in
lib
