# Lists.
{ lib }:
{
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    genList
    groupBy
    head
    isList
    length
    map
    partition
    sort
    tail
    ;
}
// import ./make.nix { inherit lib; }
// import ./search.nix { inherit lib; }
// import ./order.nix { inherit lib; }
// import ./slice.nix { inherit lib; }
