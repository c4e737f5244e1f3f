{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  inherit (import ../../lib/systemd-options.nix { inherit lib; }) escapeSystemdPath;

  # Mounted by stage 1, before the system's own init can run.
  bootFolders = [
    "/"
    "/nix"
    "/nix/store"
    "/usr"
    "/etc"
    "/var"
    "/var/log"
    "/var/lib"
  ];
  withoutCheck = [
    "overlay"
    "tmpfs"
    "erofs"
    "squashfs"
    "iso9660"
    "9p"
    "btrfs"
    "xfs"
    "vfat"
  ];

  fileSystem =
    { name, config, ... }:
    {
      options = {
        mountPoint = mkOption {
          type = types.str;
          default = name;
          description = "Where it is mounted.";
        };
        device = mkOption {
          type = types.nullOr types.str;
          default = null;
          example = "/dev/sda1";
          description = "What is mounted.";
        };
        label = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "The label by which the device is found.";
        };
        fsType = mkOption {
          type = types.str;
          default = "auto";
          description = "The type of the file system.";
        };
        options = mkOption {
          type = types.listOf types.str;
          default = [ "defaults" ];
          description = "Mount options.";
        };
        depends = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Mount points that must be there first.";
        };
        neededForBoot = mkOption {
          type = types.bool;
          default = lib.elem config.mountPoint bootFolders;
          description = "Whether stage 1 mounts it.";
        };
        autoResize = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the file system grows to its device when it is mounted.";
        };
        noCheck = mkOption {
          type = types.bool;
          default = lib.elem config.fsType withoutCheck;
          description = "Whether the file system is not checked before it is mounted.";
        };
        source = mkOption {
          internal = true;
          type = types.str;
          description = "The device as fstab names it.";
        };
      };
      config = {
        source =
          if config.label != null then
            "/dev/disk/by-label/${config.label}"
          else if config.device != null then
            config.device
          else
            config.fsType;
        options = lib.mkIf config.autoResize [ "x-systemd.growfs" ];
      };
    };

  swap =
    { config, ... }:
    {
      options = {
        device = mkOption {
          type = types.str;
          example = "/dev/sda3";
          description = "The device or file.";
        };
        label = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "The label by which the device is found.";
        };
        size = mkOption {
          type = types.nullOr types.int;
          default = null;
          description = "The size of a file that is made when it is missing, in MiB.";
        };
        priority = mkOption {
          type = types.nullOr (types.ints.between 0 32767);
          default = null;
          description = "The priority: larger is used first.";
        };
        options = mkOption {
          type = types.listOf types.str;
          default = [ "defaults" ];
          description = "Options of swapon.";
        };
      };
      config = {
        device = lib.mkIf (config.label != null) "/dev/disk/by-label/${config.label}";
        options = lib.mkIf (config.priority != null) [ "pri=${toString config.priority}" ];
      };
    };

  escape = lib.replaceStrings [ " " "\t" ] [ "\\040" "\\011" ];
  files = lib.attrValues config.fileSystems;
  line =
    file:
    "${escape file.source} ${escape file.mountPoint} ${file.fsType} ${escape (lib.concatStringsSep "," file.options)} 0 ${
      if file.noCheck then
        "0"
      else if file.mountPoint == "/" then
        "1"
      else
        "2"
    }\n";
  made = lib.filter (entry: entry.size != null) config.swapDevices;
in
{
  options = {
    fileSystems = mkOption {
      type = types.attrsOf (types.submodule fileSystem);
      default = { };
      example."/".label = "neve";
      description = "File systems by where they are mounted.";
    };
    swapDevices = mkOption {
      type = types.listOf (types.submodule swap);
      default = [ ];
      description = "Swap space.";
    };
  };
  config = {
    assertions = [
      {
        assertion = config.fileSystems ? "/";
        message = "fileSystems.\"/\" is not set: a machine needs a root file system";
      }
    ]
    ++ map (file: {
      assertion = file.device != null || file.label != null || file.fsType != "auto";
      message = "fileSystems.\"${file.mountPoint}\" has neither a device nor a label nor a type";
    }) files;
    environment.etc.fstab.text =
      "# Written by Neve: set fileSystems and swapDevices instead.\n"
      + lib.concatMapStrings line files
      + lib.concatMapStrings (
        entry: "${escape entry.device} none swap ${lib.concatStringsSep "," entry.options}\n"
      ) config.swapDevices;
    systemd.services = lib.listToAttrs (
      map (
        entry:
        lib.nameValuePair "mkswap-${escapeSystemdPath entry.device}" {
          description = "Make the swap file ${entry.device}";
          wantedBy = [ "${escapeSystemdPath entry.device}.swap" ];
          before = [ "${escapeSystemdPath entry.device}.swap" ];
          unitConfig = {
            DefaultDependencies = false;
            ConditionPathExists = "!${entry.device}";
            RequiresMountsFor = dirOf entry.device;
          };
          serviceConfig.Type = "oneshot";
          script = ''
            fallocate -l ${toString entry.size}M ${lib.escapeShellArg entry.device}.new
            chmod 0600 ${lib.escapeShellArg entry.device}.new
            mkswap ${lib.escapeShellArg entry.device}.new
            mv ${lib.escapeShellArg entry.device}.new ${lib.escapeShellArg entry.device}
          '';
        }
      ) made
    );
  };
}
