{
  description = "Machines, modules and machine tests made of Debian's packages";

  inputs.debian.url = "debian:trixie";

  outputs =
    { self, debian }:
    let
      library = import ./lib;
      lib = library // {
        nixosSystem = import ./lib/nixos-system.nix {
          inherit debian;
          lib = library;
          source = ./..;
        };
        inherit (testing) runTest;
      };
      hardware = import ./hardware;
      testing = import ./lib/testing.nix {
        inherit hardware;
        inherit (lib) nixosSystem;
        lib = library;
      };
      machine = modules: lib.nixosSystem { inherit modules; };
    in
    {
      inherit lib hardware;

      nixosModules = {
        default = ./modules;
        profiles = hardware;
      };

      nixosConfigurations = {
        minimal = machine [ ./machines/minimal.nix ];
        server = machine [ ./machines/server.nix ];
        minimal-arm64 = machine [
          ./machines/minimal.nix
          { nixpkgs.hostPlatform = "aarch64-linux"; }
        ];
      };

      checks.x86_64-linux = import ./tests { inherit lib hardware testing; };
    };
}
