# Images of the machine. Each format is a variant of the configuration: its boot loader and
# file systems come with it.
{
  config,
  lib,
  pkgs,
  extendModules,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.image;

  # `config` is that of the variant: an image holds the system that its format makes of it.
  disk =
    config: format: loader:
    pkgs.builtin "disk-image" "${config.system.name}-${format}" {
      toplevel = config.system.build.toplevel;
      inherit format loader;
      tools = pkgs.tools.image;
      rootLabel = config.image.rootLabel;
      extraSpace = toString config.image.extraSpace;
      espSize = toString config.image.espSize;
      additionalPaths = lib.concatMapStringsSep " " (path: "${path}") config.image.additionalPaths;
    };

  root = {
    label = lib.mkDefault cfg.rootLabel;
    fsType = lib.mkDefault "ext4";
    autoResize = lib.mkDefault true;
  };
in
{
  options = {
    image = {
      rootLabel = mkOption {
        type = types.strMatching "[A-Za-z0-9_-]{1,16}";
        default = "neve";
        description = "The label of the root file system in a disk image.";
      };
      volumeId = mkOption {
        type = types.strMatching "[A-Z0-9_]{1,32}";
        default = "NEVE";
        description = "The volume's name on an ISO image, by which the live system finds it.";
      };
      extraSpace = mkOption {
        type = types.ints.unsigned;
        default = 64;
        description = "Free space in the root file system beyond what its files need, in MiB.";
      };
      espSize = mkOption {
        type = types.ints.unsigned;
        default = 128;
        description = "The size of the EFI system partition, in MiB.";
      };
      additionalPaths = mkOption {
        type = types.listOf types.package;
        default = [ ];
        description = "Further store paths that the image holds, with all they refer to.";
      };
      modules = mkOption {
        type = types.attrsOf types.deferredModule;
        default = { };
        description = "The formats: what each adds to the configuration. A format sets `system.build.image`.";
      };
    };
    system.build = {
      image = mkOption {
        type = types.package;
        description = "The image that the format makes.";
      };
      images = mkOption {
        type = types.lazyAttrsOf types.raw;
        internal = true;
        description = "The image in every format, by the format's name.";
      };
    };
  };

  config = {
    image.modules = {
      raw-efi = { config, ... }: {
        boot.growPartition = lib.mkDefault true;
        # GRUB stays if the machine has it for UEFI.
        boot.loader.systemd-boot.enable = lib.mkForce (
          !(config.boot.loader.grub.efiSupport && config.boot.loader.grub.enable)
        );
        boot.loader.grub.enable = lib.mkIf (!config.boot.loader.grub.efiSupport) (lib.mkForce false);
        fileSystems."/" = root;
        fileSystems."/boot" = {
          label = lib.mkDefault "ESP";
          fsType = lib.mkDefault "vfat";
          options = [ "umask=0077" ];
        };
        system.build.image = disk config "raw-efi" (
          if config.boot.loader.grub.enable then "grub" else "systemd-boot"
        );
      };
      raw-bios = { config, ... }: {
        boot.growPartition = lib.mkDefault true;
        boot.loader.systemd-boot.enable = lib.mkForce false;
        boot.loader.grub.enable = lib.mkForce true;
        boot.loader.grub.efiSupport = lib.mkForce false;
        fileSystems."/" = root;
        system.build.image = disk config "raw-bios" "grub";
      };
      # A bare root file system, started by its kernel from outside.
      ext4 = { config, ... }: {
        boot.loader.systemd-boot.enable = lib.mkForce false;
        boot.loader.grub.enable = lib.mkForce false;
        fileSystems."/" = root;
        system.build.image = disk config "ext4" "none";
      };
      iso = ./live.nix;
    };
    system.build.images = lib.mapAttrs (
      _: module: (extendModules { modules = [ module ]; }).config.system.build.image
    ) cfg.modules;
  };
}
