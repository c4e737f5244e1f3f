# Functions and packages that can be changed after they are made.
{ lib }:
let
  inherit (builtins) intersectAttrs;
  inherit (lib.trivial) functionArgs isFunction mirrorFunctionArgs toFunction;
in
rec {
  /** A derivation with other arguments to `derivation`: `f old` are the changes. */
  overrideDerivation =
    drv: f:
    let
      made = derivation (drv.drvAttrs // (f drv));
    in
    lib.fixedPoints.fix (
      self: made // { overrideDerivation = overrideDerivation made; } // { inherit (drv) meta; }
    );

  /** A function whose result can be made again with other arguments, by `override`. */
  makeOverridable =
    f:
    mirrorFunctionArgs f (
      args:
      let
        result = f args;
        changed = new: args // (if isFunction new then new args else new);
        again = mirrorFunctionArgs f (new: makeOverridable f (changed new));
      in
      if builtins.isAttrs result then
        result
        // {
          override = again;
          overrideDerivation = g: makeOverridable (other: overrideDerivation (f other) g) args;
        }
        // lib.attrsets.optionalAttrs (result ? overrideAttrs) {
          overrideAttrs = g: makeOverridable (other: (f other).overrideAttrs g) args;
        }
      else if isFunction result then
        lib.trivial.setFunctionArgs result (functionArgs result) // { override = again; }
      else
        result
    );

  /** Call a function (or a file of one) with the arguments that it names, from a set. */
  callPackageWith =
    autoArgs: fn: args:
    let
      f = if isFunction fn then fn else import fn;
      named = functionArgs f;
      given = intersectAttrs named autoArgs // args;
      missing = builtins.filter (name: !(named.${name} || given ? ${name})) (builtins.attrNames named);
      near =
        name:
        let
          close = builtins.filter (other: lib.strings.levenshtein name other <= 2) (builtins.attrNames (autoArgs // args));
        in
        if close == [ ] then "" else ", did you mean ${builtins.concatStringsSep " or " close}?";
      where =
        let
          pos = builtins.unsafeGetAttrPos (builtins.head missing) named;
        in
        if isFunction fn then "a function" else toString fn;
    in
    if missing == [ ] then
      makeOverridable f given
    else
      throw "lib.customisation.callPackageWith: Function called without required argument \"${builtins.head missing}\" at ${where}${near (builtins.head missing)}";

  /** The same for a function that gives a set of packages; each can be overridden. */
  callPackagesWith =
    autoArgs: fn: args:
    let
      f = if isFunction fn then fn else import fn;
      given = intersectAttrs (functionArgs f) autoArgs // args;
      packages = f given;
      one = name: new: (f (given // new)).${name};
    in
    builtins.mapAttrs (name: _: makeOverridable (one name) { }) packages;

  /** A derivation with more attributes, that stay when it is changed. */
  extendDerivation =
    condition: passthru: drv:
    let
      outputs = drv.outputs or [ "out" ];
      common = drv // builtins.listToAttrs outputsList // { all = map (x: x.value) outputsList; } // passthru;
      toElement = name: {
        inherit name;
        value = common // {
          inherit (drv.${name}) type outputName;
          outputSpecified = true;
          drvPath = assert condition; drv.${name}.drvPath;
          outPath = assert condition; drv.${name}.outPath;
        };
      };
      outputsList = map toElement outputs;
    in
    common
    // {
      drvPath = assert condition; drv.drvPath;
      outPath = assert condition; drv.outPath;
    };

  /** A derivation with only what builds it and tells it apart. */
  hydraJob = drv: if drv == null then null else { inherit (drv) name type outPath drvPath; };

  /** A set of packages that are given each other by `callPackage`. */
  makeScope =
    newScope: f:
    let
      self = f self // {
        newScope = scope: newScope (self // scope);
        callPackage = self.newScope { };
        overrideScope = g: makeScope newScope (lib.fixedPoints.extends g f);
        packages = f;
      };
    in
    self;

  /** A constructor of derivations whose arguments may refer to the result. */
  extendMkDerivation =
    { constructDrv, extendDrvArgs, excludeDrvArgNames ? [ ], transformDrv ? lib.trivial.id }:
    fnOrAttrs:
    transformDrv (
      constructDrv (
        final:
        let
          args = toFunction fnOrAttrs final;
        in
        removeAttrs args excludeDrvArgNames // extendDrvArgs final args
      )
    );
}
