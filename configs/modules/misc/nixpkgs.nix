# Where `pkgs` comes from: the flake's Debian input, for the machine's architecture.
{
  config,
  lib,
  debian,
  neveSource,
  ...
}:
let
  cfg = config.nixpkgs;
in
{
  options.nixpkgs = {
    hostPlatform = lib.mkOption {
      type = lib.types.enum [
        "x86_64-linux"
        "aarch64-linux"
      ];
      default = "x86_64-linux";
      description = "The system that the machine runs.";
    };
    buildPlatform = lib.mkOption {
      type = lib.types.enum [
        "x86_64-linux"
        "aarch64-linux"
      ];
      default = "x86_64-linux";
      description = "The system that builds the machine. Nothing of the machine's own runs while building.";
    };
    overlays = lib.mkOption {
      type = lib.types.listOf (lib.types.functionTo (lib.types.functionTo lib.types.attrs));
      default = [ ];
      description = "Functions of the final and the previous packages whose results replace packages.";
    };
  };

  config._module.args.pkgs = lib.mkOptionDefault (
    import ../../lib/pkgs {
      inherit lib debian;
      inherit (cfg) overlays;
      source = neveSource;
      system = cfg.hostPlatform;
      buildSystem = cfg.buildPlatform;
    }
  );
}
