# What a package says of itself: checked when it is built, so that a wrong word is found.
{ lib, system }:
let
  inherit (lib) types;
  text = types.str;
  anything = types.anything;
  known = {
    description = text;
    longDescription = text;
    branch = text;
    homepage = types.either (types.listOf text) text;
    downloadPage = text;
    changelog = types.either (types.listOf text) text;
    license = types.either (types.listOf (types.either types.attrs text)) (types.either types.attrs text);
    sourceProvenance = types.listOf types.attrs;
    maintainers = types.listOf types.attrs;
    teams = types.listOf types.attrs;
    priority = types.int;
    pkgConfigModules = types.listOf text;
    hydraPlatforms = types.listOf anything;
    badPlatforms = types.listOf anything;
    platforms = types.listOf anything;
    hydraSupported = types.bool;
    mainProgram = text;
    broken = types.bool;
    insecure = types.bool;
    unfree = types.bool;
    unsupported = types.bool;
    knownVulnerabilities = types.listOf text;
    outputsToInstall = types.listOf text;
    position = text;
    tests = types.attrs;
    timeout = types.int;
    maxSilent = types.int;
    schedulingPriority = types.int;
    isHydraChannel = types.bool;
    available = anything;
    name = text;
    executables = types.listOf text;
    identifiers = types.attrs;
  };
  isHere = pattern: if lib.isString pattern then pattern == system else lib.meta.platformMatch (lib.systems.elaborate system) pattern;
in
{
  name,
  outputs,
  position,
  meta,
}:
let
  where = if position == null then "" else " (${position.file}:${toString position.line})";
  wrong = lib.concatLists (
    lib.mapAttrsToList (
      key: value:
      if !(known ? ${key}) then
        [ "there is no meta.${key}; there are ${lib.concatStringsSep ", " (builtins.attrNames known)}" ]
      else if !(known.${key}.check value) then
        [ "meta.${key} is a ${builtins.typeOf value}, and should be: ${known.${key}.description}" ]
      else
        [ ]
    ) meta
  );
  refused =
    lib.optional (meta.broken or false) "it is marked as broken"
    ++ lib.optional (
      (meta ? platforms && !lib.any isHere meta.platforms) || lib.any isHere (meta.badPlatforms or [ ])
    ) "it is not for '${system}'"
    ++ lib.optional (
      (meta.knownVulnerabilities or [ ]) != [ ]
    ) "it has known vulnerabilities: ${lib.concatStringsSep "; " meta.knownVulnerabilities}";
  reasons = wrong ++ refused;
in
{
  valid =
    reasons == [ ]
    || throw "Package '${name}'${where} is refused: ${lib.concatStringsSep "\n" reasons}";
  value =
    {
      inherit name;
      # Programs and their manual pages are for users, headers and libraries for builds.
      outputsToInstall = [
        (lib.findFirst (output: lib.elem output outputs) (builtins.head outputs) [
          "bin"
          "out"
        ])
      ]
      ++ lib.optional (lib.elem "man" outputs) "man";
      available = refused == [ ];
    }
    // lib.optionalAttrs (position != null) { position = "${position.file}:${toString position.line}"; }
    // meta;
}
