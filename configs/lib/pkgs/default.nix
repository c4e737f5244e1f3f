# `pkgs`: Debian's packages for one architecture, and the builders over them.
#
# { lib, debian, system, buildSystem, source, overlays ? [ ] } -> attribute set
arguments@{
  lib,
  debian,
  system,
  buildSystem ? system,
  source,
  overlays ? [ ],
}:
let
  packages =
    final:
    let
      base = import ./base.nix {
        inherit
          lib
          debian
          system
          buildSystem
          final
          ;
        extend = import ./debian/package.nix { inherit lib final; };
      };
      stdenvs = import ./stdenv {
        inherit
          lib
          base
          final
          system
          buildSystem
          ;
      };
      again = overlays: import ./. (arguments // { inherit overlays; });
    in
    base.hostPackages
    // {
      inherit lib system;
      # A Debian package too, that lists folders.
      tree = base.hostPackages.tree // {
        __functor = _: base.tree;
      };
      inherit (base)
        linkTree
        toolTree
        builtin
        debianArch
        ;
      inherit (stdenvs) stdenv stdenvNoCC;

      tools = import ./tools.nix {
        inherit (base)
          toolTree
          linkTree
          closureIn
          buildPackages
          hostPackages
          ;
        inherit system buildSystem;
      };

      # closure: packages -> all packages that these depend on, themselves included
      closure = base.closureIn system;

      debianSource = import ./debian/source.nix {
        inherit
          lib
          debian
          base
          system
          ;
        inherit (stdenvs) stdenvNoCC;
      };

      callPackage = lib.callPackageWith final;
      callPackages = lib.callPackagesWith final;
      newScope = extra: lib.callPackageWith (final // extra);
      pkgs = final;
      # extend: one more overlay; appendOverlays: several.
      extend = overlay: again (overlays ++ [ overlay ]);
      appendOverlays = more: again (overlays ++ more);
      inherit overlays;

      linuxPackagesFor = base.kernelPackages;
      linuxPackages = base.kernelPackages final."linux-image-${base.debianArch}";
      linuxPackages_cloud = base.kernelPackages final."linux-image-cloud-${base.debianArch}";

      neve = import ./neve.nix {
        inherit lib source;
        inherit (base) builtin linkTree tree;
        inherit (final) tools;
      };
    }
    // import ./stdenv/hooks.nix { inherit lib final; }
    // import ./text.nix { inherit lib base final; }
    // import ./run.nix { inherit lib base final; }
    // import ./fetch { inherit lib base final; }
    // import ./writers.nix { inherit lib base final; }
    // import ./closures.nix { inherit lib base final; }
    // import ./formats.nix { inherit lib base final; }
    // import ./testers.nix { inherit lib base final; };
in
lib.fix (lib.foldl' (lib.flip lib.extends) packages overlays)
