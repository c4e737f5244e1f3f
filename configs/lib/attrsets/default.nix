# Sets.
{ lib }:
{
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    intersectAttrs
    isAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    zipAttrsWith
    ;
}
// import ./paths.nix { inherit lib; }
// import ./map.nix { inherit lib; }
// import ./merge.nix { inherit lib; }
// import ./packages.nix { inherit lib; }
