# Strings.
{ lib }:
{
  inherit (builtins)
    appendContext
    compareVersions
    concatStringsSep
    elem
    elemAt
    filter
    fromJSON
    genList
    head
    isAttrs
    isInt
    isList
    isPath
    isString
    length
    match
    parseDrvName
    readFile
    replaceStrings
    split
    storeDir
    stringLength
    substring
    tail
    toJSON
    typeOf
    unsafeDiscardStringContext
    ;
}
// import ./join.nix { inherit lib; }
// import ./inspect.nix { inherit lib; }
// import ./escape.nix { inherit lib; }
// import ./split.nix { inherit lib; }
// import ./packages.nix { inherit lib; }
// import ./convert.nix { inherit lib; }
