# `lib.nixosSystem`: from a list of modules to a machine.
#
# { debian, lib, source }: { modules, system ? null, specialArgs ? {}, pkgs ? null } -> evalModules' result, with `pkgs`
{
  debian,
  lib,
  source,
}:
{
  modules,
  system ? null,
  specialArgs ? { },
  pkgs ? null,
}:
let
  # The system's own modules, before those of the machine.
  noUserModules = lib.evalModules {
    class = "nixos";
    specialArgs = {
      modulesPath = ../modules;
    }
    // specialArgs;
    modules = [
      ../modules
      {
        _file = ./nixos-system.nix;
        config = {
          _module.args = {
            inherit debian noUserModules;
            neveSource = source;
          }
          // lib.optionalAttrs (pkgs != null) { pkgs = lib.mkForce pkgs; };
        }
        // lib.optionalAttrs (system != null) { nixpkgs.hostPlatform = lib.mkDefault system; };
      }
    ];
  };
  evaluated = noUserModules.extendModules { inherit modules; };
in
evaluated // { pkgs = evaluated._module.args.pkgs; }
