# Functions and packages that can be changed after they are made.
{ lib }:
let
  inherit (builtins)
    attrNames
    filter
    head
    intersectAttrs
    mapAttrs
    ;
  inherit (lib.attrsets) optionalAttrs;
  inherit (lib.fixedPoints) extends;
  inherit (lib.trivial)
    functionArgs
    isFunction
    mirrorFunctionArgs
    setFunctionArgs
    toFunction
    ;

  crossNames = lib.strings.splitString " " "BuildBuild BuildHost BuildTarget HostHost HostTarget TargetTarget";
  lower = name: lib.strings.toLower (builtins.substring 0 1 name) + builtins.substring 1 (-1) name;

  # A file is given as a path; what it holds is called.
  loaded = fn: if isFunction fn then fn else import fn;

  # The error for an argument that nobody gives, with the nearest names that there are.
  missing =
    fn: named: known: name:
    let
      position = builtins.unsafeGetAttrPos name named;
      where =
        if position != null then
          "${position.file}:${toString position.line}"
        else if isFunction fn then
          "<unknown location>"
        else
          toString fn + lib.strings.optionalString (lib.filesystem.pathIsDirectory fn) "/default.nix";
      near = lib.lists.take 3 (
        lib.lists.sortOn (lib.strings.levenshtein name) (
          filter (lib.strings.levenshteinAtMost 2 name) (attrNames known)
        )
      );
      quoted = map (other: "\"${other}\"") near;
      asked =
        if near == [ ] then
          ""
        else if builtins.length near == 1 then
          ", did you mean ${head quoted}?"
        else
          ", did you mean ${builtins.concatStringsSep ", " (lib.lists.init quoted)} or ${lib.lists.last quoted}?";
    in
    # No `throw`: a package set that is searched with tryEval must not hide it.
    abort "lib.customisation.callPackageWith: Function called without required argument \"${name}\" at ${where}${asked}";
in
rec {
  /**
    A derivation with other arguments to `derivation`; the function of the old one gives the changes.

    Type: overrideDerivation :: Derivation -> (Derivation -> AttrSet) -> Derivation

    Example:
      let d = derivation { name = "a"; builder = "/b"; system = "x86_64-linux"; }; in (overrideDerivation d (old: { name = old.name + "2"; })).name
      => "a2"
  */
  overrideDerivation =
    drv: f:
    let
      passthru = drv.passthru or { };
    in
    extendDerivation (builtins.seq drv.drvPath true) (
      {
        meta = drv.meta or { };
        inherit passthru;
      }
      // passthru
    ) (derivation (drv.drvAttrs // f drv));

  /**
    A function whose result can be made again with other arguments, by its attribute `override`.

    Type: makeOverridable :: (AttrSet -> a) -> AttrSet -> a

    Example:
      ((makeOverridable ({ a, b ? 1 }: { sum = a + b; }) { a = 1; }).override { b = 5; }).sum
      => 6
      ((makeOverridable ({ a }: { inherit a; }) { a = 1; }).override (old: { a = old.a + 1; })).a
      => 2
  */
  makeOverridable =
    f:
    mirrorFunctionArgs f (
      args:
      let
        result = f args;
        changed = new: args // (if isFunction new then new args else new);
        again = mirrorFunctionArgs f (new: makeOverridable f (changed new));
        # What is done to the result stays done when the arguments change.
        after = g: makeOverridable (mirrorFunctionArgs f (other: g (f other))) args;
      in
      if builtins.isAttrs result then
        result
        // {
          override = again;
          overrideDerivation = g: after (drv: overrideDerivation drv g);
        }
        // optionalAttrs (result ? overrideAttrs) {
          overrideAttrs = g: after (drv: drv.overrideAttrs g);
        }
      else if isFunction result then
        setFunctionArgs result (functionArgs result) // { override = again; }
      else
        result
    );

  /**
    Call a function, or the function that a file is, with the arguments that it names: from a set,
    or given. The result can be overridden.

    Type: callPackageWith :: AttrSet -> ((AttrSet -> a) | Path) -> AttrSet -> a

    Example:
      (callPackageWith { a = 1; b = 2; } ({ a, c ? 3 }: { inherit a c; }) { c = 4; }).c
      => 4
      callPackageWith { stdenv = 1; } ({ stdenw }: { }) { }
      => error: Function called without required argument "stdenw"
  */
  callPackageWith =
    autoArgs: fn: args:
    let
      f = loaded fn;
      named = functionArgs f;
      given = intersectAttrs named autoArgs // args;
      lacking = filter (name: !(named.${name} || given ? ${name})) (attrNames named);
    in
    if lacking == [ ] then
      makeOverridable f given
    else
      missing fn named (autoArgs // args) (head lacking);

  /**
    `callPackageWith` for a function that gives a set of packages; each can be overridden.

    Type: callPackagesWith :: AttrSet -> ((AttrSet -> AttrSet) | Path) -> AttrSet -> AttrSet

    Example:
      ((callPackagesWith { a = 1; } ({ a }: { x.v = a; y.v = a + 1; }) { }).y.override { a = 5; }).v
      => 6
  */
  callPackagesWith =
    autoArgs: fn: args:
    let
      f = loaded fn;
      named = functionArgs f;
      given = intersectAttrs named autoArgs // args;
      packages = f given;
      one = name: makeOverridable (mirrorFunctionArgs f (new: (f new).${name})) given;
    in
    if lib.attrsets.isDerivation packages then
      throw "function `callPackages` was called on a *single* derivation \"${
        packages.name or "<unknown-name>"
      }\"; did you mean to use `callPackage` instead?"
    else
      mapAttrs (name: _: one name) packages;

  /**
    A derivation with more attributes, on each of its outputs too; a condition is checked when it is
    used. `passthru` stays when outputs are chosen.

    Type: extendDerivation :: Bool -> AttrSet -> Derivation -> Derivation

    Example:
      (extendDerivation true { x = 1; } { type = "derivation"; outputs = [ "out" ]; out = { outPath = "/o"; drvPath = "/d"; type = "derivation"; outputName = "out"; }; outPath = "/o"; drvPath = "/d"; }).out.x
      => 1
  */
  extendDerivation =
    condition: passthru: drv:
    let
      outputs = map output (drv.outputs or [ "out" ]);
      common =
        drv // builtins.listToAttrs outputs // { all = map (entry: entry.value) outputs; } // passthru;
      output = name: {
        inherit name;
        value =
          common
          // {
            inherit (drv.${name}) type outputName;
            outputSpecified = true;
            drvPath =
              assert condition;
              drv.${name}.drvPath;
            outPath =
              assert condition;
              drv.${name}.outPath;
          }
          // optionalAttrs (passthru ? overrideAttrs) {
            overrideAttrs = f: (passthru.overrideAttrs f).${name};
          };
      };
    in
    common
    // {
      drvPath =
        assert condition;
        drv.drvPath;
      outPath =
        assert condition;
        drv.outPath;
    };

  /**
    What a build farm needs of a derivation, evaluated, and nothing else.

    Type: hydraJob :: (Derivation | null) -> (Derivation | null)

    Example:
      hydraJob null
      => null
      (hydraJob { type = "derivation"; name = "n"; system = "s"; meta = { }; outputs = [ "out" ]; out = { outPath = "/o"; drvPath = "/d"; outputName = "out"; }; x = 1; }) ? x
      => false
  */
  hydraJob =
    drv:
    if drv == null then
      null
    else
      let
        outputs = drv.outputs or [ "out" ];
        common = {
          inherit (drv) name system meta;
          inherit outputs;
          type = "derivation";
        }
        // optionalAttrs (drv ? _hydraAggregate) {
          inherit (drv) _hydraAggregate constituents;
        };
        entries = map (name: {
          inherit name;
          value = common // {
            inherit (drv.${name}) outPath drvPath outputName;
          };
        }) outputs;
        made = builtins.listToAttrs entries;
      in
      builtins.deepSeq (map (entry: removeAttrs entry.value [ "meta" ]) entries) (
        (head entries).value // made
      );

  /**
    A set of packages that are given each other by its `callPackage`; `overrideScope` changes it by an
    overlay, `newScope` begins one inside of it.

    Type: makeScope :: (AttrSet -> ((AttrSet -> a) | Path) -> AttrSet -> a) -> (AttrSet -> AttrSet) -> AttrSet

    Example:
      let s = makeScope (extra: callPackageWith extra) (self: { foo = self.callPackage ({ bar }: { v = bar.v; }) { }; bar.v = 1; }); in [ s.foo.v (s.overrideScope (final: prev: { bar.v = 2; })).foo.v ]
      => [ 1 2 ]
  */
  makeScope =
    newScope: f:
    let
      self = f self // {
        newScope = scope: newScope (self // scope);
        callPackage = self.newScope { };
        overrideScope = g: makeScope newScope (extends g f);
        packages = f;
      };
    in
    self;

  /**
    `makeScope` for packages that differ for the machine that builds and the one that runs them.

    Type: makeScopeWithSplicing' :: { splicePackages; newScope; } -> { otherSplices; keep ? (_: { }); extra ? (_: { }); f; } -> AttrSet

    Example:
      (makeScopeWithSplicing' { splicePackages = sets: sets.pkgsHostTarget; newScope = callPackageWith; } { otherSplices = { selfBuildBuild = { }; selfBuildHost = { }; selfBuildTarget = { }; selfHostHost = { }; selfTargetTarget = { }; }; f = self: { a.v = 1; b = self.callPackage ({ a }: { v = a.v + 1; }) { }; }; }).b.v
      => 2
  */
  makeScopeWithSplicing' =
    { splicePackages, newScope }@how:
    {
      otherSplices,
      keep ? (_: { }),
      extra ? (_: { }),
      f,
    }@what:
    let
      both = splicePackages {
        pkgsBuildBuild = otherSplices.selfBuildBuild;
        pkgsBuildHost = otherSplices.selfBuildHost;
        pkgsBuildTarget = otherSplices.selfBuildTarget;
        pkgsHostHost = otherSplices.selfHostHost;
        pkgsHostTarget = self;
        pkgsTargetTarget = otherSplices.selfTargetTarget;
      };
      spliced = extra both // both // keep self;
      self = f self // {
        newScope = scope: newScope (spliced // scope);
        callPackage = newScope spliced;
        overrideScope = g: makeScopeWithSplicing' how (what // { f = extends g f; });
        packages = f;
      };
    in
    self;
  makeScopeWithSplicing =
    splicePackages: newScope: otherSplices: keep: extra: f:
    makeScopeWithSplicing' { inherit splicePackages newScope; } {
      inherit
        otherSplices
        keep
        extra
        f
        ;
    };

  /**
    A function that makes derivations by another, its arguments extended first. The arguments may be a
    set, or a function of the finished ones.

    Type: extendMkDerivation :: { constructDrv; extendDrvArgs; excludeDrvArgNames ? [ ]; excludeFunctionArgNames ? [ ]; inheritFunctionArgs ? true; transformDrv ? id; } -> ((AttrSet | (AttrSet -> AttrSet)) -> Derivation)

    Example:
      let mk = extendMkDerivation { constructDrv = fix; excludeDrvArgNames = [ "secret" ]; extendDrvArgs = final: { name, secret ? 0, ... }: { full = "${name}-${toString secret}"; }; }; in mk (final: { name = "x"; secret = 4; })
      => { name = "x"; full = "x-4"; }
  */
  extendMkDerivation =
    {
      constructDrv,
      extendDrvArgs,
      excludeDrvArgNames ? [ ],
      excludeFunctionArgNames ? [ ],
      inheritFunctionArgs ? true,
      transformDrv ? lib.trivial.id,
    }:
    let
      named =
        optionalAttrs inheritFunctionArgs (functionArgs constructDrv) // functionArgs (extendDrvArgs { });
      extended =
        given: final:
        let
          args = given final;
        in
        removeAttrs args excludeDrvArgNames // extendDrvArgs final args;
    in
    setFunctionArgs (given: transformDrv (constructDrv (extended (toFunction given)))) (
      removeAttrs named excludeFunctionArgNames
    );

  /**
    What a function gives for each pair of machines: the one that builds and the one that it is for.

    Type: mapCrossIndex :: (a -> b) -> AttrSet -> AttrSet

    Example:
      (mapCrossIndex (x: x * 10) { buildBuild = 1; buildHost = 2; buildTarget = 3; hostHost = 4; hostTarget = 5; targetTarget = 6; }).hostTarget
      => 50
  */
  mapCrossIndex =
    f:
    {
      buildBuild,
      buildHost,
      buildTarget,
      hostHost,
      hostTarget,
      targetTarget,
    }@index:
    mapAttrs (_: f) index;

  /**
    The attributes PREFIXBuildBuild and so on of a set, without the prefix.

    Type: renameCrossIndexFrom :: String -> AttrSet -> AttrSet

    Example:
      (renameCrossIndexFrom "pkgs" { pkgsBuildBuild = 1; pkgsBuildHost = 2; pkgsBuildTarget = 3; pkgsHostHost = 4; pkgsHostTarget = 5; pkgsTargetTarget = 6; }).hostTarget
      => 5
  */
  renameCrossIndexFrom =
    prefix: set: builtins.listToAttrs (map (name: lib.attrsets.nameValuePair (lower name) set.${prefix + name}) crossNames);

  /**
    The attributes buildBuild and so on of a set, with a prefix.

    Type: renameCrossIndexTo :: String -> AttrSet -> AttrSet

    Example:
      attrNames (renameCrossIndexTo "self" { buildBuild = 1; buildHost = 2; buildTarget = 3; hostHost = 4; hostTarget = 5; targetTarget = 6; })
      => [ "selfBuildBuild" "selfBuildHost" "selfBuildTarget" "selfHostHost" "selfHostTarget" "selfTargetTarget" ]
  */
  renameCrossIndexTo =
    prefix: set: builtins.listToAttrs (map (name: lib.attrsets.nameValuePair (prefix + name) set.${lower name}) crossNames);
}
