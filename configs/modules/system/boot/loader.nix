# The boot menu: systemd-boot or GRUB, an entry for each generation.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.boot.loader;
  kind =
    if cfg.systemd-boot.enable then
      "systemd-boot"
    else if cfg.grub.enable then
      "grub"
    else
      "none";
  efiArch = if pkgs.stdenv.hostPlatform.isAarch64 then "aa64" else "x64";
  device = if cfg.grub.device == "" || cfg.grub.device == "nodev" then null else cfg.grub.device;
  grubCore =
    platform: package: prefix:
    pkgs.builtin "grub-core" "grub-core" {
      inherit platform prefix;
      modules = "${package}/usr/lib/grub/${platform}";
      tools = pkgs.tools.image;
    };
  limit = mkOption {
    type = types.nullOr types.ints.positive;
    default = null;
    example = 10;
    description = "How many generations the menu holds at most; null for all.";
  };
in
{
  options.boot.loader = {
    timeout = mkOption {
      type = types.nullOr types.int;
      default = 5;
      description = "How many seconds the menu waits; null waits for ever.";
    };
    efi = {
      canTouchEfiVariables = mkOption {
        type = types.bool;
        default = false;
        description = "Whether the boot loader becomes the first entry of the firmware's own menu. It is also where firmware looks by itself (EFI/BOOT), so that most machines need no such entry.";
      };
      efiSysMountPoint = mkOption {
        type = types.str;
        default = "/boot";
        description = "Where the EFI system partition is mounted.";
      };
    };
    systemd-boot = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether systemd-boot shows the menu.";
      };
      configurationLimit = limit;
      editor = mkOption {
        type = types.bool;
        default = true;
        description = "Whether the kernel's parameters can be changed in the menu.";
      };
      consoleMode = mkOption {
        type = types.enum [
          "0"
          "1"
          "2"
          "5"
          "auto"
          "max"
          "keep"
        ];
        default = "keep";
        description = "The resolution of the menu.";
      };
    };
    grub = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = "Whether GRUB shows the menu.";
      };
      device = mkOption {
        type = types.str;
        default = "";
        example = "/dev/disk/by-id/wwn-0x500001234567890a";
        description = "The disk whose boot sector and BIOS boot partition a switch writes when GRUB has changed; its second partition is the root. Empty or `nodev` for none: the image's own stay.";
      };
      efiSupport = mkOption {
        type = types.bool;
        default = false;
        description = "Whether UEFI starts GRUB, from the EFI system partition, and not a BIOS from a disk's boot sector.";
      };
      configurationLimit = limit;
    };
  };

  options.system.build.bootloader = mkOption {
    internal = true;
    type = types.attrs;
    description = "The menu's settings as the boot loader code reads them.";
  };

  config = {
    assertions = [
      {
        assertion = !(cfg.systemd-boot.enable && cfg.grub.enable);
        message = "boot.loader.systemd-boot.enable and boot.loader.grub.enable cannot both be set";
      }
      {
        assertion = !(cfg.grub.efiSupport && device != null);
        message = "boot.loader.grub.efiSupport and boot.loader.grub.device cannot both be set: GRUB is started by UEFI or from a disk's boot sector; set the device to \"nodev\" for UEFI";
      }
    ];
    environment.systemPackages = lib.mkIf cfg.systemd-boot.enable [ pkgs.systemd-boot-efi ];
    system.build.bootloader = {
      inherit kind;
      inherit (cfg) timeout;
      configurationLimit =
        if kind == "systemd-boot" then cfg.systemd-boot.configurationLimit else cfg.grub.configurationLimit;
      inherit (cfg.efi) efiSysMountPoint canTouchEfiVariables;
      editor = if kind == "systemd-boot" then cfg.systemd-boot.editor else true;
      consoleMode = cfg.systemd-boot.consoleMode;
      distroName = config.system.nixos.distroName;
      grub = {
        inherit device;
        inherit (cfg.grub) efiSupport;
      };
      files =
        lib.optionalAttrs (kind == "systemd-boot") {
          "systemd-boot${efiArch}.efi" = "${pkgs.systemd-boot-efi}/usr/lib/systemd/boot/efi/systemd-boot${efiArch}.efi";
        }
        # The menu is in /boot on the disk's second partition: so Neve's images are laid out.
        // lib.optionalAttrs (kind == "grub" && !cfg.grub.efiSupport) {
          "grub" = "${grubCore "i386-pc" pkgs.grub-pc-bin "(,gpt2)/boot/grub"}";
        }
        # The menu is on the partition that GRUB itself was started from.
        // lib.optionalAttrs (kind == "grub" && cfg.grub.efiSupport) {
          "grub${efiArch}.efi" = "${
            if pkgs.stdenv.hostPlatform.isAarch64 then
              grubCore "arm64-efi" pkgs.grub-efi-arm64-bin "/grub"
            else
              grubCore "x86_64-efi" pkgs.grub-efi-amd64-bin "/grub"
          }/grub.efi";
        };
    };
  };
}
