# The system: everything of a generation under one path of the store.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  kernel = config.boot.kernelPackages.kernel;
  release = lib.removePrefix "linux-image-" kernel.debianName;
  self = builtins.placeholder "out";
  build = config.system.build;

  spec = {
    system = pkgs.system;
    init = "${self}/init";
    initrd = "${build.initialRamdisk}/initrd";
    kernel = "${kernel}/boot/vmlinuz-${release}";
    kernelParams = config.boot.kernelParams;
    label = "${config.system.nixos.distroName} ${config.system.nixos.label} (Linux ${lib.head (lib.splitString "-" kernel.version)})";
    toplevel = self;
  };

  # A variant's document with its own path in the place of the placeholder.
  documentOf =
    variant:
    let
      toplevel = "${variant.system.build.toplevel}";
      inner = variant.system.build.bootspec;
    in
    inner
    // {
      "org.nixos.bootspec.v1" = inner."org.nixos.bootspec.v1" // {
        init = "${toplevel}/init";
        inherit toplevel;
      };
    };

  failed = map (item: item.message) (lib.filter (item: !item.assertion) config.assertions);
  checked =
    system:
    if failed != [ ] then
      throw "\nFailed assertions:\n${lib.concatMapStringsSep "\n" (message: "- ${message}") failed}"
    else
      lib.foldr lib.warn system config.warnings;

  python = name: module: function: {
    executable = true;
    text = ''
      #!/usr/bin/python3 -Es
      # ${name}
      import sys
      sys.path.insert(0, "${config.system.path}/lib/neve")
      from ${module} import ${function}
      sys.exit(${function}("${self}", sys.argv[1:]))
    '';
  };
in
{
  options.system.build = {
    toplevel = mkOption {
      type = types.package;
      readOnly = true;
      description = "The system.";
    };
    bootspec = mkOption {
      internal = true;
      type = types.attrs;
      description = "The bootspec document, with a placeholder for the system's own path.";
    };
  };

  config.system.build = {
    bootspec = {
      "org.nixos.bootspec.v1" = spec;
      "org.nixos.specialisation.v1" = lib.mapAttrs (_: documentOf) build.specialisations;
    };
    toplevel = checked (
      pkgs.tree "nixos-system-${config.system.name}-${config.system.nixos.label}" (
        {
          "kernel".link = spec.kernel;
          "kernel-modules".link = "${config.boot.kernelPackages.modules}";
          "kernel-params".text = lib.concatStringsSep " " config.boot.kernelParams;
          "initrd".link = spec.initrd;
          "sw".link = "${config.system.path}";
          "etc".link = "${build.etc}/etc";
          "etc-copies.json".link = "${build.etc}/copies.json";
          "activation".link = "${build.activation}";
          "systemd".link = "${pkgs.systemd}";
          "system".text = pkgs.system;
          "nixos-version".text = config.system.nixos.label;
          "boot.json".text = builtins.toJSON build.bootspec;
          "bootloader.json".text = builtins.toJSON build.bootloader;
          "init" = {
            executable = true;
            text = builtins.readFile ./boot/stage-2.sh;
          };
          "activate" = python "activate: become this generation" "switcher.activate" "main";
          "bin/switch-to-configuration" =
            python "switch-to-configuration: move the running machine to this generation" "switcher.switch" "main";
        }
        // lib.mapAttrs' (
          name: variant:
          lib.nameValuePair "specialisation/${name}" { link = "${variant.system.build.toplevel}"; }
        ) build.specialisations
      )
    );
  };
}
