# Values as configuration files.
{ lib }:
import ./lines.nix { inherit lib; }
// import ./data.nix { inherit lib; }
// import ./expressions.nix { inherit lib; }
