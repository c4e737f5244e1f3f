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
    let
      inherit (config) overlay;
      isOverlay = overlay.lowerdir != null;
      writable = lib.filter (path: path != null) [
        overlay.upperdir
        overlay.workdir
      ];
    in
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
        autoFormat = mkOption {
          type = types.bool;
          default = false;
          description = "Whether a device that holds no file system gets one of type `fsType` before it is mounted.";
        };
        overlay = {
          lowerdir = mkOption {
            type = types.nullOr (types.nonEmptyListOf types.str);
            default = null;
            description = "The folders that are seen through, the uppermost first; this makes the file system an overlay.";
          };
          upperdir = mkOption {
            type = types.nullOr types.str;
            default = null;
            description = "The folder that takes what is written; null makes the overlay read-only.";
          };
          workdir = mkOption {
            type = types.nullOr types.str;
            default = null;
            description = "A folder for the kernel's own use, on the file system of `upperdir`.";
          };
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
        fsType = lib.mkIf isOverlay "overlay";
        device = lib.mkIf isOverlay (lib.mkDefault "overlay");
        depends = lib.mkIf isOverlay (overlay.lowerdir ++ writable);
        options = lib.mkMerge [
          (lib.mkIf config.autoResize [ "x-systemd.growfs" ])
          (lib.mkIf config.autoFormat [ "x-systemd.makefs" ])
          (lib.mkIf isOverlay (
            [ "lowerdir=${lib.concatStringsSep ":" overlay.lowerdir}" ]
            ++ lib.optional (overlay.upperdir != null) "upperdir=${overlay.upperdir}"
            ++ lib.optional (overlay.workdir != null) "workdir=${overlay.workdir}"
          ))
          (lib.mkIf (config.depends != [ ]) (
            map (path: "x-systemd.requires-mounts-for=${path}") config.depends
          ))
        ];
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
  late = lib.filter (
    file: file.overlay.upperdir != null && !file.neededForBoot
  ) files;
  # Stage 1 makes the folders of the overlays that it mounts itself.
  overlayFolders =
    file:
    let
      mount = "${escapeSystemdPath file.mountPoint}.mount";
    in
    lib.nameValuePair "overlay-${escapeSystemdPath file.mountPoint}" {
      description = "Make the folders of the overlay on ${file.mountPoint}";
      wantedBy = [ mount ];
      before = [ mount ];
      unitConfig = {
        DefaultDependencies = false;
        RequiresMountsFor = [
          file.overlay.upperdir
          file.overlay.workdir
        ];
      };
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        ExecStart = "/usr/bin/mkdir -p ${file.overlay.upperdir} ${file.overlay.workdir}";
      };
    };
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
    }) files
    ++ map (file: {
      assertion = (file.overlay.upperdir == null) == (file.overlay.workdir == null);
      message = "fileSystems.\"${file.mountPoint}\".overlay needs both upperdir and workdir, or neither";
    }) files
    ++ map (file: {
      assertion = !(file.autoFormat && file.neededForBoot);
      message = "fileSystems.\"${file.mountPoint}\".autoFormat: stage 1, which mounts what is neededForBoot, makes no file systems";
    }) files
    ++ map (entry: {
      assertion = entry.size == null || !lib.hasPrefix "/dev/" entry.device;
      message = "a swap device's size is that of a file to be made, and '${entry.device}' is a device";
    }) config.swapDevices;
    environment.etc.fstab.text =
      "# Written by Neve: set fileSystems and swapDevices instead.\n"
      + lib.concatMapStrings line files
      + lib.concatMapStrings (
        entry: "${escape entry.device} none swap ${lib.concatStringsSep "," entry.options}\n"
      ) config.swapDevices;
    systemd.services = lib.listToAttrs (
      map overlayFolders late
      ++ map (
        entry:
        lib.nameValuePair "mkswap-${escapeSystemdPath entry.device}" {
          description = "Make the swap file ${entry.device}";
          wantedBy = [ "${escapeSystemdPath entry.device}.swap" ];
          before = [ "${escapeSystemdPath entry.device}.swap" ];
          unitConfig = {
            DefaultDependencies = false;
            RequiresMountsFor = dirOf entry.device;
          };
          serviceConfig.Type = "oneshot";
          # The file is in use: a new size counts from the next boot on.
          restartIfChanged = false;
          script = ''
            wanted=${toString (entry.size * 1024 * 1024)}
            if [ "$(stat -c %s ${lib.escapeShellArg entry.device} 2> /dev/null)" = "$wanted" ]; then exit 0; fi
            rm -f ${lib.escapeShellArg entry.device}
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
