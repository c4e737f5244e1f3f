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
    div
    floor
    genericClosure
    isBool
    isFloat
    isInt
    lessThan
    mul
    pathExists
    readFile
    seq
    sub
    ;
}
// import ./functions.nix { inherit lib; }
// import ./values.nix { inherit lib; }
// import ./world.nix { inherit lib; }
