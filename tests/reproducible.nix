# What `make reproducible` builds twice: of a flake's outputs the machines' systems and images, and
# the packages of this architecture, as the names that `neve build` takes.
outputs:
let
  names =
    machine:
    let
      system = outputs.nixosConfigurations.${machine};
      # GRUB for BIOS is there for PCs alone.
      isPc = system.pkgs.stdenv.hostPlatform.isx86_64;
      formats = builtins.filter (format: isPc || format != "raw-bios") (
        builtins.attrNames system.config.system.build.images
      );
    in
    map (name: "nixosConfigurations.${machine}.config.system.build.${name}") (
      [ "toplevel" ] ++ map (format: "images.${format}") formats
    );
in
builtins.concatStringsSep "\n" (
  map (name: "configs#${name}") (
    builtins.concatMap names (builtins.attrNames outputs.nixosConfigurations)
    ++ map (name: "packages.x86_64-linux.${name}") (builtins.attrNames outputs.packages.x86_64-linux)
  )
)
