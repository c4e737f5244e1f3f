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
        # pkgsFor: { system, buildSystem ?, overlays ? } -> Debian's packages and the builders.
        pkgsFor = arguments: import ./lib/pkgs ({
          inherit debian;
          lib = library;
          source = ./..;
        } // arguments);
        inherit (testing) runTest;
      };
      hardware = import ./hardware;
      testing = import ./lib/testing.nix {
        inherit hardware;
        inherit (lib) nixosSystem;
        lib = library;
      };
      machine = modules: lib.nixosSystem { inherit modules; };
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
    in
    {
      inherit lib hardware;

      legacyPackages = library.genAttrs systems (system: lib.pkgsFor { inherit system; });

      # What is built from source: an example of a package with a service of its own.
      overlays.default = import ./packages/overlay.nix;
      packages = library.genAttrs systems (system: {
        inherit
          (lib.pkgsFor {
            inherit system;
            overlays = [ self.overlays.default ];
          })
          hits
          ;
      });

      nixosModules = {
        default = ./modules;
        hits = ./packages/hits/module.nix;
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
