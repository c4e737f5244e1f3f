# What packages say about themselves.
{ lib }:
let
  inherit (lib.attrsets) isDerivation matchAttrs;
in
rec {
  /**
    A package with more (or other) attributes in its `meta`.

    Type: addMetaAttrs :: AttrSet -> Derivation -> Derivation

    Example:
      (addMetaAttrs { description = "x"; } { meta.license = "y"; }).meta
      => { description = "x"; license = "y"; }
  */
  addMetaAttrs =
    new: package:
    if package ? overrideAttrs then
      package.overrideAttrs (old: {
        meta = old.meta or { } // new;
      })
    else
      package // { meta = package.meta or { } // new; };

  /**
    A package that a build farm does not distribute.

    Type: dontDistribute :: Derivation -> Derivation

    Example:
      (dontDistribute { }).meta
      => { hydraPlatforms = [ ]; }
  */
  dontDistribute = addMetaAttrs { hydraPlatforms = [ ]; };

  /**
    A package under another name.

    Type: setName :: String -> Derivation -> Derivation

    Example:
      setName "b" { name = "a"; }
      => { name = "b"; }
  */
  setName = name: package: package // { inherit name; };

  /**
    A package whose name a function changes.

    Type: updateName :: (String -> String) -> Derivation -> Derivation

    Example:
      updateName (old: old + "-experimental") { name = "foo-1"; }
      => { name = "foo-1-experimental"; }
  */
  updateName = f: package: package // { name = f package.name; };

  /**
    A package with a suffix to its name, before the version.

    Type: appendToName :: String -> Derivation -> Derivation

    Example:
      appendToName "with-docs" { name = "foo-1"; }
      => { name = "foo-with-docs-1"; }
  */
  appendToName =
    suffix:
    updateName (
      name:
      let
        parts = builtins.parseDrvName name;
      in
      "${parts.name}-${suffix}-${parts.version}"
    );

  /**
    The derivations of a set through a function; other values stay.

    Type: mapDerivationAttrset :: (Derivation -> Derivation) -> AttrSet -> AttrSet

    Example:
      mapDerivationAttrset (p: p.name) { a = { type = "derivation"; name = "x"; }; b = 1; }
      => { a = "x"; b = 1; }
  */
  mapDerivationAttrset = f: builtins.mapAttrs (_: value: if isDerivation value then f value else value);

  /**
    The priority of a package where two have the same file: the lowest number wins.

    Type: setPrio :: Int -> Derivation -> Derivation

    Example:
      (setPrio 3 { }).meta
      => { priority = 3; }
  */
  setPrio = priority: addMetaAttrs { inherit priority; };
  defaultPriority = 5;

  /**
    A package that is preferred less than others.

    Type: lowPrio :: Derivation -> Derivation

    Example:
      (lowPrio { }).meta.priority
      => 10
  */
  lowPrio = setPrio 10;

  /**
    A package that is preferred more than others.

    Type: hiPrio :: Derivation -> Derivation

    Example:
      (hiPrio { }).meta.priority
      => (-10)
  */
  hiPrio = setPrio (-10);

  /**
    `lowPrio` for all packages of a set.

    Type: lowPrioSet :: AttrSet -> AttrSet

    Example:
      (lowPrioSet { a.type = "derivation"; }).a.meta.priority
      => 10
  */
  lowPrioSet = mapDerivationAttrset lowPrio;

  /**
    `hiPrio` for all packages of a set.

    Type: hiPrioSet :: AttrSet -> AttrSet

    Example:
      (hiPrioSet { a.type = "derivation"; }).a.meta.priority
      => (-10)
  */
  hiPrioSet = mapDerivationAttrset hiPrio;

  /**
    Whether a platform is the one, or of the kind, that an entry of `meta.platforms` means: a name
    such as "x86_64-linux", or a pattern of what `lib.systems.elaborate` gives.

    Type: platformMatch :: AttrSet -> (String | AttrSet) -> Bool

    Example:
      map (meta.platformMatch (systems.elaborate "x86_64-linux")) [ "x86_64-linux" systems.inspect.patterns.isLinux systems.inspect.patterns.isAarch64 ]
      => [ true true false ]
      meta.platformMatch { } "x86_64-linux"
      => false
  */
  platformMatch =
    platform: entry:
    if builtins.isString entry then
      platform ? system && platform.system == entry
    else
      matchAttrs (if entry ? parsed then entry else { parsed = entry; }) platform;

  /**
    Whether a package can be had on a platform, by its `meta.platforms` and `meta.badPlatforms`.

    Type: availableOn :: AttrSet -> Derivation -> Bool

    Example:
      map (meta.availableOn (systems.elaborate "x86_64-linux")) [ { meta.platforms = [ "x86_64-linux" ]; } { meta.badPlatforms = [ "x86_64-linux" ]; } { } ]
      => [ true false true ]
  */
  availableOn =
    platform: package:
    (!(package ? meta.platforms) || builtins.any (platformMatch platform) package.meta.platforms)
    && !(builtins.any (platformMatch platform) (package.meta.badPlatforms or [ ]));

  /**
    The licenses by their SPDX identifiers.

    Type: licensesSpdx :: AttrSet

    Example:
      meta.licensesSpdx.MIT == licenses.mit
      => true
  */
  licensesSpdx = builtins.listToAttrs (
    builtins.concatMap (
      license: lib.lists.optional (license ? spdxId) (lib.attrsets.nameValuePair license.spdxId license)
    ) (builtins.attrValues lib.licenses)
  );

  /**
    The license of an SPDX identifier in any case; where it is unknown, a warning and a bare one.

    Type: getLicenseFromSpdxId :: String -> AttrSet

    Example:
      getLicenseFromSpdxId "mIt" == licenses.mit
      => true
  */
  getLicenseFromSpdxId =
    id:
    getLicenseFromSpdxIdOr id (
      lib.trivial.warn "getLicenseFromSpdxId: No license matches the given SPDX ID: ${id}" {
        shortName = id;
      }
    );

  /**
    The license of an SPDX identifier in any case, or a default.

    Type: getLicenseFromSpdxIdOr :: String -> a -> (AttrSet | a)

    Example:
      meta.getLicenseFromSpdxIdOr "No such" null
      => null
  */
  getLicenseFromSpdxIdOr =
    let
      known = lib.attrsets.mapAttrs' (
        id: lib.attrsets.nameValuePair (lib.strings.toLower id)
      ) licensesSpdx;
    in
    id: default: known.${lib.strings.toLower id} or default;

  /**
    The path of a package's main program: the one that `meta.mainProgram` names, else the one named
    as the package.

    Type: getExe :: Derivation -> String

    Example:
      getExe { type = "derivation"; name = "hello-1"; meta.mainProgram = "hi"; outPath = "/p"; }
      => "/p/bin/hi"
      getExe "hello"
      => error: lib.meta.getExe': The first argument is of type string, but it should be a derivation instead.
  */
  getExe =
    package:
    getExe' package (package.meta.mainProgram or (if builtins.isAttrs package then lib.strings.getName package else ""));

  /**
    The path of one of a package's programs.

    Type: getExe' :: Derivation -> String -> String

    Example:
      getExe' { type = "derivation"; bin = "/b"; outPath = "/p"; } "tool"
      => "/b/bin/tool"
      getExe' { type = "derivation"; outPath = "/p"; } "a/b"
      => error: lib.meta.getExe': The second argument "a/b" is a nested path with a "/" character, but it should just be the name of the executable instead.
  */
  getExe' =
    package: program:
    if !isDerivation package then
      throw "lib.meta.getExe': The first argument is of type ${builtins.typeOf package}, but it should be a derivation instead."
    else if !builtins.isString program then
      throw "lib.meta.getExe': The second argument is of type ${builtins.typeOf program}, but it should be a string instead."
    else if lib.strings.hasInfix "/" program then
      throw "lib.meta.getExe': The second argument \"${program}\" is a nested path with a \"/\" character, but it should just be the name of the executable instead."
    else
      "${lib.attrsets.getBin package}/bin/${program}";

  /**
    The parts of a CPE (a name in lists of vulnerabilities) for a vendor's version as a whole.

    Type: cpeFullVersionWithVendor :: String -> String -> AttrSet

    Example:
      meta.cpeFullVersionWithVendor "gnu" "1.2.3"
      => { vendor = "gnu"; version = "1.2.3"; update = "*"; }
  */
  cpeFullVersionWithVendor = vendor: version: {
    inherit vendor version;
    update = "*";
  };

  /**
    The parts of a CPE whose update is a version's third number: `{ success, value }`, or
    `{ success, error }` for another kind of version.

    Type: tryCPEPatchVersionInUpdateWithVendor :: String -> String -> AttrSet

    Example:
      meta.tryCPEPatchVersionInUpdateWithVendor "gnu" "1.2.3"
      => { success = true; value = { vendor = "gnu"; version = "1.2"; update = "3"; }; }
      (meta.tryCPEPatchVersionInUpdateWithVendor "gnu" "5.3p0").success
      => false
  */
  tryCPEPatchVersionInUpdateWithVendor =
    vendor: version:
    let
      parts = builtins.match "([0-9]+\\.[0-9]+)\\.([0-9]+)" version;
    in
    if parts == null then
      {
        success = false;
        error = "version ${version} doesn't match regex `([0-9]+\\.[0-9]+)\\.([0-9]+)`";
      }
    else
      {
        success = true;
        value = {
          inherit vendor;
          version = builtins.head parts;
          update = builtins.elemAt parts 1;
        };
      };

  /**
    `tryCPEPatchVersionInUpdateWithVendor` that must succeed.

    Type: cpePatchVersionInUpdateWithVendor :: String -> String -> AttrSet

    Example:
      meta.cpePatchVersionInUpdateWithVendor "gnu" "5.3p0"
      => error: version 5.3p0 doesn't match regex
  */
  cpePatchVersionInUpdateWithVendor =
    vendor: version:
    let
      found = tryCPEPatchVersionInUpdateWithVendor vendor version;
    in
    if found.success then found.value else throw found.error;
}
