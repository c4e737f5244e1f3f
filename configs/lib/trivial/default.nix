# Small functions for every day.
{ lib }:
{
  inherit (builtins)
    add
    bitAnd
    bitOr
    bitXor
    ceil
    deepSeq
    floor
    genericClosure
    isBool
    isFloat
    isInt
    lessThan
    pathExists
    readFile
    seq
    sub
    ;
}
// import ./functions.nix { inherit lib; }
// import ./values.nix { inherit lib; }
// import ./world.nix { inherit lib; }
