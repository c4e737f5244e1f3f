# Declaring options, and reading declarations.
{ lib }:
import ./declare.nix { inherit lib; }
// import ./merge.nix { inherit lib; }
// import ./show.nix { inherit lib; }
