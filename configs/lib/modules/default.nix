# Modules: evaluation, properties of definitions, renamed and removed options.
{ lib }:
import ./properties.nix { inherit lib; }
// import ./evaluate.nix { inherit lib; }
// import ./rename.nix { inherit lib; }
